// What Envoy asks over gRPC, and what it is told: the same decision as over HTTP.
import { describe, expect, test } from "vitest";
import { createIdentity } from "../../../gatewarden/test/support/certificates.js";
import { startTestGateway } from "../support/gateway.js";
import { type ClientRequest, startEnvoy } from "./_envoy.js";

const rules = `
rules:
  - path: /public/**
    public: true
  - path: /admin/**
    permission: read:admin
  - path: /private/**
    authenticated: true
`;
const bearer = (token: string) => [["authorization", `Bearer ${token}`]] as const;

describe.each([
  ["joined headers", false],
  ["raw headers", true],
] as const)("A CheckRequest with %s", (_name, isRaw) => {
  test("passes with a valid token, whose identity replaces what the client sent", async () => {
    const { check, issuer } = await startEnvoy(rules);
    const token = issuer.token({ sub: "alice", permissions: ["read:admin"] });
    const spoofed = [
      ["x-auth-subject", "mallory"],
      ["x-auth-subject", "mallory"],
      ["x-auth-organization", "mallory"],
      ["x_auth_subject", "mallory"],
      ["x-auth_roles", "mallory"],
      ["x.auth.client", "mallory"],
      ["x-auth-subjects", "kept"],
    ] as const;
    const outcome = await check({ path: "/admin/a?b=c", headers: [...bearer(token), ...spoofed], isRaw });
    expect(outcome.status).toBe(200);
    expect(JSON.stringify(outcome.upstream)).not.toContain("mallory");
    expect(outcome.upstream).toEqual(
      expect.arrayContaining([
        ["x-auth-subject", "alice"],
        ["x-auth-permissions", "read:admin"],
        ["x-auth-subjects", "kept"],
        ["authorization", `Bearer ${token}`],
      ]),
    );
    expect(outcome.upstream?.filter(([name]) => name === "x-auth-subject")).toHaveLength(1);
    expect(outcome.headers).toEqual({});
  });

  test("opens a WebSocket with a cookie for a listed origin only (CWE-1385)", async () => {
    const app = "https://app.example.com";
    const { check, issuer } = await startEnvoy(
      `guard: { tokenFrom: { cookie: __Host-session, origins: ["${app}"] } }\n${rules}`,
    );
    const cookie = ["cookie", `__Host-session=${issuer.token()}`] as const;
    const evil = ["origin", "https://evil.example"] as const;
    const version = ["sec-websocket-version", "13"] as const;
    const statusOf = async (...headers: NonNullable<ClientRequest["headers"]>) =>
      (await check({ path: "/private/a", headers: [cookie, ...headers], isRaw })).status;
    expect(await statusOf(version, evil)).toBe(403);
    expect(await statusOf(["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="], evil)).toBe(403);
    expect(await statusOf(version, ["origin", app])).toBe(200);
    expect(await statusOf(evil)).toBe(200);
  });

  test("passes a public path without a token, and leaves no identity", async () => {
    const { check } = await startEnvoy(rules);
    const outcome = await check({ path: "/public/a", headers: [["x-auth-subject", "mallory"]], isRaw });
    expect(outcome.status).toBe(200);
    expect(outcome.upstream?.filter(([name]) => name.startsWith("x-auth-"))).toEqual([]);
  });

  test("is refused where Authorization came twice; once, it passes (RFC 6750 §3.1, CWE-444)", async () => {
    const { check, issuer } = await startEnvoy(rules);
    const [alice, bob] = [bearer(issuer.token({ sub: "alice" })), bearer(issuer.token({ sub: "bob" }))];
    expect((await check({ path: "/private/a", headers: [...alice, ...bob], isRaw })).status).toBe(400);
    expect((await check({ path: "/private/a", headers: [...alice, ...alice], isRaw })).status).toBe(400);
    expect((await check({ path: "/private/a", headers: alice, isRaw })).status).toBe(200);
  });

  test("names what the client asked for: its own X-Original-* and X-Forwarded-* do not count", async () => {
    const { check, lines } = await startEnvoy(rules);
    const headers = [
      ["x-original-uri", "/public/a"],
      ["x-original-method", "OPTIONS"],
      ["x-original-address", "127.0.0.1"],
      ["x-original-proto", "http"],
      ["x-forwarded-uri", "/public/a"],
      ["x-forwarded-for", "127.0.0.1"],
    ] as const;
    expect((await check({ path: "/private/a", headers, isRaw })).status).toBe(401);
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
      event: "decision",
      path: "/private/a",
      method: "GET",
      address: "192.0.2.1",
      status: 401,
    });
  });

  test.each<[string, ClientRequest]>([
    [
      "a call of gRPC",
      {
        method: "POST",
        path: "/public/shop.v1.Orders/Get",
        headers: [
          ["content-type", "application/grpc"],
          ["te", "trailers"],
        ],
      },
    ],
    [
      "a WebSocket",
      {
        path: "/public/a",
        headers: [
          ["connection", "Upgrade"],
          ["upgrade", "websocket"],
          ["sec-websocket-version", "13"],
        ],
      },
    ],
    [
      "headers of Envoy",
      {
        path: "/public/a",
        headers: [
          ["x-envoy-internal", "true"],
          ["x-envoy-external-address", "192.0.2.1"],
          ["x-envoy-expected-rq-timeout-ms", "15000"],
          ["x-envoy-attempt-count", "1"],
          ["x-forwarded-client-cert", "Hash=0;URI=spiffe://a/b"],
        ],
      },
    ],
    ["an empty header", { path: "/public/a", headers: [["x-a", ""]] }],
    ["a port, and letters of both cases, in the host", { path: "/public/a", host: "API.example.com:8443" }],
    ["an IPv6 address", { path: "/public/a", address: "2001:db8::1" }],
    [
      "a pipe in place of an address",
      { path: "/public/a", attributes: { source: { address: { pipe: { path: "@a" } } } } },
    ],
  ])("passes with %s, as Envoy sends it", async (_name, request) => {
    const { check } = await startEnvoy(rules);
    expect((await check({ ...request, isRaw })).status).toBe(200);
  });

  test.each([
    ["an empty one behind it", ["Bearer {token}", ""]],
    ["an empty one before it", ["", "Bearer {token}"]],
    ["another scheme", ["Bearer {token}", "Basic YTpi"]],
  ])("is refused where Authorization came twice: %s", async (_name, values) => {
    const { check, issuer } = await startEnvoy(rules);
    const headers = values.map((value) => ["authorization", value.replace("{token}", issuer.token())] as const);
    expect((await check({ path: "/private/a", headers, isRaw })).status).toBeGreaterThanOrEqual(400);
  });

  test("is refused where the scheme came twice", async () => {
    const { check } = await startEnvoy(rules);
    const twice = { key: "x-forwarded-proto", raw_value: Buffer.from("https") };
    const http = isRaw
      ? { header_map: { headers: [twice, twice] } }
      : { headers: { "x-forwarded-proto": "https,https" } };
    expect((await check({ path: "/public/a", http })).status).toBe(400);
  });
});

describe("A refusal", () => {
  const cors = "cors: { origins: [https://app.example.com] }\n";
  const cases = [
    ["no token", { path: "/private/a" }],
    ["no permission", { path: "/admin/a", token: true }],
    ["no rule", { path: "/elsewhere", token: true }],
    ["an ambiguous path", { path: "/public/%2e%2e/a" }],
    ["an allowed page", { path: "/private/a", origin: "https://app.example.com" }],
    ["another page", { path: "/private/a", origin: "https://other.example.com" }],
    ["a forbidden method", { path: "/public/a", method: "TRACE" }],
    ["another method by a header", { path: "/public/a", override: "DELETE" }],
  ] as const;

  test.each(cases)("is that of HTTP: status, headers and body (%s)", async (_name, given) => {
    const over = await startEnvoy(cors + rules);
    const http = await startTestGateway(cors + rules, {
      guardOptions: over.issuer.guardOptions,
      overrides: { proxy: "haproxy" },
    });
    const more = {
      ...("token" in given && { authorization: `Bearer ${over.issuer.token({ permissions: [] })}` }),
      ...("origin" in given && { origin: given.origin }),
      ...("override" in given && { "x-http-method-override": given.override }),
    };
    const method = "method" in given ? given.method : "GET";
    const told = await over.check({ path: given.path, method, headers: Object.entries(more) });
    const answered = await http.ask({ target: given.path, method, headers: more });
    const { date: _date, connection: _connection, "keep-alive": _alive, ...expected } = answered.headers;
    expect(told.status).toBe(answered.status);
    expect(told.body).toBe(answered.body);
    expect({ ...told.headers, "content-length": String(told.body.length) }).toEqual(expected);
    expect(told.upstream).toBeUndefined();
  });

  test("counts, and stops an address that sends many bad tokens", async () => {
    const { check, issuer, gateway } = await startEnvoy(`limits: { failures: { count: 2, per: 60 } }\n${rules}`);
    const bad = (address: string) => check({ path: "/private/a", headers: bearer("a.b.c"), address });
    expect([(await bad("192.0.2.7")).status, (await bad("192.0.2.7")).status]).toEqual([401, 401]);
    const stopped = await bad("192.0.2.7");
    expect(stopped.status).toBe(429);
    expect(Number(stopped.headers["retry-after"])).toBeGreaterThan(0);
    expect((await bad("192.0.2.8")).status).toBe(401);
    expect((await check({ path: "/private/a", headers: bearer(issuer.token()), address: "192.0.2.8" })).status).toBe(
      200,
    );
    expect(await gateway.toMetrics()).toMatch(/decisions_total\{[^}]*reason="too_many_failures"[^}]*\} 1/);
  });
});

describe("The internal token", () => {
  const token = (header: string) =>
    `identity: { token: { audience: up, issuer: "https://gateway.example", header: ${header} } }\n${rules}`;

  test("replaces the client's in Authorization, and removes it where there is none", async () => {
    const { check, issuer } = await startEnvoy(token("Authorization"));
    const given = issuer.token();
    const passed = await check({ path: "/private/a", headers: bearer(given) });
    const [value] = passed.upstream?.filter(([name]) => name === "authorization").map(([, one]) => one) ?? [];
    expect(value).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
    expect(value).not.toContain(given);
    const anonymous = await check({ path: "/public/a", headers: bearer("mallory") });
    expect(anonymous.upstream?.filter(([name]) => name === "authorization")).toEqual([]);
  });

  test("stands in a header of its own, and the client's Authorization stays", async () => {
    const { check, issuer } = await startEnvoy(token("X-Own-Token"));
    const headers = [...bearer(issuer.token()), ["x_own_token", "mallory"]] as const;
    const { upstream } = await check({ path: "/private/a", headers });
    expect(upstream?.filter(([name]) => /own.token/.test(name)).map(([name]) => name)).toEqual(["x-own-token"]);
    expect(upstream?.some(([name]) => name === "authorization")).toBe(true);
  });
});

describe("A DPoP proof", () => {
  const bound = "guard: { dpop: { mode: required, nonce: true } }\nrules: [{ path: /**, authenticated: true }]\n";

  test("is for the client's own method and URL, with the nonce of the refusal", async () => {
    const { check, issuer } = await startEnvoy(bound);
    const client = issuer.dpopClient();
    const ask = async (url: string, more: Readonly<Record<string, string>> = {}) => {
      const proven = await client.headers({ method: "POST", url });
      const headers = Object.entries({ ...proven, ...more }).map(
        ([name, value]) => [name.toLowerCase(), value] as const,
      );
      return check({ method: "POST", path: "/orders?page=1", headers });
    };
    const first = await ask("https://api.example.com/orders");
    client.nonce = first.headers["dpop-nonce"];
    const passed = await ask("https://api.example.com/orders");
    expect([first.status, passed.status]).toEqual([401, 200]);
    expect((await ask("http://api.example.com/orders")).body).toContain("dpop_target_mismatch");
    const spoofed = { "x-original-proto": "http", "x-original-host": "other.example.com" };
    expect((await ask("http://other.example.com/orders", spoofed)).body).toContain("dpop_target_mismatch");
    expect((await ask("https://api.example.com/orders", spoofed)).status).toBe(200);
    expect((await ask("https://other.example.com/orders")).body).toContain("dpop_target_mismatch");
  });
});

describe("A certificate (RFC 8705 §3)", () => {
  const bound = "guard: { mtls: { mode: allowed } }\nrules: [{ path: /**, authenticated: true }]\n";
  const [own, other] = [createIdentity("client"), createIdentity("other")];
  const toSource = (certificate: string | undefined) => ({
    source: {
      address: { socket_address: { address: "192.0.2.1", port_value: 1 } },
      ...(certificate !== undefined && { certificate: encodeURIComponent(certificate) }),
    },
  });

  test("is the one that Envoy saw, and no other", async () => {
    const { check, issuer } = await startEnvoy(bound);
    const headers = bearer(issuer.token({ certificate: own.thumbprint }));
    const ask = (certificate?: string) => check({ path: "/a", headers, attributes: toSource(certificate) });
    expect((await ask(own.cert)).status).toBe(200);
    expect((await ask(other.cert)).body).toContain("certificate_mismatch");
    expect((await ask()).body).toContain("certificate_missing");
  });

  test.each([
    ["two of them", own.cert + other.cert],
    ["another kind of PEM", own.key],
    ["no PEM", "a certificate"],
    ["base64 with something before", own.cert.replace("\n", "\n=")],
    ["base64 in another form", own.cert.replace("\n-----END", "=\n-----END")],
  ])("that is %s refuses", async (_name, text) => {
    const { check, issuer } = await startEnvoy(bound);
    const headers = bearer(issuer.token({ certificate: own.thumbprint }));
    const answer = await check({ path: "/a", headers, attributes: toSource(text) });
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining("proxy_header_malformed")]);
  });
});
