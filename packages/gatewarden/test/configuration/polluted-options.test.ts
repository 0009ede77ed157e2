// Options that nobody wrote: what another library let a stranger put on `Object.prototype` (CWE-1321).
// Terms that are looked up are read while requests come, so it is not over when the guard is made.
import { ConfigError, createGuard, type IssuerOptions } from "gatewarden";
import { afterEach, describe, expect, test } from "vitest";
import { createKey, forge } from "../support/forge.js";
import { claims, issuer, jwks, options, refusalOf, token, verdict } from "../support/keys.js";

const attacker = createKey("ES256", "attacker");
const attackerSet = { keys: [attacker.jwk] };
const forged = forge({ header: { alg: "ES256", kid: attacker.kid }, payload: claims(), key: attacker });
const idToken = token({ nonce: "n" });

const polluted: string[] = [];

function pollute(name: string, value: unknown): void {
  Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: true, writable: true });
  polluted.push(name);
}

afterEach(() => {
  for (const name of polluted.splice(0)) Reflect.deleteProperty(Object.prototype, name);
});

function lookUp(terms: IssuerOptions) {
  const { keys: _, ...rest } = options();
  const fetch = () => Promise.reject(new TypeError("no route"));
  return createGuard({ ...rest, fetch, issuer: (iss) => (iss === terms.issuer ? terms : undefined) });
}

describe("An option on Object.prototype", () => {
  test.each<[string, unknown, IssuerOptions, string]>([
    ["keys", { jwks: attackerSet }, { issuer }, forged],
    ["jwks", attackerSet, { issuer }, forged],
    ["jwks", attackerSet, { issuer, keys: {} }, forged],
    ["allowIdTokens", true, { issuer, keys: { jwks } }, idToken],
  ])("makes no terms of an issuer that is looked up: %s", async (name, value, terms, text) => {
    const guard = lookUp(terms);
    pollute(name, value);
    const refusal = await refusalOf(guard.verify(text));
    expect(refusal).toMatchObject({ reason: "check_failed", cause: { name: "ConfigError" } });
    expect(String(refusal.cause)).toContain("Object.prototype");
  });

  test.each<[string, unknown]>([
    ["keys", { jwks: attackerSet }],
    ["jwks", attackerSet],
    ["allowIdTokens", true],
    ["introspection", () => ({ active: true })],
  ])("makes no guard: %s", (name, value) => {
    pollute(name, value);
    expect(() => createGuard({ issuer, audience: "https://api.test", env: {} })).toThrow(ConfigError);
  });

  test("makes no look-up reach a private network", () => {
    pollute("allowPrivateNetwork", true);
    expect(() => lookUp({ issuer })).toThrow("issuer.allowPrivateNetwork stands on Object.prototype");
  });

  test("does not matter beside the same option of one's own", async () => {
    const guard = lookUp({ issuer, keys: { jwks }, allowIdTokens: false });
    pollute("allowIdTokens", true);
    expect(await verdict(guard, token())).toBe("accepted");
    expect(await verdict(guard, idToken)).toBe("id_token");
  });

  test("is another thing than one that a class of one's own gives", async () => {
    class Terms {
      readonly issuer = issuer;
      get keys() {
        return { jwks };
      }
    }
    expect(await verdict(lookUp(new Terms()), token())).toBe("accepted");
  });

  test("does not change a guard that was made before", async () => {
    const guard = createGuard(options());
    pollute("allowIdTokens", true);
    pollute("keys", { jwks: attackerSet });
    expect(await verdict(guard, idToken)).toBe("id_token");
    expect(await verdict(guard, forged)).toBe("key_unknown");
    expect(await verdict(guard, token())).toBe("accepted");
  });
});
