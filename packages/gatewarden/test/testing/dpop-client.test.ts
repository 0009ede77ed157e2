// A client with a key of its own: its tokens are good for nobody else, and its proofs are what RFC 9449 wants.
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { AuthError, createGuard, type GuardOptions, type GuardRequest, permission } from "../../src/index.js";
import { createTestIssuer } from "../../src/testing/test-issuer.js";

const issuer = createTestIssuer();
const url = "https://api.test/orders?page=2#top";

function guardWith(options: GuardOptions = {}) {
  return createGuard<unknown>({ env: {}, dpop: { mode: "required" }, ...options, ...issuer.guardOptions });
}

function request(headers: Readonly<Record<string, string>>, method = "GET"): GuardRequest {
  return {
    method,
    url: "/orders?page=2",
    headers: { host: "api.test", ...headers },
    connection: { isEncrypted: true },
  };
}

describe("A DPoP client", () => {
  test.each(["RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"] as const)(
    "with a key for %s proves that a token is its own, for each request anew",
    async (algorithm) => {
      const client = issuer.dpopClient({ algorithm });
      const guard = guardWith();
      for (const method of ["GET", "POST", "GET"]) {
        const headers = client.headers({ method, url }, { permissions: ["read:orders"] });
        const auth = await guard.check(request(headers, method), permission("read:orders"));
        expect(auth.subject).toBe("auth0|alice");
      }
    },
  );

  test("makes proofs that jose verifies", async () => {
    const client = issuer.dpopClient();
    const { dpop } = client.headers({ method: "POST", url });
    const { payload } = await jwtVerify(dpop, EmbeddedJWK, { typ: "dpop+jwt", algorithms: ["ES256"] });
    expect(payload).toMatchObject({ htm: "POST", htu: "https://api.test/orders" });
    expect(client.thumbprint).toBe(await calculateJwkThumbprint(client.jwk as JWK));
    expect(client.jwk).not.toHaveProperty("d");
  });

  test("has tokens that are good for nobody else", async () => {
    const [alice, thief] = [issuer.dpopClient(), issuer.dpopClient()];
    const stolen = { authorization: `DPoP ${alice.token()}`, dpop: thief.headers({ url }).dpop };
    const outcomes = [
      await guardWith().attempt(request(stolen)),
      await guardWith({ dpop: { mode: "allowed" } }).attempt(request({ authorization: `Bearer ${alice.token()}` })),
    ];
    expect(outcomes.map((outcome) => outcome instanceof AuthError && outcome.reason)).toEqual([
      ...["dpop_key_mismatch", "binding_unproven"],
    ]);
  });

  test("takes the nonce that the API demands", async () => {
    const client = issuer.dpopClient();
    const guard = guardWith({ dpop: { mode: "required", nonce: true } });
    const refusal = await guard.attempt(request(client.headers({ url })));
    if (!(refusal instanceof AuthError)) throw new Error("It was accepted");
    client.nonce = String(guard.refusal(refusal).headers["dpop-nonce"]);
    expect((await guard.check(request(client.headers({ url })))).subject).toBe("auth0|alice");
    const outcome = await guard.attempt(request(client.broken.dpop_stale({ url }).headers));
    expect(outcome).toMatchObject({ reason: "dpop_stale" });
  });
});
