// The gateway's own tokens, checked by a guard of an upstream.
import { chmodSync, writeFileSync } from "node:fs";
import { actor, createGuard, isMet, not } from "gatewarden";
import { exportJWK, generateKeyPair } from "jose";
import { describe, expect, test } from "vitest";
import { send, startTestGateway } from "../support/gateway.js";

const rules = `
identity:
  headers: false
  token: { audience: https://orders.internal, issuer: https://gateway.internal/ }
rules:
  - { path: /public, public: true }
  - { path: /**, authenticated: true }
`;

const readKeys = async (address: string) =>
  JSON.parse((await send(address, { method: "GET", path: "/.well-known/jwks.json", headers: {} })).body);

describe("An internal token", () => {
  test("is accepted by an upstream that trusts the gateway, for its audience alone", async () => {
    const { gateway, ask, issuer } = await startTestGateway(rules);
    const token = issuer.token({ sub: "auth0|alice", permissions: ["read"], scope: "a b" });
    const { status, headers } = await ask({ target: "/orders", token });
    expect(status).toBe(200);
    const internal = String(headers["x-gatewarden-token"]);
    const jwks = await readKeys(gateway.address);
    const upstream = (audience: string) =>
      createGuard({ issuer: "https://gateway.internal/", audience, keys: { jwks }, tokenType: "at+jwt", env: {} });
    const auth = await upstream("https://orders.internal").verify(internal);
    expect(auth).toMatchObject({
      subject: "auth0|alice",
      permissions: ["read"],
      scopes: ["a", "b"],
      clientId: "test-client",
    });
    expect(auth.expiresAt - Date.now() / 1000).toBeLessThanOrEqual(61);
    await expect(upstream("https://other.internal").verify(internal)).rejects.toMatchObject({
      reason: "audience_mismatch",
    });
  });

  test.each([
    [{ sub: "orders-api" }, { subject: "orders-api" }],
    [{ client_id: "orders-api", act: { sub: "portal" } }, { clientId: "orders-api" }],
    [{ sub: "orders-api", iss: "https://issuer.test/" }, { subject: "orders-api" }],
    [
      { sub: "orders-api", iss: "https://partner.test/" },
      { subject: "orders-api", issuer: "https://partner.test/" },
    ],
  ])("names the current actor as the token did (RFC 8693 §4.1): %j", async (act, terms) => {
    const { gateway, ask, issuer } = await startTestGateway(rules);
    const { headers } = await ask({ target: "/orders", token: issuer.token({ claims: { act } }) });
    const jwks = await readKeys(gateway.address);
    const own = {
      issuer: "https://gateway.internal/",
      audience: "https://orders.internal",
      tokenType: "at+jwt",
    } as const;
    const auth = await createGuard({ ...own, keys: { jwks }, env: {} }).verify(String(headers["x-gatewarden-token"]));
    expect(isMet(actor(terms), auth)).toBe(true);
    expect(isMet(not(actor({ subject: "orders-api" })), auth)).toBe("issuer" in terms || "clientId" in terms);
  });

  test("is empty without a token, so that a forged one is removed", async () => {
    const { ask } = await startTestGateway(rules);
    const { status, headers } = await ask({ target: "/public" });
    expect(status).toBe(200);
    expect(headers["x-gatewarden-token"]).toBe("");
    expect(headers["x-auth-subject"]).toBeUndefined();
  });

  test("is signed once for a token that is seen again", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    const token = issuer.token();
    // The guard knows a token from its second use on.
    await ask({ target: "/a", token });
    const first = await ask({ target: "/a", token });
    expect((await ask({ target: "/b", token })).headers["x-gatewarden-token"]).toBe(
      first.headers["x-gatewarden-token"],
    );
  });

  test("may replace Authorization", async () => {
    const { ask, issuer } = await startTestGateway(rules.replace("issuer:", "header: Authorization, issuer:"));
    const { headers } = await ask({ target: "/a", token: issuer.token() });
    expect(headers["authorization"]).toMatch(/^Bearer ey/);
    expect((await ask({ target: "/public" })).headers["authorization"]).toBe("");
  });
});

describe("The key set", () => {
  test("holds public keys only, and the next one before it signs", async () => {
    const { gateway } = await startTestGateway(rules);
    const { keys } = await readKeys(gateway.address);
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
  });

  test("is published to upstreams on the listener for operators, too", async () => {
    const { gateway } = await startTestGateway(rules);
    expect(await readKeys(String(gateway.adminAddress))).toEqual(await readKeys(gateway.address));
  });

  test("stays when rules or the terms of the tokens change: upstreams know it, and hold its tokens", async () => {
    const { gateway, writeRules, ask, issuer } = await startTestGateway(rules);
    const before = await readKeys(gateway.address);
    writeRules(`${rules}  - { path: /more, deny: true }\n`);
    expect(await gateway.reload()).toBe(true);
    expect(await readKeys(gateway.address)).toEqual(before);
    writeRules(rules.replace("orders.internal", "other.internal"));
    expect(await gateway.reload()).toBe(true);
    expect(await readKeys(gateway.address)).toEqual(before);
    const internal = String((await ask({ target: "/a", token: issuer.token() })).headers["x-gatewarden-token"]);
    const upstream = createGuard({
      issuer: "https://gateway.internal/",
      audience: "https://other.internal",
      keys: { jwks: before },
      tokenType: "at+jwt",
      env: {},
    });
    expect(await upstream.verify(internal)).toMatchObject({ subject: "auth0|alice" });
  });

  test("is that of a file which several gateways share", async () => {
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: "shared" };
    const { gateway, rulesPath, writeRules } = await startTestGateway(rules);
    writeFileSync(`${rulesPath}.keys`, JSON.stringify({ keys: [jwk] }));
    writeRules(rules.replace("audience:", `keys: "${rulesPath}.keys", audience:`));
    expect(await gateway.reload()).toBe(true);
    expect((await readKeys(gateway.address)).keys).toMatchObject([{ kid: "shared" }]);
  });

  test("of a file with two keys of one name, or that others may write, is refused (CWE-732)", async () => {
    const { gateway, rulesPath, writeRules } = await startTestGateway(rules);
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: "shared" };
    const path = `${rulesPath}.keys`;
    writeRules(rules.replace("audience:", `keys: "${path}", audience:`));
    writeFileSync(path, JSON.stringify({ keys: [jwk, jwk] }));
    expect(await gateway.reload()).toBe(false);
    writeFileSync(path, JSON.stringify({ keys: [jwk] }));
    chmodSync(path, 0o646);
    expect(await gateway.reload()).toBe(false);
    expect(gateway.status().reloadFault).toContain("every user may write");
    // As Kubernetes mounts a Secret.
    chmodSync(path, 0o644);
    expect(await gateway.reload()).toBe(true);
  });

  test.each([["{}"], ["nonsense"], ['{"keys":[]}'], ['{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}']])(
    "of a wrong file keeps the old keys: %s",
    async (text) => {
      const { gateway, rulesPath, writeRules } = await startTestGateway(rules);
      writeFileSync(`${rulesPath}.keys`, text);
      writeRules(rules.replace("audience:", `keys: "${rulesPath}.keys", audience:`));
      expect(await gateway.reload()).toBe(false);
      expect(gateway.status().reloadFault).not.toContain("c2VjcmV0");
      expect((await readKeys(gateway.address)).keys).toHaveLength(2);
    },
  );

  test("is not published without an internal token", async () => {
    const { gateway } = await startTestGateway("rules: []");
    expect((await send(gateway.address, { method: "GET", path: "/.well-known/jwks.json", headers: {} })).status).toBe(
      404,
    );
  });
});
