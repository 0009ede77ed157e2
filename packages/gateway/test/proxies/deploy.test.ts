// What no program on a test machine starts: every reference in the shipped files is checked against
// the gateway's own contract, so that a renamed port, path or header fails here.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findProgram } from "../../../../scripts/lib/programs.mjs";
import { toConfig } from "../../src/config.js";
import { parseRules } from "../../src/rules/parse-rules.js";
import { existsBeside, identityHeaders, type Loose, readYaml, repository } from "./_files.js";
import { readDeployed } from "./_proxies.js";

const env = { ISSUER_BASE_URL: "https://issuer.example/", AUDIENCE: "https://api.example.com" };
const load = (text: string) => toConfig(parseRules(text), { env });
const defaults = load("proxy: nginx\nrules: []");
const { prefix } = defaults.policy;
const decisionPort = portOf(defaults.settings.listen);
const adminPort = portOf(defaults.settings.admin as { readonly port: number });

function portOf(address: object): number {
  return "port" in address ? (address.port as number) : 0;
}

describe("Every shipped configuration", () => {
  const files = [
    "nginx/gatewarden-upstream.conf",
    "caddy/Caddyfile",
    "haproxy/gatewarden.lua",
    "apache/gatewarden-host.conf",
    "envoy/envoy.yaml",
    "envoy/envoy-grpc.yaml",
    "kubernetes/gateway-api.yaml",
    "kubernetes/istio.yaml",
  ];
  test.each(files)("names each identity header (%s)", (file) => {
    const text = readDeployed(file).toLowerCase();
    expect(identityHeaders.filter((name) => !text.includes(name))).toEqual([]);
  });

  test.each(["rules/rules.yaml", "traefik/rules/rules.yaml"])("comes with rules that load (%s)", (file) => {
    expect(load(readDeployed(file)).policy.rules).toHaveLength(3);
  });
});

describe("Traefik's configuration", () => {
  const [dynamic] = readYaml("traefik/dynamic.yaml");
  const [{ services, networks }] = readYaml("traefik/compose.labels.yaml");
  const { forwardAuth } = dynamic.http.middlewares["gatewarden-decision"];

  test("asks the gateway, and believes no header of the client", () => {
    expect(forwardAuth.address).toBe(`http://127.0.0.1:${decisionPort}${prefix}`);
    expect(forwardAuth.trustForwardHeader).toBe(false);
    expect(Object.keys(forwardAuth).sort()).toEqual(["address", "authResponseHeadersRegex", "trustForwardHeader"]);
  });

  test("replaces each identity header in every spelling, and no other header", () => {
    const pattern = new RegExp(forwardAuth.authResponseHeadersRegex.replace("(?i)", ""), "i");
    const spellings = identityHeaders.flatMap((name) => [
      name,
      name.replaceAll("-", "_"),
      name.replace("-", "_"),
      name.replaceAll("-", "."),
    ]);
    expect(spellings.filter((name) => !pattern.test(name))).toEqual([]);
    expect(["authorization", "x-request-id", "x-author", "dpop"].filter((name) => pattern.test(name))).toEqual([]);
  });

  test("uses only middlewares and services that it defines", () => {
    const { routers, middlewares, services: defined } = dynamic.http;
    const used = [...routers.api.middlewares, ...middlewares.gatewarden.chain.middlewares];
    expect(used.filter((name: string) => !(name in middlewares))).toEqual([]);
    expect(defined).toHaveProperty(routers.api.service);
  });

  test("says the same in labels", () => {
    const { labels } = services.application;
    const middleware = "traefik.http.middlewares.gatewarden";
    expect(labels[`${middleware}-decision.forwardauth.address`]).toBe(`http://gateway:${decisionPort}${prefix}`);
    expect(labels[`${middleware}-decision.forwardauth.trustforwardheader`]).toBe("false");
    // Compose reads `$$` as `$`.
    const pattern = labels[`${middleware}-decision.forwardauth.authresponseheadersregex`].replaceAll("$$", "$");
    expect(pattern).toBe(forwardAuth.authResponseHeadersRegex);
    const stripped = Object.keys(dynamic.http.middlewares["gatewarden-strip"].headers.customRequestHeaders);
    const labelled = Object.keys(labels).map((name) => /customrequestheaders\.(.*)$/.exec(name)?.[1]);
    expect(labelled.filter((name) => name !== undefined)).toEqual(stripped);
  });

  test("gives the gateway no route and no port, and a network whose addresses the rules list", () => {
    expect(services.gateway).not.toHaveProperty("labels");
    expect(services.gateway).not.toHaveProperty("ports");
    const { from, listen } = load(readDeployed("traefik/rules/rules.yaml")).settings;
    expect(from).toEqual(networks.decisions.ipam.config.map(({ subnet }: Loose) => subnet));
    expect(listen).toEqual({ host: "0.0.0.0", port: decisionPort });
    const inNetwork = Object.keys(services).filter((name) => services[name].networks.includes("decisions"));
    expect(inNetwork).toEqual(["traefik", "gateway"]);
  });
});

describe("The manifests of Kubernetes", () => {
  const manifests = readYaml("kubernetes/gateway.yaml");
  const find = (kind: string, name = "gatewarden") =>
    manifests.find((one) => one.kind === kind && one.metadata.name === name) as Loose;
  const deployment = find("Deployment");
  const { spec: pod } = deployment.spec.template;
  const [container] = pod.containers;
  const service = find("Service");
  const config = load(find("ConfigMap", "gatewarden-rules").data["rules.yaml"]);

  test("are objects with a version, a kind and a name", () => {
    const every = [...manifests, ...readYaml("kubernetes/gateway-api.yaml"), ...readYaml("kubernetes/istio.yaml")];
    for (const { apiVersion, kind, metadata } of every) {
      expect([typeof apiVersion, typeof kind, typeof metadata.name]).toEqual(["string", "string", "string"]);
    }
  });

  test("select the pods that they make", () => {
    const { labels } = deployment.spec.template.metadata;
    expect(labels).toMatchObject(deployment.spec.selector.matchLabels);
    expect(labels).toMatchObject(service.spec.selector);
    expect(labels).toMatchObject(find("NetworkPolicy").spec.podSelector.matchLabels);
    expect(labels).toMatchObject(find("PodDisruptionBudget").spec.selector.matchLabels);
  });

  test("open the ports on which the rules in the ConfigMap listen", () => {
    const ports = Object.fromEntries(container.ports.map((port: Loose) => [port.name, port.containerPort]));
    expect(ports).toEqual({
      decisions: portOf(config.settings.listen),
      admin: portOf(config.settings.admin as object),
    });
    expect(ports).toHaveProperty(service.spec.ports[0].targetPort);
    expect(service.spec.ports).toHaveLength(1);
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      expect(ports).toHaveProperty(container[probe].httpGet.port);
    }
    const open = find("NetworkPolicy").spec.ingress.flatMap(({ ports: allowed }: Loose) =>
      allowed.map((one: Loose) => one.port),
    );
    expect(open).toEqual([ports["decisions"], ports["admin"]]);
  });

  test("mount the folder that the command reads, read-only and whole", () => {
    const [mount] = container.volumeMounts;
    expect(readDeployed("docker/Dockerfile")).toContain(`"${mount.mountPath}/rules.yaml"`);
    expect(mount).toMatchObject({ readOnly: true });
    expect(mount).not.toHaveProperty("subPath");
    expect(pod.volumes.map(({ name }: Loose) => name)).toContain(mount.name);
    expect(find("ConfigMap", pod.volumes[0].configMap.name)).toBeDefined();
  });

  test("leave the gateway time to drain, and no right that it does not need", () => {
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(config.settings.limits.drainTimeout);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
    expect(container.securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
    expect(pod.automountServiceAccountToken).toBe(false);
  });

  test("send an ExternalAuth filter to the service, behind the filter that removes forged headers", () => {
    const [{ filters }] = readYaml("kubernetes/gateway-api.yaml")[0].spec.rules;
    const [modifier, { externalAuth }] = filters;
    expect(filters.map(({ type }: Loose) => type)).toEqual(["RequestHeaderModifier", "ExternalAuth"]);
    const lower = (names: string[]) => names.map((name) => name.toLowerCase());
    expect(lower(modifier.requestHeaderModifier.remove)).toEqual(expect.arrayContaining([...identityHeaders]));
    expect(lower(externalAuth.http.allowedResponseHeaders)).toEqual(expect.arrayContaining([...identityHeaders]));
    expect(externalAuth.backendRef).toEqual({ name: service.metadata.name, port: service.spec.ports[0].port });
    expect(externalAuth.http.path).toBe(config.policy.prefix);
  });

  test("make an Istio provider that fails closed, and a policy that excepts nothing", () => {
    const [mesh, policy, filter] = readYaml("kubernetes/istio.yaml");
    const [provider] = mesh.spec.meshConfig.extensionProviders;
    expect(provider.envoyExtAuthzHttp).toMatchObject({ port: decisionPort, pathPrefix: prefix, failOpen: false });
    expect(policy.spec).toMatchObject({ action: "CUSTOM", provider: { name: provider.name }, rules: [{}] });
    const { mutations } = filter.spec.configPatches[0].patch.value.typed_config;
    const removed = mutations.request_mutations.map(({ remove }: Loose) => remove);
    expect(identityHeaders.filter((name) => !removed.includes(name))).toEqual([]);
  });
});

describe("The image", () => {
  const lines = readDeployed("docker/Dockerfile").split("\n");
  const bin = JSON.parse(readFileSync(join(repository, "packages/gatewarden/package.json"), "utf8")).bin.gatewarden;

  test("starts the command that the package has, as a user without rights", () => {
    const command = JSON.parse(lines.find((line) => line.startsWith("CMD "))?.slice(4) ?? "");
    expect(command.slice(0, 3)).toEqual(["node", `node_modules/gatewarden/${bin}`, "gateway"]);
    expect(existsSync(join(repository, "packages/gatewarden", bin))).toBe(true);
    expect(lines).toContain("USER 10001:10001");
    expect(lines).toContain(`EXPOSE ${decisionPort} ${adminPort}`);
  });

  test("builds workspaces that exist", () => {
    const named = [...readDeployed("docker/Dockerfile").matchAll(/-w (\S+)/g)].map(([, name]) => name);
    const existing = ["gatewarden", "gateway"].map(
      (folder) => JSON.parse(readFileSync(join(repository, "packages", folder, "package.json"), "utf8")).name,
    );
    expect(new Set(named)).toEqual(new Set(existing));
  });
});

describe("The compose file", () => {
  const file = "docker/compose.yaml";
  const [{ services }] = readYaml(file);

  test("publishes nginx alone, and lets the others listen on its loopback", () => {
    expect(Object.keys(services).filter((name) => "ports" in services[name])).toEqual(["nginx"]);
    expect([services.gateway.network_mode, services.application.network_mode]).toEqual([
      "service:nginx",
      "service:nginx",
    ]);
  });

  test("mounts files that exist, and every file that nginx includes", () => {
    const mounts: string[] = services.nginx.volumes;
    const sources = mounts.map((mount) => mount.split(":")[0] ?? "");
    // The certificate is the user's own.
    expect(sources.filter((path) => !path.endsWith(".pem") && !existsBeside(file, path))).toEqual([]);
    const text = ["nginx.conf", "gatewarden-http.conf", "gatewarden-server.conf"].map((name) =>
      readDeployed(`nginx/${name}`),
    );
    const included = [...text.join("\n").matchAll(/include (\S+);/g)].map(([, name]) => `/etc/nginx/${name}`);
    const targets = mounts.map((mount) => mount.split(":")[1]);
    expect(included.filter((path) => !targets.includes(path))).toEqual([]);
    expect(existsBeside(file, services.gateway.build.context)).toBe(true);
    expect(existsSync(join(repository, services.gateway.build.dockerfile))).toBe(true);
  });
});

// Machines without systemd have no use for the unit, so this is skipped in CI, too.
const analyzer = findProgram("systemd-analyze");
const systemdNote = analyzer === undefined ? " (skipped: there is no systemd-analyze)" : "";

describe("The unit of systemd", () => {
  const unit = readDeployed("systemd/gatewarden-gateway.service");

  test("leaves the gateway time to drain, and reloads by SIGHUP", () => {
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(defaults.settings.limits.drainTimeout);
    expect(unit).toContain("ExecReload=/bin/kill -HUP $MAINPID");
  });

  test.skipIf(analyzer === undefined)(`is one that systemd accepts and calls hardened${systemdNote}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "gatewarden-unit-"));
    const path = join(folder, "gatewarden-gateway.service");
    // systemd looks for the program, which is elsewhere on a test machine.
    writeFileSync(path, unit.replace("/usr/bin/node", process.execPath));
    try {
      const program = analyzer ?? "";
      const verified = spawnSync(program, ["verify", "--man=no", path], { encoding: "utf8" });
      expect(verified.stderr.split("\n").filter((line) => line.includes("gatewarden-gateway"))).toEqual([]);
      const rated = spawnSync(program, ["security", "--offline=yes", "--threshold=20", path], { encoding: "utf8" });
      expect(rated.stdout).toMatch(/exposure level for gatewarden-gateway\.service: [01]\.\d OK/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
