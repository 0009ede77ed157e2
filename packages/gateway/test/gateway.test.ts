// The gateway over real sockets, as a proxy asks it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { send, startTestGateway } from "./support/gateway.js";

const rules = `
rules:
  - path: /health
    public: true
  - path: /feed
    optional: true
  - path: /admin/**
    permission: read:admin
  - path: /me
    authenticated: true
`;

describe("A request", () => {
  test("passes a public path without a token, and with every identity header empty", async () => {
    const { ask } = await startTestGateway(rules);
    const answer = await ask({ target: "/health" });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ "x-auth-subject": "", "x-auth-permissions": "" });
  });

  test("passes with a valid token, and its identity travels in headers", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    const token = issuer.token({ sub: "auth0|alice", permissions: ["read:admin"] });
    const answer = await ask({ target: "/admin/reports?year=2026", token });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ "x-auth-subject": "auth0|alice", "x-auth-permissions": "read:admin" });
  });

  test("is refused without a token (401), with the challenge", async () => {
    const { ask } = await startTestGateway(rules);
    const answer = await ask({ target: "/me" });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="api"');
  });

  test("is refused without the permission (403), with the challenge", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    const answer = await ask({ target: "/admin", token: issuer.token() });
    expect(answer.status).toBe(403);
    expect(answer.headers["www-authenticate"]).toContain('error="insufficient_scope"');
  });

  test("is refused where no rule allows it (403)", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    const answer = await ask({ target: "/elsewhere", token: issuer.token() });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ reason: "rule_missing" });
  });
});

describe("A rule about the actor (RFC 8693 §4.1)", () => {
  const acting = `
rules:
  - { path: /stock, actor: { subject: orders-api } }
  - { path: /alone, not: { actor: any } }
  - { path: /both, scope: stock, actor: { clientId: orders-api } }
`;
  test.each<[string, object | undefined, number]>([
    ["/stock", { sub: "orders-api" }, 200],
    ["/stock", { sub: "orders-api", act: { sub: "portal" } }, 200],
    ["/stock", { sub: "portal", act: { sub: "orders-api" } }, 403],
    ["/stock", undefined, 403],
    ["/alone", undefined, 200],
    ["/alone", { sub: "orders-api" }, 403],
    ["/both", { client_id: "orders-api" }, 200],
    ["/both", { client_id: "portal" }, 403],
    ["/both", undefined, 403],
  ])("answers at %s with the actor %j: %i", async (target, act, status) => {
    const { ask, issuer } = await startTestGateway(acting);
    const token = issuer.token({ scope: "stock", claims: { act } });
    expect((await ask({ target, token })).status).toBe(status);
  });
});

describe("For Apache", () => {
  const sections = `guard: { resource: { url: "https://api.example.com/" } }
identity: { token: { audience: up, issuer: "https://gateway.example/" } }
`;

  test("the address is one of FastCGI, and operators' listener has keys and metadata", async () => {
    const { gateway } = await startTestGateway(sections + rules, { overrides: { proxy: "apache" } });
    expect(gateway.address).toMatch(/^fcgi:\/\/127\.0\.0\.1:\d+$/);
    const read = (path: string, method = "GET") => send(String(gateway.adminAddress), { method, path, headers: {} });
    expect(JSON.parse((await read("/.well-known/jwks.json")).body).keys).toHaveLength(2);
    const metadata = await read("/.well-known/oauth-protected-resource");
    expect(metadata.headers["access-control-allow-origin"]).toBe("*");
    expect(JSON.parse(metadata.body)).toMatchObject({ resource: "https://api.example.com/" });
    expect((await read("/.well-known/oauth-protected-resource", "OPTIONS")).status).toBe(204);
    expect((await read("/.well-known/other")).status).toBe(404);
  });
});

describe("A Unix socket", () => {
  const askSocket = (path: string, headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      get({ socketPath: path, path: "/authorize", headers, agent: false }, (response) =>
        resolve(response.resume().statusCode),
      ).on("error", reject);
    });

  test("is listened on, also where a process that was killed left one behind", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gateway-socket-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "gateway.sock");
    const program = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", program]);
    expect(existsSync(path)).toBe(true);
    const { gateway } = await startTestGateway(rules, { overrides: { listen: `unix:${path}` } });
    expect(gateway.address).toBe(`unix:${path}`);
    const said = {
      "x-original-method": "GET",
      "x-original-host": "a.example",
      "x-original-proto": "https",
      "x-original-address": "unix:",
    };
    expect(await askSocket(path, { ...said, "x-original-uri": "/health" })).toBe(200);
    expect(await askSocket(path, { ...said, "x-original-uri": "/me" })).toBe(401);
  });

  test("of a process that still answers is left alone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gateway-socket-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const listen = `unix:${join(folder, "gateway.sock")}`;
    await startTestGateway(rules, { overrides: { listen } });
    await expect(startTestGateway(rules, { overrides: { listen } })).rejects.toThrow("EADDRINUSE");
  });
});
