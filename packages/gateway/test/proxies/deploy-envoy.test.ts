// The configurations of Envoy and Istio, checked as those in deploy.test.ts: neither is started.
import { describe, expect, test } from "vitest";
import { toConfig } from "../../src/config.js";
import { parseRules } from "../../src/rules/parse-rules.js";
import { identityHeaders, type Loose, readYaml } from "./_files.js";
import { readDeployed } from "./_proxies.js";

const env = { ISSUER_BASE_URL: "https://issuer.example/", AUDIENCE: "https://api.example.com" };
const load = (proxy: string) => toConfig(parseRules(`proxy: ${proxy}\nrules: []`), { env });
const { policy, settings } = load("envoy");
const decisionPort = "port" in settings.listen ? settings.listen.port : 0;

function readEnvoy(file: string) {
  const [{ static_resources: resources }] = readYaml(file);
  const manager = resources.listeners[0].filter_chains[0].filters[0].typed_config;
  const filters: Loose[] = manager.http_filters.map(({ name, typed_config }: Loose) => ({ name, ...typed_config }));
  return { resources, manager, filters, decision: filters[1] };
}

describe("What clients say under names of proxies", () => {
  const nginx = readDeployed("nginx/gatewarden-upstream.conf");
  const names = [...nginx.matchAll(/^proxy_set_header (\S+) ""/gm)].map(([, name = ""]) => name.toLowerCase());

  // A RequestHeaderModifier of Gateway API takes 16 names at most, so that file is not among these.
  test.each(["envoy/envoy.yaml", "envoy/envoy-grpc.yaml", "kubernetes/istio.yaml"])(
    "is removed, as before nginx (%s)",
    (file) => {
      const removed = [...readDeployed(file).matchAll(/^ *- (?:remove: )?([\w-]+)$/gm)].map(([, one = ""]) =>
        one.toLowerCase(),
      );
      expect(names.length).toBeGreaterThan(10);
      expect([...names, "x-forwarded-host"].filter((name) => !removed.includes(name))).toEqual([]);
    },
  );
});

describe("A list of headers that reach the gateway", () => {
  const [{ filters }] = readYaml("kubernetes/gateway-api.yaml")[0].spec.rules;
  const [mesh] = readYaml("kubernetes/istio.yaml");
  const { patterns } = readEnvoy("envoy/envoy.yaml").decision.allowed_headers;
  const provider = mesh.spec.meshConfig.extensionProviders[0].envoyExtAuthzHttp;

  // `cookie` is for users to add: without it, `tokenFrom.cookie` refuses everything.
  test.each<[string, readonly string[]]>([
    ["envoy/envoy.yaml", patterns.map(({ exact = "" }: Loose) => exact)],
    ["kubernetes/istio.yaml", provider.includeRequestHeadersInCheck],
    ["kubernetes/gateway-api.yaml", filters[1].externalAuth.http.allowedHeaders],
  ])('shows it where a request comes from, and a WebSocket, once "cookie" is added (%s, CWE-1385)', (_, names) => {
    const listed = names.map((name) => name.toLowerCase());
    expect(listed).toEqual(
      expect.arrayContaining(["origin", "sec-fetch-site", "sec-websocket-key", "sec-websocket-version"]),
    );
  });
});

describe.each(["envoy/envoy.yaml", "envoy/envoy-grpc.yaml"])("Envoy's configuration %s", (file) => {
  const { resources, manager, filters, decision } = readEnvoy(file);

  test("removes, then decides, then routes", () => {
    expect(filters.map(({ name }) => name)).toEqual([
      "envoy.filters.http.header_mutation",
      "envoy.filters.http.ext_authz",
      "envoy.filters.http.router",
    ]);
    const removed = filters[0].mutations.request_mutations.map(({ remove }: Loose) => remove);
    expect(identityHeaders.filter((name) => !removed.includes(name))).toEqual([]);
  });

  test("refuses when the gateway does not answer", () => {
    expect(decision.failure_mode_allow).toBe(false);
    expect(decision).not.toHaveProperty("filter_enabled");
    expect(decision).not.toHaveProperty("with_request_body");
  });

  test("asks the gateway at its port", () => {
    const asked = decision.grpc_service?.envoy_grpc.cluster_name ?? decision.http_service.server_uri.cluster;
    const addresses = Object.fromEntries(
      resources.clusters.map((cluster: Loose) => [
        cluster.name,
        cluster.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.port_value,
      ]),
    );
    expect(addresses[asked]).toBe(decisionPort);
    expect(addresses).toHaveProperty(manager.route_config.virtual_hosts[0].routes[0].route.cluster);
  });

  test("refuses underscores and encoded slashes", () => {
    expect(manager.common_http_protocol_options.headers_with_underscores_action).toBe("REJECT_REQUEST");
    expect(manager.path_with_escaped_slashes_action).toBe("REJECT_REQUEST");
  });
});

describe("Envoy over HTTP", () => {
  const { decision } = readEnvoy("envoy/envoy.yaml");

  test("asks under the gateway's prefix, and passes on every identity header", () => {
    expect(decision.http_service.path_prefix).toBe(policy.prefix);
    const { patterns } = decision.http_service.authorization_response.allowed_upstream_headers;
    const isPassed = (name: string) =>
      patterns.some(({ exact, prefix: start }: Loose) => exact === name || (start && name.startsWith(start)));
    expect(identityHeaders.filter((name) => !isPassed(name))).toEqual([]);
  });
});

describe("Envoy over gRPC", () => {
  const { resources, decision } = readEnvoy("envoy/envoy-grpc.yaml");

  test("speaks HTTP/2 to the gateway, and says each header as it came", () => {
    const [cluster] = resources.clusters;
    const [options] = Object.values<Loose>(cluster.typed_extension_protocol_options);
    expect(options.explicit_http_config).toEqual({ http2_protocol_options: {} });
    expect(cluster.health_checks[0].grpc_health_check.service_name).toBe("envoy.service.auth.v3.Authorization");
    expect(decision).toMatchObject({ encode_raw_headers: true, transport_api_version: "V3" });
    expect(decision).not.toHaveProperty("allowed_headers");
    expect(load("envoy-grpc").policy.proxy).toBe("envoy-grpc");
  });
});

describe("Istio by gRPC", () => {
  const [mesh, service] = readYaml("kubernetes/istio-grpc.yaml");
  const [overHttp] = readYaml("kubernetes/istio.yaml");

  test("is the same provider and the same Service, by the other protocol", () => {
    const [provider] = mesh.spec.meshConfig.extensionProviders;
    const [replaced] = overHttp.spec.meshConfig.extensionProviders;
    const { service: host, port, timeout, failOpen, statusOnError } = replaced.envoyExtAuthzHttp;
    expect(provider).toEqual({
      name: replaced.name,
      envoyExtAuthzGrpc: { service: host, port, timeout, failOpen, statusOnError },
    });
    const [gateway] = readYaml("kubernetes/gateway.yaml").filter(({ kind }) => kind === "Service");
    const [{ name: _name, appProtocol: _protocol, ...rest }] = gateway.spec.ports;
    expect(service).toEqual({
      ...gateway,
      spec: { ...gateway.spec, ports: [{ ...rest, name: "grpc", appProtocol: "grpc" }] },
    });
  });
});
