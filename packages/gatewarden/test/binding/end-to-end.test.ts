// Sender-constrained tokens over real sockets: the local tenant issues them, an independent client proves them, a Fastify API takes them.
import { connect } from "node:net";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { calculateThumbprint, generateKeyPair, generateProof, type KeyPair } from "dpop";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import gatewarden from "../../src/adapters/fastify.js";
import { createGuard, type GuardOptions, permission } from "../../src/index.js";
import { createTlsTenant, requestToken, type TlsTenant } from "../support/bound-tokens.js";
import { createIdentity, type Identity, send } from "../support/certificates.js";

const cleanups: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(cleanups.map((cleanUp) => cleanUp())));

async function startApi(tenant: Tenant, options: GuardOptions, https?: { key: string; cert: string }): Promise<string> {
  const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience, env: {}, ...options });
  const server = https && { ...https, requestCert: true, rejectUnauthorized: false };
  const app = (server ? Fastify({ https: server }) : Fastify()) as unknown as FastifyInstance;
  await app.register(gatewarden, { guard });
  app.get("/private", { auth: true }, async (request) => ({ subject: request.auth.subject }));
  app.post("/private", { auth: true }, async () => ({}));
  app.get("/reports", { auth: permission("read:reports") }, async () => ({}));
  app.get("/admin", { auth: permission("read:admin") }, async () => ({}));
  await app.listen({ host: "127.0.0.1", port: 0 });
  cleanups.push(() => app.close());
  const address = app.server.address();
  return `${https ? "https" : "http"}://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("end", () => resolve(answer)).on("error", reject);
  });
}

describe("DPoP", () => {
  let tenant: Tenant;
  let keys: KeyPair;
  let token: string;

  beforeAll(async () => {
    tenant = await createTenant({ port: 0 });
    cleanups.push(() => tenant.close());
    keys = await generateKeyPair("ES256", { extractable: true });
    token = await requestToken(tenant, keys);
  });

  interface Call {
    readonly method?: string;
    readonly nonce?: string;
    readonly pair?: KeyPair;
    readonly htu?: string;
    readonly headers?: Record<string, string>;
  }

  async function call(
    url: string,
    { method = "GET", nonce, pair = keys, htu = url, headers }: Call = {},
  ): Promise<Response> {
    const dpop = await generateProof(pair, htu, method, nonce, token);
    return fetch(url, { method, headers: { authorization: `DPoP ${token}`, dpop, ...headers } });
  }

  const reasonOf = async (response: Response) => ((await response.json()) as { code?: string }).code;

  test("the tenant binds the token to the client's key", async () => {
    const payload = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    expect(payload.cnf).toEqual({ jkt: await calculateThumbprint(keys.publicKey) });
  });

  test("a proven token passes, permissions count as ever", async () => {
    const api = await startApi(tenant, { dpop: { mode: "allowed" } });
    expect(await (await call(`${api}/private?q=1`, { htu: `${api}/private` })).json()).toEqual({ subject: "machine" });
    expect((await call(`${api}/private`, { method: "POST" })).status).toBe(200);
    expect((await call(`${api}/reports`)).status).toBe(200);
    const forbidden = await call(`${api}/admin`);
    expect(forbidden.status).toBe(403);
    expect(forbidden.headers.get("www-authenticate")).toMatch(
      /^Bearer realm="api", DPoP realm="api", error="insufficient_scope"/,
    );
  });

  test("plain tokens pass beside it, unless DPoP is required", async () => {
    const plain = { headers: { authorization: `Bearer ${await requestToken(tenant)}` } };
    expect((await fetch(`${await startApi(tenant, { dpop: { mode: "allowed" } })}/private`, plain)).status).toBe(200);
    expect((await fetch(`${await startApi(tenant, { dpop: { mode: "required" } })}/private`, plain)).status).toBe(401);
  });

  test("Attack: replay", async () => {
    const api = await startApi(tenant, { dpop: { mode: "allowed" } });
    const dpop = await generateProof(keys, `${api}/private`, "GET", undefined, token);
    const headers = { authorization: `DPoP ${token}`, dpop };
    expect((await fetch(`${api}/private`, { headers })).status).toBe(200);
    const again = await fetch(`${api}/private`, { headers });
    expect([again.status, await reasonOf(again)]).toEqual([401, "dpop_replayed"]);
  });

  test("Attack: downgrade", async () => {
    const api = await startApi(tenant, { dpop: { mode: "allowed" } });
    const dpop = await generateProof(keys, `${api}/private`, "GET", undefined, token);
    for (const headers of [{ authorization: `Bearer ${token}` }, { authorization: `Bearer ${token}`, dpop }]) {
      const response = await fetch(`${api}/private`, { headers });
      expect([response.status, await reasonOf(response)]).toEqual([401, "binding_unproven"]);
    }
    const off = await startApi(tenant, {});
    expect((await fetch(`${off}/private`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });

  test("Attack: a thief with a key of his own", async () => {
    const api = await startApi(tenant, { dpop: { mode: "allowed" } });
    const response = await call(`${api}/private`, { pair: await generateKeyPair("ES256") });
    expect([response.status, await reasonOf(response)]).toEqual([401, "dpop_key_mismatch"]);
    expect(response.headers.get("www-authenticate")).toContain('DPoP realm="api", error="invalid_token"');
  });

  test("Attack: a proof for another URL, with X-Forwarded-Host to match", async () => {
    const api = await startApi(tenant, { dpop: { mode: "allowed" } });
    const headers = { "x-forwarded-host": "other.example", "x-forwarded-proto": "https" };
    const response = await call(`${api}/private`, { htu: "https://other.example/private", headers });
    expect([response.status, await reasonOf(response)]).toEqual([401, "dpop_target_mismatch"]);
  });

  test("two DPoP headers on the wire are refused", async () => {
    const api = await startApi(tenant, { dpop: { mode: "allowed" } });
    const proof = () => generateProof(keys, `${api}/private`, "GET", undefined, token);
    const headers = new Headers({ authorization: `DPoP ${token}`, dpop: await proof() });
    headers.append("dpop", await proof());
    const response = await fetch(`${api}/private`, { headers });
    expect([response.status, await reasonOf(response)]).toEqual([401, "dpop_proof_multiple"]);
  });

  test("Attack: two Host headers on the wire", async () => {
    const api = await startApi(tenant, { dpop: { mode: "allowed" } });
    const { host, port } = new URL(api);
    const dpop = await generateProof(keys, `${api}/private`, "GET", undefined, token);
    const lines = ["GET /private HTTP/1.1", `Host: ${host}`, "Host: other.example", `Authorization: DPoP ${token}`];
    const answer = await sendRaw(Number(port), [...lines, `DPoP: ${dpop}`, "Connection: close", "", ""].join("\r\n"));
    expect(answer).toMatch(/^HTTP\/1.1 400 [\s\S]*"target_unknown"/);
  });

  test("the nonce dance", async () => {
    const nonce = { secret: "0123456789abcdef0123456789abcdef", lifetime: 10 };
    let time = Date.now() / 1000;
    const now = () => time;
    const api = await startApi(tenant, { dpop: { mode: "allowed", nonce }, now });
    const first = await call(`${api}/private`);
    const given = first.headers.get("dpop-nonce") ?? "";
    expect(first.status).toBe(401);
    expect(first.headers.get("www-authenticate")).toContain('error="use_dpop_nonce"');
    const second = await call(`${api}/private`, { nonce: given });
    expect([second.status, second.headers.get("dpop-nonce")]).toEqual([200, null]);
    expect((await call(`${api}/private`, { nonce: "made up" })).status).toBe(401);
    time += 10;
    const third = await call(`${api}/private`, { nonce: given });
    expect([third.status, third.headers.get("dpop-nonce")]).toEqual([200, expect.stringMatching(/^[\w-]{22}$/)]);
    expect((await call(`${api}/private`, { nonce: third.headers.get("dpop-nonce") ?? "" })).status).toBe(200);
  });

  test("behind a proxy the public URL counts: from its headers, or as configured", async () => {
    const htu = "https://api.public.example/private";
    const headers = { "x-forwarded-host": "api.public.example", "x-forwarded-proto": "https" };
    const trusting = await startApi(tenant, { dpop: { mode: "allowed" }, trustProxy: { addresses: ["127.0.0.1"] } });
    expect((await call(`${trusting}/private`, { htu, headers })).status).toBe(200);
    const elsewhere = await startApi(tenant, { dpop: { mode: "allowed" }, trustProxy: { addresses: ["10.0.0.1"] } });
    expect((await call(`${elsewhere}/private`, { htu, headers })).status).toBe(401);
    const fixed = await startApi(tenant, { dpop: { mode: "allowed" }, resource: "https://api.public.example/" });
    expect((await call(`${fixed}/private`, { htu })).status).toBe(200);
    expect((await call(`${fixed}/private`)).status).toBe(401);
  });
});

describe("mTLS", () => {
  let tls: TlsTenant;
  let server: Identity;
  let client: Identity;
  let token: string;
  let api: string;

  beforeAll(async () => {
    tls = await createTlsTenant();
    ({ server, client } = tls);
    cleanups.push(() => tls.tenant.close());
    api = await startApi(tls.tenant, { fetch: tls.fetch, mtls: { mode: "allowed" } }, server);
    token = ((await (await tls.requestToken(client)).json()) as { access_token: string }).access_token;
  });

  const call = (identity?: Identity, headers: Record<string, string> = {}) =>
    send(`${api}/private`, { ca: server.cert, identity, headers: { authorization: `Bearer ${token}`, ...headers } });

  test("the tenant binds the token to the client's certificate", async () => {
    const payload = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    expect(payload.cnf).toEqual({ "x5t#S256": client.thumbprint });
    expect((await tls.requestToken()).status).toBe(400);
  });
  test("the token passes over a connection with its certificate", async () => {
    const response = await call(client);
    expect([response.status, await response.json()]).toEqual([200, { subject: "machine" }]);
  });
  test("Attack: a stolen token over another connection", async () => {
    const other = await call(createIdentity("thief"));
    expect([other.status, await other.json()]).toMatchObject([401, { code: "certificate_mismatch" }]);
    const none = await call();
    expect([none.status, await none.json()]).toMatchObject([401, { code: "certificate_missing" }]);
  });
  test("Attack: a stolen token with the owner's certificate in a header", async () => {
    const forged = encodeURIComponent(client.cert);
    const response = await call(undefined, { "x-client-cert": forged, "x-forwarded-client-cert": `Cert="${forged}"` });
    expect(response.status).toBe(401);
  });
});
