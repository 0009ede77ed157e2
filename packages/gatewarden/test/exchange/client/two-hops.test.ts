// The whole way with the local tenant: a user's token, API A, an exchange, API B. Token requests are
// counted on their way to the tenant.
import { createTenant, type Tenant } from "@gatewarden/dev";
import fastify from "fastify";
import {
  type Auth,
  actor,
  anyActor,
  createGuard,
  createRevocationList,
  type Guard,
  type GuardOptions,
  isMet,
  not,
  type Requirement,
  type RevocationList,
} from "gatewarden";
import { createClientCredentials, createTokenExchange, type TokenExchangeOptions } from "gatewarden/exchange";
import gatewarden from "gatewarden/fastify";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const [orders, stock, billing] = ["https://orders.test", "https://stock.test", "https://billing.test"] as const;
const [ordersAuth, stockAuth] = [{ clientSecret: "orders-secret" }, { clientSecret: "stock-secret" }];

const closers: (() => Promise<unknown>)[] = [];
let tenant: Tenant;
/** Forms that were sent to the token endpoint. */
let forms: URLSearchParams[] = [];
beforeAll(async () => {
  tenant = await createTenant({
    port: 0,
    apis: [
      { audience: orders, permissions: ["read:orders"] },
      { audience: stock, permissions: ["read:stock"] },
      { audience: billing, permissions: ["read:bills"] },
    ],
    personas: { alice: { permissions: ["read:orders", "read:stock"] }, bob: { permissions: ["read:stock"] } },
    clients: {
      spa: {},
      "orders-api": {
        secret: "orders-secret",
        tokenExchange: orders,
        grants: ["client_credentials"],
        permissions: ["read:stock"],
      },
      "stock-api": { secret: "stock-secret", tokenExchange: stock },
    },
  });
  closers.push(() => tenant.close());
});
beforeEach(() => {
  forms = [];
});
afterAll(() => Promise.all(closers.map((close) => close())));

const counted: NonNullable<TokenExchangeOptions["fetch"]> = (url, init) => {
  if (url.endsWith("/oauth/token")) forms.push(new URLSearchParams(init.body));
  return fetch(url, init);
};
const source = () => ({ issuer: tenant.issuer, clientId: "orders-api", auth: ordersAuth, fetch: counted });
const tokenOf = async (as = "alice", audience: string = orders) =>
  (await tenant.token({ as, audience, client: "spa" })).access_token;

/** API B: says who called. */
async function startStock(requirement?: Requirement, changes: GuardOptions = {}): Promise<string> {
  const guard = createGuard({ issuer: tenant.issuer, audience: stock, env: {}, ...changes });
  const app = fastify();
  await app.register(gatewarden, { guard });
  app.get("/stock", { auth: requirement ?? true }, async ({ auth }) => {
    const { subject, actors, permissions, clientId } = auth as Auth;
    return { subject, clientId, actors: actors.map((one) => one.subject), permissions };
  });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  closers.push(() => app.close());
  return `${url}/stock`;
}

interface OrdersApi {
  readonly guard: Guard;
  readonly revocation: RevocationList;
  call(token: string): Promise<{ readonly status: number; readonly body: unknown; readonly challenge: string | null }>;
}

/** API A: asks B on behalf of its caller. Failures go to the framework's own error handler. */
async function startOrders(stockUrl: string, changes: Partial<TokenExchangeOptions> = {}): Promise<OrdersApi> {
  const revocation = createRevocationList();
  const exchange = createTokenExchange({ ...source(), ...changes });
  const guard = createGuard({ issuer: tenant.issuer, audience: orders, env: {}, exchange, revocation });
  const app = fastify();
  await app.register(gatewarden, { guard });
  app.get("/", { auth: true }, async ({ auth }, reply) => {
    const next = await guard.exchange(auth as Auth, { audience: stock, scope: "read:stock" });
    const answer = await next.fetch(stockUrl);
    return reply.code(answer.status).send(await answer.json());
  });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  closers.push(() => app.close());
  const call = async (token: string) => {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, body: await answer.json(), challenge: answer.headers.get("www-authenticate") };
  };
  return { guard, revocation, call };
}

describe("From the user to API B through API A", () => {
  test("B sees the user, what the user may do there, and who acts", async () => {
    const api = await startOrders(await startStock());
    expect(await api.call(await tokenOf())).toMatchObject({
      status: 200,
      body: { subject: "auth0|alice", clientId: "orders-api", actors: ["orders-api"], permissions: ["read:stock"] },
    });
  });

  test("the token is exchanged once for each user, also for many requests at once", async () => {
    const api = await startOrders(await startStock());
    const [alice, bob] = [await tokenOf("alice"), await tokenOf("bob")];
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => api.call(index % 2 ? alice : bob)));
    await api.call(alice);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const users = answers.map(({ body }) => (body as { subject: string }).subject);
    expect(users.every((user, index) => user === (index % 2 ? "auth0|alice" : "auth0|bob"))).toBe(true);
    expect(forms).toHaveLength(2);
  });

  test("B decides who may act: 200 for this API, 403 for users themselves and other actors", async () => {
    const [fromOrders, fromOther] = [actor({ subject: "orders-api" }), actor({ subject: "billing-api" })];
    const [taking, refusing] = [await startStock(fromOrders), await startStock(fromOther)];
    const [good, bad] = [await startOrders(taking), await startOrders(refusing)];
    const token = await tokenOf();
    expect(await good.call(token)).toMatchObject({ status: 200 });
    expect(await bad.call(token)).toMatchObject({ status: 403, body: { code: "actor_mismatch" } });
    const direct = { headers: { authorization: `Bearer ${await tokenOf("alice", stock)}` } };
    expect((await fetch(taking, direct)).status).toBe(403);
  });

  test("B may rule delegation out", async () => {
    const alone = await startStock(not(anyActor()));
    const api = await startOrders(alone);
    expect(await api.call(await tokenOf())).toMatchObject({ status: 403, body: { code: "requirement_not_met" } });
    const direct = { headers: { authorization: `Bearer ${await tokenOf("alice", stock)}` } };
    expect((await fetch(alone, direct)).status).toBe(200);
  });

  test("through two APIs the chain has both, and only the last one counts", async () => {
    const first = createGuard({
      ...{ issuer: tenant.issuer, audience: orders, env: {} },
      exchange: createTokenExchange(source()),
    });
    const second = createGuard({
      ...{ issuer: tenant.issuer, audience: stock, env: {} },
      exchange: createTokenExchange({ ...source(), clientId: "stock-api", auth: stockAuth }),
    });
    const third = createGuard({ issuer: tenant.issuer, audience: billing, env: {} });
    const atStock = await first.exchange(await first.verify(await tokenOf()), { audience: stock });
    const atBilling = await second.exchange(await second.verify(atStock.value), { audience: billing });
    const auth = await third.verify(atBilling.value);
    expect(auth.actors.map(({ subject }) => subject)).toEqual(["stock-api", "orders-api"]);
    expect(isMet(actor({ subject: "stock-api" }), auth)).toBe(true);
    expect(isMet(actor({ subject: "orders-api" }), auth)).toBe(false);
  });
});

describe("A user who is refused at the first hop", () => {
  test("after a revocation here: 401 at once, and what was kept is not used", async () => {
    const api = await startOrders(await startStock());
    const token = await tokenOf();
    expect(await api.call(token)).toMatchObject({ status: 200 });
    const { sub, iss, exp } = decodeJwt(token);
    api.revocation.revoke({
      issuer: String(iss),
      subject: String(sub),
      issuedBefore: Date.now() / 1000 + 1,
      expiresAt: Number(exp),
    });
    expect(await api.call(token)).toMatchObject({ status: 401, body: { code: "token_revoked" } });
    expect(forms).toHaveLength(1);
  });

  test("on a connection that stays open, too", async () => {
    const api = await startOrders(await startStock());
    const auth = await api.guard.verify(await tokenOf());
    await api.guard.exchange(auth, { audience: stock });
    const exp = auth.expiresAt;
    api.revocation.revoke({
      issuer: auth.issuer,
      subject: "auth0|alice",
      issuedBefore: Date.now() / 1000 + 1,
      expiresAt: exp,
    });
    await expect(api.guard.exchange(auth, { audience: stock })).rejects.toMatchObject({ reason: "token_revoked" });
  });

  test("after a revocation at the server, with the next exchange: the server's own code", async () => {
    const api = await startOrders(await startStock());
    const token = await tokenOf();
    await fetch(`${tenant.url}/oauth/revoke`, {
      method: "POST",
      body: new URLSearchParams({ token, client_id: "spa" }),
    });
    // RFC 8693 §2.2.2 wants `invalid_request`, which may also be this API's own mistake.
    expect(await api.call(token)).toMatchObject({ status: 502, body: { message: /refused: invalid_request$/ } });
  });

  test("for what the user may not do there: the server's own code", async () => {
    const { guard } = await startOrders("unused");
    const auth = await guard.verify(await tokenOf("bob"));
    await expect(guard.exchange(auth, { audience: billing, scope: "read:bills" })).rejects.toMatchObject({
      code: "invalid_scope",
      status: 502,
    });
  });
});

describe("A token that B refuses", () => {
  test("is exchanged anew, once, and the request is repeated", async () => {
    const isRevokedAtStock = new Set<string>();
    const isRevoked = ({ jti }: { readonly jti: string | undefined }) => isRevokedAtStock.has(jti ?? "");
    const url = await startStock(undefined, { revocation: { isRevoked } });
    const { guard } = await startOrders(url);
    const auth = await guard.verify(await tokenOf());
    const first = await guard.exchange(auth, { audience: stock });
    isRevokedAtStock.add(String(decodeJwt(first.value).jti));
    expect((await first.fetch(url)).status).toBe(200);
    expect((await guard.exchange(auth, { audience: stock })).value).not.toBe(first.value);
    expect(forms).toHaveLength(2);
  });
});

describe("A second hop that is bound to a key", () => {
  test("B takes it with the proofs that the token makes, and not without", async () => {
    const url = await startStock(actor({ subject: "orders-api" }), { dpop: { mode: "required", nonce: true } });
    const { guard } = await startOrders(url, { dpop: "required" });
    const next = await guard.exchange(await guard.verify(await tokenOf()), { audience: stock });
    expect(next.scheme).toBe("DPoP");
    for (const _time of [1, 2, 3]) expect((await next.fetch(url)).status).toBe(200);
    expect((await fetch(url, { headers: { authorization: `Bearer ${next.value}` } })).status).toBe(401);
    expect((await fetch(url, { headers: { authorization: `DPoP ${next.value}` } })).status).toBe(401);
    expect(forms).toHaveLength(1);
  });

  test("a machine's token too", async () => {
    const url = await startStock(undefined, { dpop: { mode: "required" } });
    const credentials = createClientCredentials({ ...source(), audience: stock, dpop: "required" });
    const answer = await credentials.fetch(url);
    expect([answer.status, await answer.json()]).toMatchObject([200, { subject: "orders-api", actors: [] }]);
  });
});

test("A machine's own token is got once for many requests", async () => {
  const url = await startStock();
  const credentials = createClientCredentials({ ...source(), audience: stock, scope: "read:stock" });
  const answers = await Promise.all(Array.from({ length: 10 }, () => credentials.fetch(url)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  expect(forms.map((form) => form.get("grant_type"))).toEqual(["client_credentials"]);
});
