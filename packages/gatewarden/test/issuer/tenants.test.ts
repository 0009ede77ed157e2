// Two real tenants and a stranger's, behind a real HTTP server: issuers that are looked up, opaque tokens, and revocation together.
import { createTenant, type Tenant } from "@gatewarden/dev";
import fastify, { type FastifyInstance } from "fastify";
import { createGuard, createRevocationList, type IssuerOptions } from "gatewarden";
import gatewarden from "gatewarden/fastify";
import { createIntrospectionClient } from "gatewarden/introspection";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

let acme: Tenant;
let globex: Tenant;
let stranger: Tenant;
let app: FastifyInstance;
let url: string;
const fetched = vi.fn(globalThis.fetch);
const revocation = createRevocationList();

beforeAll(async () => {
  [acme, globex, stranger] = await Promise.all([
    createTenant({ port: 0 }),
    createTenant({ port: 0 }),
    createTenant({ port: 0 }),
  ]);
  const tenants = new Map<string, IssuerOptions>(
    [acme, globex].map(({ issuer, audience }) => [issuer, { issuer, audience }]),
  );
  const auth = { clientSecret: "resource-server-secret" };
  const introspect = createIntrospectionClient({ issuer: acme.issuer, clientId: "resource-server", auth });
  const guard = createGuard({
    issuer: { resolve: async (iss) => tenants.get(iss), allowPrivateNetwork: true },
    introspection: { introspect, issuer: acme.issuer, audienceClaim: "optional", maxAge: 0 },
    revocation,
    fetch: fetched,
    env: {},
  });
  app = fastify();
  await app.register(gatewarden, { guard });
  app.get("/private", { auth: true }, async ({ auth }) => ({ issuer: auth.issuer, subject: auth.subject }));
  url = `${await app.listen({ port: 0, host: "127.0.0.1" })}/private`;
});

afterAll(() => Promise.all([app, acme, globex, stranger].map((one) => one.close())));

async function call(token: string): Promise<{ status: number; headers: Headers; body: unknown }> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

async function signed(tenant: Tenant): Promise<string> {
  return (await tenant.token({ as: "alice" })).access_token;
}

async function opaque(tenant: Tenant): Promise<string> {
  return (await tenant.token({ as: "alice", audience: null })).access_token;
}

test("tokens of both tenants are accepted, each as its own tenant's", async () => {
  expect(await call(await signed(acme))).toMatchObject({ status: 200, body: { issuer: acme.issuer } });
  expect(await call(await signed(globex))).toMatchObject({ status: 200, body: { issuer: globex.issuer } });
});

test("a stranger's token is refused and nothing is asked at the stranger's (CWE-918)", async () => {
  const answer = await call(await signed(stranger));
  expect(answer).toMatchObject({ status: 401, body: { code: "issuer_untrusted" } });
  expect(fetched.mock.calls.filter(([address]) => String(address).startsWith(stranger.url))).toEqual([]);
});

test("an opaque token is its issuer's alone: another trusted tenant's is unknown there", async () => {
  expect(await call(await opaque(acme))).toMatchObject({ status: 200, body: { issuer: acme.issuer } });
  expect(await call(await opaque(globex))).toMatchObject({ status: 401, body: { code: "token_inactive" } });
});

test("a subject revoked at one tenant keeps its access at the other", async () => {
  const now = Date.now() / 1000;
  const [one, two] = [await signed(acme), await signed(globex)];
  revocation.revoke({ issuer: globex.issuer, subject: "auth0|alice", issuedBefore: now + 1, expiresAt: now + 86_400 });
  expect((await call(one)).status).toBe(200);
  const answer = await call(two);
  expect(answer).toMatchObject({ status: 401, body: { code: "token_revoked" } });
  expect(answer.headers.get("www-authenticate")).toMatch(/error="invalid_token"/);
});

test("an introspection endpoint that is gone is 503 with Retry-After, while signed tokens are served", async () => {
  const [one, two] = [await signed(acme), await opaque(acme)];
  expect((await call(one)).status).toBe(200);
  await acme.close();
  const answer = await call(two);
  expect(answer).toMatchObject({ status: 503, body: { code: "introspection_unavailable" } });
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  expect(answer.headers.get("www-authenticate")).toBeNull();
  expect((await call(one)).status).toBe(200);
});
