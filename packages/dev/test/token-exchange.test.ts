// RFC 8693 at the local tenant: who may exchange what, and what the new token says.
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import { beforeAll, describe, expect, test } from "vitest";
import type { Tenant, TenantOptions } from "../src/index.js";
import { Browser } from "./support/browser.js";
import { discover, insecure, redeem, startLogin } from "./support/client.js";
import { startTenant } from "./support/tenants.js";

const [orders, stock, billing] = ["https://orders.test", "https://stock.test", "https://billing.test"] as const;
const accessToken = "urn:ietf:params:oauth:token-type:access_token";
const grant = "urn:ietf:params:oauth:grant-type:token-exchange";

const options: TenantOptions = {
  apis: [
    { audience: orders, permissions: ["read:orders"] },
    { audience: stock, permissions: ["read:stock", "write:stock"], tokenLifetime: 600 },
    { audience: billing, permissions: ["read:bills"] },
  ],
  personas: { alice: { permissions: ["read:orders", "read:stock", "read:bills"] }, bob: {} },
  clients: {
    spa: {},
    "orders-api": { secret: "orders-secret", tokenExchange: orders },
    "stock-api": { secret: "stock-secret", tokenExchange: stock },
    machine: { secret: "machine-secret" },
  },
};

let tenant: Tenant;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  tenant = await startTenant(options);
  server = await discover(tenant);
});

interface Exchange {
  readonly subject: string;
  readonly changes?: Readonly<Record<string, string | undefined>>;
  readonly client?: string;
  readonly DPoP?: oauth.DPoPHandle;
  readonly at?: oauth.AuthorizationServer;
}

async function exchange({ subject, changes = {}, client = "orders-api", DPoP, at = server }: Exchange) {
  const usual = { subject_token: subject, subject_token_type: accessToken, audience: stock };
  const entries = Object.entries({ ...usual, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const auth = oauth.ClientSecretBasic(client.replace("-api", "-secret").replace("machine", "machine-secret"));
  const http = { ...insecure, ...(DPoP && { DPoP }) };
  const answer = await oauth.genericTokenEndpointRequest(at, { client_id: client }, auth, grant, entries, http);
  return oauth.processGenericTokenEndpointResponse(at, { client_id: client }, answer);
}

const tokenOf = async (as = "alice", audience: string = orders, from = tenant) =>
  (await from.token({ as, audience, client: "spa" })).access_token;

async function claimsOf(token: string, audience: string, from = tenant): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", from.issuer));
  return (await jwtVerify(token, keys, { issuer: from.issuer, audience })).payload;
}

describe("An exchanged token", () => {
  test("is for the next API, of the same person, and names the client as the actor", async () => {
    const answer = await exchange({ subject: await tokenOf() });
    expect(answer).toMatchObject({ token_type: "bearer", issued_token_type: accessToken, scope: "read:stock" });
    expect(await claimsOf(answer.access_token, stock)).toMatchObject({
      sub: "auth0|alice",
      aud: stock,
      client_id: "orders-api",
      act: { sub: "orders-api" },
      permissions: ["read:stock"],
    });
  });

  test("names those who acted before within", async () => {
    const first = await exchange({ subject: await tokenOf() });
    const second = await exchange({
      subject: first.access_token,
      client: "stock-api",
      changes: { audience: billing },
    });
    const { act } = await claimsOf(second.access_token, billing);
    expect(act).toEqual({ sub: "stock-api", act: { sub: "orders-api" } });
  });

  test("in Auth0's dialect names the person's own client innermost", async () => {
    const auth0 = await startTenant({ ...options, tokenDialect: "auth0" });
    const at = await discover(auth0);
    const { access_token } = await exchange({ subject: await tokenOf("alice", orders, auth0), at });
    const { act, azp } = await claimsOf(access_token, stock, auth0);
    expect({ act, azp }).toEqual({ act: { sub: "orders-api", act: { sub: "spa" } }, azp: "orders-api" });
  });

  test("lives as long as the API's tokens, and never longer than the token it was made from", async () => {
    expect((await exchange({ subject: await tokenOf() })).expires_in).toBe(600);
    const { access_token: short } = await tenant.token({ as: "alice", audience: orders, client: "spa", expiresIn: 60 });
    expect((await exchange({ subject: short })).expires_in).toBeLessThanOrEqual(60);
  });

  test.each([
    ["what was asked for", "read:stock", "read:stock"],
    ["what the person has of it", "read:stock write:stock", "read:stock"],
  ])("has %s", async (_name, scope, granted) => {
    expect((await exchange({ subject: await tokenOf(), changes: { scope } })).scope).toBe(granted);
  });

  test("may be asked for by resource, and as a JWT", async () => {
    const changes = {
      audience: undefined,
      resource: stock,
      requested_token_type: "urn:ietf:params:oauth:token-type:jwt",
    };
    expect(await claimsOf((await exchange({ subject: await tokenOf(), changes })).access_token, stock)).toHaveProperty(
      "act",
    );
  });

  test("is known to introspection, until it is revoked", async () => {
    const { access_token: token } = await exchange({ subject: await tokenOf() });
    const ask = async () => {
      const body = new URLSearchParams({ token, client_id: "machine", client_secret: "machine-secret" });
      return (await fetch(`${tenant.url}/oauth/introspect`, { method: "POST", body })).json();
    };
    expect(await ask()).toMatchObject({ active: true, act: { sub: "orders-api" } });
    const body = new URLSearchParams({ token, client_id: "orders-api", client_secret: "orders-secret" });
    await fetch(`${tenant.url}/oauth/revoke`, { method: "POST", body });
    expect(await ask()).toEqual({ active: false });
  });

  test("is bound to the key of a proof (RFC 9449 §5)", async () => {
    const DPoP = oauth.DPoP({}, await oauth.generateKeyPair("ES256"));
    const answer = await exchange({ subject: await tokenOf(), DPoP });
    expect(answer.token_type).toBe("dpop");
    expect(await claimsOf(answer.access_token, stock)).toMatchObject({
      cnf: { jkt: await DPoP.calculateThumbprint() },
    });
  });
});

describe("An exchange is refused", () => {
  test.each<[string, Readonly<Record<string, string | undefined>>, string]>([
    ["without a subject token", { subject_token: undefined }, "invalid_request"],
    [
      "with a subject token of another type",
      { subject_token_type: "urn:ietf:params:oauth:token-type:id_token" },
      "invalid_request",
    ],
    ["without a type", { subject_token_type: undefined }, "invalid_request"],
    [
      "for a refresh token",
      { requested_token_type: "urn:ietf:params:oauth:token-type:refresh_token" },
      "invalid_request",
    ],
    ["with an actor token", { actor_token: "x", actor_token_type: accessToken }, "invalid_request"],
    ["for an unknown API", { audience: "https://elsewhere.test" }, "invalid_target"],
    ["for no API", { audience: undefined }, "invalid_target"],
    ["for two", { resource: billing }, "invalid_target"],
    ["for what the person may not do", { scope: "write:stock" }, "invalid_scope"],
  ])("%s", async (_name, changes, error) => {
    await expect(exchange({ subject: await tokenOf(), changes })).rejects.toMatchObject({ error });
  });

  test.each<[string, () => Promise<string>]>([
    ["of garbage", async () => "garbage"],
    ["of a token that was changed", async () => `${(await tokenOf()).slice(0, -4)}AAAA`],
    ["of a token for another API than the client's", () => tokenOf("alice", stock)],
    ["of a machine's token", async () => (await tenant.token({ client: "machine", audience: orders })).access_token],
    [
      "of a token that expired",
      async () => (await tenant.token({ as: "alice", audience: orders, client: "spa", fault: "expired" })).access_token,
    ],
    [
      "of a token that was revoked",
      async () => {
        const token = await tokenOf();
        const body = new URLSearchParams({ token, client_id: "spa" });
        await fetch(`${tenant.url}/oauth/revoke`, { method: "POST", body });
        return token;
      },
    ],
    [
      "of a token whose person was logged out",
      async () => {
        const token = await tokenOf();
        await tenant.logOut("alice");
        return token;
      },
    ],
    [
      "of a token whose `act` is no object (RFC 8693 §4.1)",
      async () =>
        (await tenant.token({ as: "alice", audience: orders, client: "spa", claims: { act: { sub: "a", act: "b" } } }))
          .access_token,
    ],
  ])("%s", async (_name, make) => {
    await expect(exchange({ subject: await make() })).rejects.toMatchObject({ error: "invalid_request" });
  });

  test("of a client that may not", async () => {
    await expect(exchange({ subject: await tokenOf(), client: "machine" })).rejects.toMatchObject({
      error: "invalid_request",
    });
  });

  test("with a proof that was used before (RFC 9449 §11.1)", async () => {
    const subject = await tokenOf();
    const keys = await oauth.generateKeyPair("ES256");
    let proof: string | undefined;
    const DPoP = oauth.DPoP({}, keys, {
      [oauth.modifyAssertion]: (_header, payload) => {
        proof = "same";
        payload["jti"] = proof;
      },
    });
    await exchange({ subject, DPoP });
    await expect(exchange({ subject, DPoP })).rejects.toMatchObject({ error: "invalid_dpop_proof" });
  });

  test("with a proof for another URL", async () => {
    const DPoP = oauth.DPoP({}, await oauth.generateKeyPair("ES256"), {
      [oauth.modifyAssertion]: (_header, payload) => {
        payload["htu"] = "https://elsewhere.test/";
      },
    });
    await expect(exchange({ subject: await tokenOf(), DPoP })).rejects.toMatchObject({ error: "invalid_dpop_proof" });
  });

  test("beyond five actors, as at Auth0", async () => {
    const act = { sub: "1", act: { sub: "2", act: { sub: "3", act: { sub: "4", act: { sub: "5" } } } } };
    const make = async (claims: Record<string, unknown>) =>
      (await tenant.token({ as: "alice", audience: orders, client: "spa", claims })).access_token;
    await expect(exchange({ subject: await make({ act }) })).rejects.toMatchObject({ error: "invalid_request" });
    expect((await exchange({ subject: await make({ act: act.act }) })).token_type).toBe("bearer");
  });
});

/** Whether the tenant still calls it active (RFC 7662). */
const introspect = async (token: string) => {
  const response = await fetch(new URL("/oauth/introspect", tenant.issuer), {
    method: "POST",
    headers: { authorization: `Basic ${btoa("stock-api:stock-secret")}` },
    body: new URLSearchParams({ token }),
  });
  return ((await response.json()) as { active: boolean }).active;
};

describe("A log-out ends exchanged tokens", () => {
  const chain = async () => {
    const subject = await tokenOf();
    const first = (await exchange({ subject })).access_token;
    const next = { client: "stock-api", changes: { audience: billing } };
    return { subject, first, second: (await exchange({ subject: first, ...next })).access_token, next };
  };

  test("when the tenant logs the person out: none is active, and none buys another", async () => {
    const { subject, first, second, next } = await chain();
    expect(await Promise.all([subject, first, second].map(introspect))).toEqual([true, true, true]);
    const bob = await tokenOf("bob");
    await tenant.logOut("alice");
    expect(await Promise.all([subject, first, second, bob].map(introspect))).toEqual([false, false, false, true]);
    await expect(exchange({ subject })).rejects.toMatchObject({ error: "invalid_request" });
    await expect(exchange({ subject: first, ...next })).rejects.toMatchObject({ error: "invalid_request" });
    expect((await exchange({ subject: await tokenOf() })).token_type).toBe("bearer");
  });

  test("when the token that was exchanged is revoked before the exchange is done", async () => {
    const subject = await tokenOf();
    const answers = await Promise.allSettled([exchange({ subject }), tenant.logOut("alice")]);
    const [bought] = answers;
    if (bought?.status === "fulfilled") expect(await introspect(bought.value.access_token)).toBe(false);
  });
});

describe("A grant that is revoked ends exchanged tokens (RFC 7009 §2.1)", () => {
  test("that were bought with its tokens, however many exchanges later, and no others", async () => {
    const browser = new Browser(tenant.issuer);
    const login = await startLogin(tenant, { audience: orders, scope: "openid offline_access read:orders" });
    const { url } = await browser.read(login.url);
    const tokens = await redeem(login, await browser.submit(url, { persona: "alice" }));
    const first = (await exchange({ subject: tokens.access_token })).access_token;
    const next = { client: "stock-api", changes: { audience: billing } };
    const second = (await exchange({ subject: first, ...next })).access_token;
    const elsewhere = (await exchange({ subject: await tokenOf() })).access_token;
    const bought = [first, second, elsewhere];
    expect(await Promise.all(bought.map(introspect))).toEqual([true, true, true]);
    const body = new URLSearchParams({ token: tokens.refresh_token ?? "", client_id: "spa" });
    expect((await fetch(new URL("/oauth/revoke", tenant.issuer), { method: "POST", body })).status).toBe(200);
    expect(await introspect(tokens.access_token)).toBe(false);
    expect(await Promise.all(bought.map(introspect))).toEqual([false, false, true]);
  });
});

describe("A refusal", () => {
  test("lists the developer's APIs, and not the tenant's own", async () => {
    const answer = exchange({ subject: await tokenOf(), changes: { audience: "https://nowhere.test" } });
    await expect(answer).rejects.toMatchObject({
      error: "invalid_target",
      error_description: expect.not.stringContaining("/ssf"),
    });
    await expect(answer).rejects.toMatchObject({ error_description: expect.stringContaining(`${stock}, ${billing}`) });
  });
});

describe("A configuration", () => {
  test.each<[string, TenantOptions["clients"], RegExp]>([
    [
      "lets no public client exchange",
      { spa: { tokenExchange: "https://api.gatewarden.local" } },
      /clients\.spa\.tokenExchange needs/,
    ],
    [
      "names an API that there is",
      { a: { secret: "s", tokenExchange: "https://x" } },
      /no API's audience \(known: https:\/\/api/,
    ],
  ])("%s", async (_name, clients, message) => {
    await expect(startTenant({ clients })).rejects.toThrow(message);
  });
});

describe("Client credentials", () => {
  test("are bound to the key of a proof, as exchanged tokens are", async () => {
    const DPoP = oauth.DPoP({}, await oauth.generateKeyPair("ES256"));
    const client = { client_id: "machine" };
    const auth = oauth.ClientSecretBasic("machine-secret");
    const http = { ...insecure, DPoP };
    const answer = await oauth.clientCredentialsGrantRequest(server, client, auth, { audience: stock }, http);
    const { access_token, token_type } = await oauth.processClientCredentialsResponse(server, client, answer);
    expect(token_type).toBe("dpop");
    expect(await claimsOf(access_token, stock)).toMatchObject({ cnf: { jkt: await DPoP.calculateThumbprint() } });
  });
});
