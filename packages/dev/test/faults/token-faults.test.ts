// Each token fault, from each grant, as an independent library (jose) sees it: wrong in that one way, right in all others.
import { createPublicKey } from "node:crypto";
import { createRemoteJWKSet, decodeProtectedHeader, type JWTVerifyOptions, jwtVerify, UnsecuredJWT } from "jose";
import * as oauth from "oauth4webapi";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { faultCatalogue, type Tenant, type TokenFaultName } from "../../src/index.js";
import { discover, insecure, logIn, verify } from "../support/client.js";
import { startTenant } from "../support/tenants.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await startTenant();
});
afterEach(() => tenant.faults.clear());

/** With `maxTokenAge`, `iat` is looked at too. */
function check(token: string, options: JWTVerifyOptions = {}): Promise<unknown> {
  const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", tenant.issuer));
  return jwtVerify(token, keys, {
    issuer: tenant.issuer,
    audience: tenant.audience,
    maxTokenAge: "1 week",
    ...options,
  });
}

const inOneHour = (): Date => new Date(Date.now() + 3_700_000);

/** What jose says of the token, and on which terms it is right. */
const verdicts: Readonly<Record<TokenFaultName, { refused: object; accepted: (token: string) => Promise<unknown> }>> = {
  expired: {
    refused: { code: "ERR_JWT_EXPIRED" },
    accepted: (token) => check(token, { currentDate: new Date(Date.now() - 3_700_000) }),
  },
  "not-yet-valid": {
    refused: { code: "ERR_JWT_CLAIM_VALIDATION_FAILED", claim: "nbf" },
    accepted: (token) => check(token, { currentDate: inOneHour() }),
  },
  "clock-skew": {
    refused: { code: "ERR_JWT_CLAIM_VALIDATION_FAILED", claim: "iat" },
    accepted: (token) => check(token, { clockTolerance: 300 }),
  },
  "wrong-audience": {
    refused: { code: "ERR_JWT_CLAIM_VALIDATION_FAILED", claim: "aud" },
    accepted: (token) => check(token, { audience: "https://another-api.example" }),
  },
  "wrong-issuer": {
    refused: { code: "ERR_JWT_CLAIM_VALIDATION_FAILED", claim: "iss" },
    accepted: (token) => check(token, { issuer: "https://another-issuer.example/" }),
  },
  "missing-permissions": { refused: {}, accepted: check },
  "unknown-key": {
    refused: { code: "ERR_JWKS_NO_MATCHING_KEY" },
    accepted: async (token) => expect(decodeProtectedHeader(token)).toMatchObject({ alg: "RS256", typ: "at+jwt" }),
  },
  hs256: {
    refused: { code: "ERR_JOSE_NOT_SUPPORTED" },
    accepted: async (token) =>
      jwtVerify(token, await publishedPem(), { issuer: tenant.issuer, audience: tenant.audience }),
  },
  "alg-none": {
    refused: { code: "ERR_JOSE_NOT_SUPPORTED" },
    accepted: async (token) => UnsecuredJWT.decode(token, { issuer: tenant.issuer, audience: tenant.audience }),
  },
  encrypted: {
    refused: { code: "ERR_JWS_INVALID" },
    accepted: async (token) => expect(token.split(".")).toHaveLength(5),
  },
  opaque: {
    refused: { code: "ERR_JWS_INVALID" },
    accepted: async (token) => expect(await introspect(token)).toMatchObject({ active: true, aud: tenant.audience }),
  },
};

async function publishedPem(): Promise<Buffer> {
  const response = await fetch(new URL("/.well-known/jwks.json", tenant.issuer));
  const { keys } = (await response.json()) as { keys: Record<string, string>[] };
  const key = createPublicKey({ key: keys[0] ?? {}, format: "jwk" });
  return Buffer.from(key.export({ type: "spki", format: "pem" }).toString());
}

async function introspect(token: string): Promise<Record<string, unknown>> {
  const authorization = `Basic ${Buffer.from("resource-server:resource-server-secret").toString("base64")}`;
  const body = new URLSearchParams({ token });
  const response = await fetch(new URL("/oauth/introspect", tenant.issuer), {
    method: "POST",
    headers: { authorization },
    body,
  });
  return (await response.json()) as Record<string, unknown>;
}

async function viaMachine(): Promise<string> {
  const [server, client] = [await discover(tenant), { client_id: "machine" }];
  const auth = oauth.ClientSecretBasic("machine-secret");
  const parameters = { audience: tenant.audience };
  const response = await oauth.clientCredentialsGrantRequest(server, client, auth, parameters, insecure);
  return (await oauth.processClientCredentialsResponse(server, client, response)).access_token;
}

async function viaRefresh(fault: TokenFaultName): Promise<string> {
  await tenant.faults.clear();
  const { refresh_token } = await logIn(tenant, "alice", { scope: "openid offline_access" });
  await tenant.faults.set(fault);
  const [server, client] = [await discover(tenant), { client_id: "spa" }];
  const none = oauth.None();
  const response = await oauth.refreshTokenGrantRequest(server, client, none, refresh_token ?? "", insecure);
  // With a wrong clock the ID token is wrong too, and the client refuses it.
  return ((await response.json()) as { access_token: string }).access_token;
}

async function viaHttp(): Promise<string> {
  const response = await fetch(new URL("/dev/token", tenant.issuer), { method: "POST" });
  return ((await response.json()) as { access_token: string }).access_token;
}

const grants: Readonly<Record<string, (fault: TokenFaultName) => Promise<string>>> = {
  "a login": async () => (await logIn(tenant, "alice")).access_token,
  "a refresh token": viaRefresh,
  "client credentials": viaMachine,
  "POST /dev/token": viaHttp,
};

const names = Object.keys(verdicts) as TokenFaultName[];

test("each token fault of the catalogue is looked at here", () => {
  const known = Object.entries(faultCatalogue).filter(([, { kind }]) => kind === "token");
  expect(names).toEqual(known.map(([name]) => name));
});

describe.each(names)("%s", (fault) => {
  test.each(Object.keys(grants))("shows in a token from %s, and in nothing else about it", async (grant) => {
    await tenant.faults.set(fault);
    const token = (await grants[grant]?.(fault)) ?? "";
    if (fault === "missing-permissions") expect(await permissionsOf(token)).toEqual([]);
    else await expect(check(token)).rejects.toMatchObject(verdicts[fault].refused);
    await verdicts[fault].accepted(token);
  });

  test("can be had for one token, and leaves the tenant healthy", async () => {
    const { access_token } = await tenant.token({ fault });
    if (fault === "missing-permissions") expect(await permissionsOf(access_token)).toEqual([]);
    else await expect(check(access_token)).rejects.toMatchObject(verdicts[fault].refused);
    expect(tenant.faults.active).toEqual([]);
    await check((await tenant.token()).access_token);
  });

  test("is gone after a reset", async () => {
    await tenant.faults.set(fault);
    await tenant.faults.clear();
    const { access_token } = await tenant.token();
    await check(access_token);
    expect(await permissionsOf(access_token)).toContain("read:admin");
  });
});

async function permissionsOf(token: string): Promise<unknown> {
  return (await verify(tenant, token)).payload["permissions"];
}

test("a fault with `times` strikes so often and no more", async () => {
  await tenant.faults.set({ name: "alg-none", times: 2 });
  const tokens = [await tenant.token(), await tenant.token(), await tenant.token()];
  const algorithms = tokens.map(({ access_token }) => decodeProtectedHeader(access_token).alg);
  expect(algorithms).toEqual(["none", "none", "RS256"]);
  expect(tenant.faults.active).toEqual([]);
});

test("opaque tokens that were asked for neither break nor count", async () => {
  await tenant.faults.set({ name: "expired", times: 1 });
  const { access_token } = await tenant.token({ audience: null });
  expect(await introspect(access_token)).toMatchObject({ active: true });
  expect(tenant.faults.active).toEqual([{ name: "expired", seconds: 3600, times: 1 }]);
});

test("faults that decide different things add up", async () => {
  await tenant.faults.set("wrong-audience", "expired", "unknown-key");
  const { access_token } = await tenant.token();
  const header = decodeProtectedHeader(access_token);
  expect(header.kid).not.toBe((await verify(tenant, await soundToken())).header.kid);
  const claims = JSON.parse(Buffer.from(access_token.split(".")[1] ?? "", "base64url").toString());
  expect(claims.exp).toBeLessThan(Date.now() / 1000 - 3590);
  expect(claims.aud).toEqual(["https://another-api.example", `${tenant.issuer}userinfo`]);
});

async function soundToken(): Promise<string> {
  await tenant.faults.clear();
  return (await tenant.token()).access_token;
}

test("some permissions can be taken away, from scope, token response and introspection alike", async () => {
  const scope = "openid read:admin read:reports";
  const fault = { name: "missing-permissions", permissions: ["read:admin"] } as const;
  const issued = await tenant.token({ scope, fault });
  expect(issued.scope).toBe("openid read:reports");
  const permissions = ["read:reports", "write:reports"];
  expect((await verify(tenant, issued.access_token)).payload).toMatchObject({ permissions, scope: issued.scope });
  expect(await introspect(issued.access_token)).toMatchObject({ active: true, scope: issued.scope, permissions });
});

test.each(["expired", "not-yet-valid", "unknown-key", "alg-none"] as const)(
  "introspection does not vouch for a token that is %s",
  async (fault) => {
    expect(await introspect((await tenant.token({ fault })).access_token)).not.toMatchObject({ active: true });
  },
);

test("a wrong clock shows in the Date of answers and in ID tokens, which clients refuse", async () => {
  await tenant.faults.set({ name: "clock-skew", seconds: -100_000 });
  const response = await fetch(new URL("/.well-known/jwks.json", tenant.issuer));
  expect(Date.parse(response.headers.get("date") ?? "")).toBeLessThan(Date.now() - 99_000_000);
  await expect(logIn(tenant, "alice")).rejects.toThrow();
  await tenant.faults.clear();
  await logIn(tenant, "alice");
});

test("a secret of one's own signs HS256", async () => {
  const secret = "0123456789abcdef0123456789abcdef";
  const { access_token } = await tenant.token({ fault: { name: "hs256", secret } });
  await jwtVerify(access_token, Buffer.from(secret), { issuer: tenant.issuer, audience: tenant.audience });
});

test("every algorithm can be signed by a stranger", async () => {
  const apis = (["RS256", "ES256", "EdDSA"] as const).map((alg) => ({ audience: alg, signingAlgorithm: alg }));
  const many = await startTenant({ apis });
  for (const { audience } of apis) {
    const { access_token } = await many.token({ audience, fault: "unknown-key" });
    expect(decodeProtectedHeader(access_token).alg).toBe(audience);
    await expect(verify(many, access_token, audience)).rejects.toMatchObject({ code: "ERR_JWKS_NO_MATCHING_KEY" });
  }
});
