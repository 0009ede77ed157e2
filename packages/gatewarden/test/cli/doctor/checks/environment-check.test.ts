// What else the environment decides: Node.js itself, certificates, proxies.
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen } from "../../../adapters/support/listen.js";
import { examine, examineIssuer, expectFinding } from "../_examine.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
});
afterAll(() => tenant.close());

const withEnv = (env: Record<string, string>, changes = {}) =>
  examine({ env: { ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience, ...env }, ...changes });

describe("Node.js", () => {
  it.each(["18.20.4", "20.18.1"])("%s is too old", async (nodeVersion) => {
    const seen = await withEnv({}, { nodeVersion });
    expectFinding(seen, "node_too_old", nodeVersion);
  });

  it.each(["20.19.0", "22.12.0", "24.0.0"])("%s is not", async (nodeVersion) => {
    expect((await withEnv({}, { nodeVersion })).findings).toEqual([]);
  });

  it("is told on by NODE_TLS_REJECT_UNAUTHORIZED=0", async () => {
    const seen = await withEnv({ NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    expectFinding(seen, "certificates_unchecked", "NODE_TLS_REJECT_UNAUTHORIZED");
    expect(seen.exitCode).toBe(1);
  });

  it.each(["production", "Production "])("%j with an issuer on this machine is suspicious", async (value) => {
    const seen = await withEnv({ NODE_ENV: value });
    expectFinding(seen, "production_with_loopback", tenant.issuer);
    expect(seen.exitCode).toBe(0);
  });
});

describe("NODE_EXTRA_CA_CERTS", () => {
  const file = "/etc/acme/ca.pem";

  it.each([
    ["cannot be read (ENOENT)", undefined],
    ["holds no certificate in PEM", "hello"],
  ])("that %s is a warning, as Node.js goes on without it", async (problem, text) => {
    const readFile = async (path: string) => {
      if (path === file && text !== undefined) return text;
      throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    };
    const seen = await withEnv({ NODE_EXTRA_CA_CERTS: file }, { readFile });
    expect(expectFinding(seen, "extra_ca_unreadable", file).message).toContain(problem);
    expect(seen.codes).toEqual(["extra_ca_unreadable"]);
  });
});

describe("A proxy in the environment", () => {
  const HTTP_PROXY = "http://bob:s3cret@proxy.acme.test:3128";

  it("that fetch ignores is worth knowing where the direct way works", async () => {
    const seen = await withEnv({ HTTP_PROXY }, { nodeVersion: "20.19.0" });
    expectFinding(seen, "proxy_ignored", "proxy.acme.test:3128");
    expect(seen.exitCode).toBe(0);
    expect(seen.out + seen.error).not.toContain("s3cret");
  });

  it("that fetch ignores is the reason where the direct way fails", async () => {
    const env = { HTTPS_PROXY: HTTP_PROXY };
    const seen = await examineIssuer("https://nobody.invalid/", { env, nodeVersion: "22.12.0" });
    const { message } = expectFinding(seen, "proxy_needed", "proxy.acme.test:3128");
    expect(message).toContain("HTTPS_PROXY");
    expect(message).toContain("22.12.0");
    expect(seen.out + seen.error).not.toContain("s3cret");
  });

  it.each([
    { HTTP_PROXY, NO_PROXY: "127.0.0.1" },
    { HTTP_PROXY, NO_PROXY: "acme.test, *" },
    { HTTP_PROXY, no_proxy: "acme.test 127.0.0.1" },
    { HTTPS_PROXY: HTTP_PROXY },
  ])("that is not for this issuer is no matter: %j", async (env) => {
    expect((await withEnv(env)).findings).toEqual([]);
  });

  it.each([{ NO_PROXY: ".acme.test" }, { NO_PROXY: "127.0.0.1:1" }])(
    "is for this issuer in spite of %j",
    async (env) => {
      expectFinding(await withEnv({ HTTP_PROXY, ...env }), "proxy_ignored", "proxy.acme.test:3128");
    },
  );

  it("is not used by a Node.js that does not know the switch", async () => {
    const seen = await withEnv({ HTTP_PROXY, NODE_USE_ENV_PROXY: "1" }, { nodeVersion: "22.20.0" });
    expectFinding(seen, "proxy_switch_unknown", "22.20.0");
    expectFinding(seen, "proxy_ignored", "proxy.acme.test:3128");
  });

  it.each([
    ["24.0.0", { NODE_USE_ENV_PROXY: "1" }],
    ["22.21.0", { NODE_OPTIONS: "--max-old-space-size=512 --use-env-proxy" }],
  ])("is where Node.js %s connects with %j", async (nodeVersion, env) => {
    const proxy = await listen((_request, response) => void response.end());
    const seen = await withEnv({ HTTP_PROXY: proxy.origin, ...env }, { nodeVersion });
    const port = new URL(proxy.origin).port;
    expect(seen.checks.find(({ title }) => title === "TCP")?.note).toContain(port);
    expect(seen.checks.find(({ title }) => title === "proxy")?.note).toContain("HTTP_PROXY");
    await proxy.close();
  });

  it("that cannot be reached is found before anything else is tried", async () => {
    const closed = await listen(() => {});
    await closed.close();
    const env = { HTTP_PROXY: closed.origin, NODE_USE_ENV_PROXY: "1" };
    const seen = await withEnv(env, { nodeVersion: "24.1.0" });
    expectFinding(seen, "tcp_refused_loopback", new URL(closed.origin).port, "127.0.0.1");
    expect(seen.codes).toEqual(["tcp_refused_loopback"]);
  });

  it("must be a URL where it is used", async () => {
    const env = { HTTP_PROXY: "bob:s3cret@proxy", NODE_USE_ENV_PROXY: "1" };
    const seen = await withEnv(env, { nodeVersion: "24.1.0" });
    expectFinding(seen, "proxy_malformed", "HTTP_PROXY");
    expect(seen.out + seen.error).not.toContain("s3cret");
  });
});
