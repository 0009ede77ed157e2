// Introspection end to end: guard, client and the local tenant's real endpoint.
import type { webcrypto } from "node:crypto";
import { createTenant, type Tenant } from "@gatewarden/dev";
import {
  ConfigError,
  createGuard,
  createRevocationList,
  type GuardOptions,
  type IntrospectionOptions,
} from "gatewarden";
import { createIntrospectionClient, type IntrospectionClientOptions } from "gatewarden/introspection";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { logIn } from "../../../dev/test/support/client.js";
import { type Answer, cut, drip, json, oversize, reset, startIssuer, status, text } from "../support/issuer-server.js";
import { audience, bearer, options as fixed, refusalOf, verdict } from "../support/keys.js";

let tenant: Tenant;
let privateKey: webcrypto.CryptoKey;

beforeAll(async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  privateKey = pair.privateKey;
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  tenant = await createTenant({
    port: 0,
    clients: {
      spa: { name: "App" },
      machine: { secret: "machine-secret" },
      "resource-server": { secret: "resource-server-secret", grants: [] },
      signer: { publicKeys: [{ kty, crv, x, y, kid: "signer" }], grants: [] },
    },
  });
});
afterAll(() => tenant.close());

const auth = { clientSecret: "resource-server-secret" };

function introspectWith(changes: Partial<IntrospectionClientOptions> = {}) {
  return createIntrospectionClient({ issuer: tenant.issuer, clientId: "resource-server", auth, ...changes });
}

/** The tenant's opaque tokens name no audience, which a guard only takes when told so. */
function guardWith(changes: Partial<IntrospectionOptions> = {}, others: GuardOptions = {}) {
  const introspection: IntrospectionOptions = { introspect: introspectWith(), audienceClaim: "optional", ...changes };
  return createGuard({ issuer: tenant.issuer, audience: tenant.audience, introspection, env: {}, ...others });
}

async function opaqueToken(): Promise<string> {
  return (await tenant.token({ as: "alice", audience: null })).access_token;
}

async function revoke(token: string): Promise<void> {
  const body = new URLSearchParams({ token, client_id: "spa" });
  const response = await fetch(`${tenant.url}/oauth/revoke`, { method: "POST", body });
  expect(response.status).toBe(200);
}

describe("tokens of the local tenant", () => {
  test("an opaque token is accepted, with the facts of its description", async () => {
    const { subject, clientId, issuer, scopes } = await guardWith().verify(await opaqueToken());
    expect({ subject, clientId, issuer }).toEqual({ subject: "auth0|alice", clientId: "spa", issuer: tenant.issuer });
    expect(scopes).toContain("openid");
  });

  test("a JWT is verified here: the endpoint is not asked", async () => {
    const introspect = vi.fn(introspectWith());
    const { access_token } = await tenant.token({ as: "alice" });
    expect(await verdict(guardWith({ introspect }), access_token)).toBe("accepted");
    expect(introspect).not.toHaveBeenCalled();
  });

  test("by default a description without this API's audience is refused", async () => {
    expect(await verdict(guardWith({ audienceClaim: "required" }), await opaqueToken())).toBe("claim_missing");
  });

  test("a refresh token does not open the API (RFC 7662 §2.1)", async () => {
    const scope = "openid offline_access";
    const { refresh_token = "" } = await logIn(tenant, "alice", { scope });
    expect(await introspectWith()(refresh_token, { signal: AbortSignal.timeout(5000) })).toMatchObject({
      active: true,
    });
    expect(await verdict(guardWith(), refresh_token)).toBe("type_not_allowed");
  });

  test("a token that the tenant does not know is inactive", async () => {
    expect(await verdict(guardWith(), "made-up")).toBe("token_inactive");
  });

  test("a token revoked at the tenant is accepted until its description is maxAge old, and no longer", async () => {
    let now = Date.now() / 1000;
    const guard = guardWith({ maxAge: 30 }, { now: () => now });
    const token = await opaqueToken();
    expect(await verdict(guard, token)).toBe("accepted");
    await revoke(token);
    now += 29;
    expect(await verdict(guard, token)).toBe("accepted");
    now += 1;
    expect(await verdict(guard, token)).toBe("token_inactive");
  });

  test("with maxAge 0 a revoked token is refused at once", async () => {
    const guard = guardWith({ maxAge: 0 });
    const token = await opaqueToken();
    expect(await verdict(guard, token)).toBe("accepted");
    await revoke(token);
    expect(await verdict(guard, token)).toBe("token_inactive");
  });

  test("a deny list stops an opaque and a signed token of the tenant alike", async () => {
    const revocation = createRevocationList();
    const guard = guardWith({}, { revocation });
    const now = Date.now() / 1000;
    const tokens = [await opaqueToken(), (await tenant.token({ as: "alice" })).access_token];
    revocation.revoke({ issuer: tenant.issuer, subject: "auth0|bob", issuedBefore: now, expiresAt: now + 86_400 });
    for (const token of tokens) expect(await verdict(guard, token)).toBe("accepted");
    revocation.revoke({
      issuer: tenant.issuer,
      subject: "auth0|alice",
      issuedBefore: now + 1,
      expiresAt: now + 86_400,
    });
    for (const token of tokens) expect(await verdict(guard, token)).toBe("token_revoked");
  });

  test("a second request with the same token waits for nothing", async () => {
    const guard = guardWith();
    const request = bearer(await opaqueToken());
    await guard.check(request);
    expect(guard.attempt(request)).not.toBeInstanceOf(Promise);
  });
});

describe("client authentication (RFC 7662 §2.1)", () => {
  test.each(["client_secret_basic", "client_secret_post"] as const)("by %s", async (method) => {
    const introspect = introspectWith({ auth: { ...auth, method } });
    expect(await verdict(guardWith({ introspect }), await opaqueToken())).toBe("accepted");
  });

  test("by private_key_jwt", async () => {
    const introspect = introspectWith({ clientId: "signer", auth: { privateKey, kid: "signer" } });
    expect(await verdict(guardWith({ introspect }), await opaqueToken())).toBe("accepted");
  });

  test("a wrong secret is our trouble, not the caller's: 503, and the log learns why", async () => {
    const introspect = introspectWith({ auth: { clientSecret: "wrong" } });
    const refusal = await refusalOf(guardWith({ introspect }).verify(await opaqueToken()));
    expect(refusal).toMatchObject({ reason: "introspection_unavailable", status: 503 });
    expect(String(refusal.cause)).toMatch(/401/);
    expect(String(refusal.cause)).not.toMatch(/wrong/);
  });
});

describe("signed answers (RFC 9701)", () => {
  test("a signed answer of the tenant is verified and believed", async () => {
    const guard = guardWith({ introspect: introspectWith({ response: "jwt" }) });
    expect((await guard.verify(await opaqueToken())).subject).toBe("auth0|alice");
    expect(await verdict(guard, "made-up")).toBe("token_inactive");
  });

  test("an unsigned answer is refused where a signed one was asked for", async () => {
    const { server, introspect } = await fakeServer({ response: "jwt" });
    server.on("/introspect", json({ active: true }));
    await expect(introspect("x", { signal: AbortSignal.timeout(5000) })).rejects.toThrow("did not answer with a JWT");
    await server.close();
  });

  test("an answer signed by a stranger is refused", async () => {
    const { server, introspect } = await fakeServer({ response: "jwt" });
    const { jwt, jwk } = await signedAnswer(server.issuer);
    const other = await signedAnswer(server.issuer);
    server.publish([{ ...other.jwk }]);
    server.on("/introspect", (_request, response) => {
      response.writeHead(200, { "content-type": "application/token-introspection+jwt" }).end(jwt);
    });
    const ask = () => introspect("x", { signal: AbortSignal.timeout(5000) });
    await expect(ask()).rejects.toThrow("Introspection failed");
    await server.close();
    expect(jwk.kid).toBe(other.jwk.kid);
  });
});

describe("a server that misbehaves", () => {
  test.each([
    ["500", status(500), /500/],
    ["HTML", text("<html>secret</html>"), /application\/json/],
    ["a redirect", status(302), /302/],
    ["64 MiB", oversize, /KiB/],
    ["active as text", json({ active: "true", sub: "secret" }), /active/],
  ])("answering with %s is 503, and nothing of its answer is in the error", async (_name, answer, message) => {
    const { server, introspect } = await fakeServer();
    server.on("/introspect", answer);
    const refusal = await refusalOf(createGuard(fixed({ introspection: introspect })).verify("opaque"));
    await server.close();
    expect(refusal.reason).toBe("introspection_unavailable");
    expect(String(refusal.cause)).toMatch(message);
    expect(JSON.stringify(refusal.cause, Object.getOwnPropertyNames(refusal.cause))).not.toContain("secret");
  });

  test("whose metadata name no endpoint is 503 and says so", async () => {
    const server = await startIssuer();
    const introspect = createIntrospectionClient({ issuer: server.issuer, clientId: "api", auth });
    const refusal = await refusalOf(createGuard(fixed({ introspection: introspect })).verify("opaque"));
    await server.close();
    expect(refusal.reason).toBe("introspection_unavailable");
    expect(String(refusal.cause)).toContain("no introspection_endpoint");
  });

  test("that is not there is 503 and names the failure", async () => {
    const { server, introspect } = await fakeServer();
    await server.close();
    const refusal = await refusalOf(createGuard(fixed({ introspection: introspect })).verify("opaque"));
    expect(refusal.reason).toBe("introspection_unavailable");
    expect(String(refusal.cause)).toContain("ECONNREFUSED");
  });

  test("that comes back is asked again", async () => {
    const { server, introspect } = await fakeServer();
    let now = Date.now() / 1000;
    const guard = createGuard({ ...fixed({ introspection: introspect }), now: () => now });
    server.on("/introspect", status(503));
    expect(await verdict(guard, "opaque")).toBe("introspection_unavailable");
    server.on("/introspect", json({ active: true, sub: "a", aud: audience, exp: now + 60 }));
    now += 1;
    expect(await verdict(guard, "opaque")).toBe("accepted");
    await server.close();
  });
});

describe("what a failure says to the guard, as data", () => {
  const endpoint = (answer: Answer) => async () => {
    const { server, introspect } = await fakeServer();
    server.on("/introspect", answer);
    return { server, introspect };
  };
  const answering = (code: number, headers: Record<string, string>) =>
    endpoint((_request, response) => {
      response.writeHead(code, headers).end();
    });
  const inTwoMinutes = new Date(Date.now() + 120_000).toUTCString();

  test.each<[string, () => ReturnType<typeof fakeServer>, object]>([
    [
      "400",
      endpoint((_request, response) => {
        response.writeHead(400, { "content-type": "application/json" }).end('{"error":"invalid_request","secret":"x"}');
      }),
      { status: 400 },
    ],
    ["401", answering(401, {}), { status: 401 }],
    ["401 with a challenge", answering(401, { "www-authenticate": "Basic" }), { status: 401 }],
    ["429", answering(429, { "retry-after": "7" }), { status: 429, retryAfter: 7 }],
    [
      "429 until a date",
      answering(429, { "retry-after": inTwoMinutes }),
      { status: 429, retryAfter: expect.any(Number) },
    ],
    ["429 until yesterday", answering(429, { "retry-after": new Date(0).toUTCString() }), { status: 429 }],
    ["429 for nonsense", answering(429, { "retry-after": "soon" }), { status: 429 }],
    ["503", endpoint(status(503)), { status: 503 }],
    ["HTML", endpoint(text("<html></html>")), { status: 200 }],
    [
      "JSON that is none",
      endpoint((_request, response) => {
        response.writeHead(200, { "content-type": "application/json" }).end("{");
      }),
      { status: 200 },
    ],
    ["64 MiB", endpoint(oversize), { status: 200 }],
  ])("%s", async (_name, start, data) => {
    const { server, introspect } = await start();
    const error = await introspect("opaque", { signal: AbortSignal.timeout(5000) }).catch((error: unknown) => error);
    await server.close();
    expect(error).toBeInstanceOf(Error);
    expect({ ...(error as object) }).toEqual({ name: "DependencyError", ...data });
  });

  test.each<[string, Answer]>([
    ["drops the connection", reset],
    ["breaks off in the midst of its answer", cut],
    ["does not end its answer", drip],
  ])("a server that %s has not answered, so there is no status", async (_name, answer) => {
    const { server, introspect } = await fakeServer();
    server.on("/introspect", answer);
    const error = await introspect("opaque", { signal: AbortSignal.timeout(300) }).catch((error: unknown) => error);
    await server.close();
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toHaveProperty("status");
  });

  test("a server that is not there gives the system's code", async () => {
    const { server, introspect } = await fakeServer();
    await server.close();
    const asking = introspect("opaque", { signal: AbortSignal.timeout(5000) });
    await expect(asking).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("an issuer whose metadata cannot be fetched gives the system's code too", async () => {
    const server = await startIssuer();
    await server.close();
    const introspect = createIntrospectionClient({ issuer: server.issuer, clientId: "api", auth });
    const asking = introspect("opaque", { signal: AbortSignal.timeout(5000) });
    await expect(asking).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("configuration", () => {
  const right = { issuer: "https://a.test/", clientId: "api", auth };
  test.each<[string, object]>([
    ["issuer", { issuer: "http://a.test/" }],
    ["issuer", { issuer: undefined }],
    ["endpoint", { endpoint: "file:///x" }],
    ["discoveryUrl", { discoveryUrl: "x" }],
    ["clientId", { clientId: "" }],
    ["auth", { auth: { clientSecret: "" } }],
    ["auth", { auth: { clientSecret: "geheim", method: "none" } }],
    ["auth", { auth: { privateKey: "geheim" } }],
    ["auth", { auth: undefined }],
    ["response", { response: "xml" }],
  ])("a wrong %s is refused at creation, without the secret in the message", (option, changes) => {
    const create = () => createIntrospectionClient({ ...right, ...changes } as IntrospectionClientOptions);
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(`${option} `);
    expect(create).not.toThrow(/geheim/);
  });
});

async function fakeServer(changes: Partial<IntrospectionClientOptions> = {}) {
  const server = await startIssuer();
  const endpoint = `${server.origin}/introspect`;
  const introspect = createIntrospectionClient({ issuer: server.issuer, clientId: "api", auth, endpoint, ...changes });
  return { server, introspect };
}

async function signedAnswer(iss: string) {
  const { generateKeyPair, exportJWK, SignJWT } = await import("jose");
  const pair = await generateKeyPair("RS256");
  const jwt = await new SignJWT({ token_introspection: { active: true } })
    .setProtectedHeader({ alg: "RS256", typ: "token-introspection+jwt", kid: "k" })
    .setIssuer(iss)
    .setAudience("api")
    .setIssuedAt()
    .sign(pair.privateKey);
  return { jwt, jwk: { ...(await exportJWK(pair.publicKey)), kid: "k", use: "sig", alg: "RS256" } };
}
