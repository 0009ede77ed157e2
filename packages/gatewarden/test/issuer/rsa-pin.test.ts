// One algorithm per key (RFC 8725 §3.1): RSA keys that do not say theirs can be held to one.
import { type Algorithm, createGuard, type GuardOptions, type KeysOptions } from "gatewarden";
import { describe, expect, test } from "vitest";
import { createClock } from "../support/clock.js";
import { createKey, forge, type TestKey } from "../support/forge.js";
import { startIssuer } from "../support/issuer-server.js";
import { audience, claims, ec, issuer, rsa, verdict } from "../support/keys.js";

const pss = createKey("PS256", "pss");
const pssJwk = { ...pss.jwk, alg: "PS256" };
const rsaAlgorithm = "RS256";

function guardWith(keys: KeysOptions, changes: GuardOptions = {}) {
  return createGuard({ issuer, audience, keys, now: createClock().now, env: {}, ...changes });
}

function tokenOf(alg: Algorithm, key: TestKey, { kid = key.kid, iss = issuer }: { kid?: string; iss?: string } = {}) {
  const header = kid === "" ? { alg } : { alg, kid };
  return forge({ header, payload: claims({ iss }), key });
}

const algorithms: readonly Algorithm[] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const sources: readonly [string, (rsa: TestKey) => KeysOptions][] = [
  ["a key set", ({ jwk }) => ({ jwks: { keys: [jwk] } })],
  ["a JWK", ({ jwk }) => ({ publicKey: jwk })],
  ["a KeyObject", ({ publicKey }) => ({ publicKey })],
  ["PEM", ({ publicKey }) => ({ publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() })],
];

describe.each(sources)("An RSA key without alg, given as %s,", (_name, toKeys) => {
  test.each(algorithms)("verifies %s where nothing pins it: providers publish keys without alg", async (alg) => {
    expect(await verdict(guardWith(toKeys(rsa)), tokenOf(alg, rsa))).toBe("accepted");
  });

  test("verifies the algorithm that it is pinned to", async () => {
    const guard = guardWith({ ...toKeys(rsa), rsaAlgorithm: "PS384" } as KeysOptions);
    expect(await verdict(guard, tokenOf("PS384", rsa))).toBe("accepted");
  });

  test.each(algorithms.filter((alg) => alg !== rsaAlgorithm))("pinned to RS256 does not verify %s", async (alg) => {
    const guard = guardWith({ ...toKeys(rsa), rsaAlgorithm } as KeysOptions);
    expect(await verdict(guard, tokenOf(alg, rsa))).toBe("key_unsuitable");
  });
});

describe("Beside pinned keys", () => {
  const guard = guardWith({ jwks: { keys: [rsa.jwk, pssJwk, ec.jwk] }, rsaAlgorithm });

  test.each<[string, string, string]>([
    ["an RSA key with an alg of its own verifies that", tokenOf("PS256", pss), "accepted"],
    ["an RSA key with an alg of its own verifies nothing else", tokenOf("RS256", pss), "key_unsuitable"],
    ["it is found without kid, as the pinned key is no candidate", tokenOf("PS256", pss, { kid: "" }), "accepted"],
    ["the pinned key is found without kid", tokenOf("RS256", rsa, { kid: "" }), "accepted"],
    ["the pinned key does not stand in for it", tokenOf("PS256", rsa), "key_unsuitable"],
    ["keys of other types are as they were", tokenOf("ES256", ec), "accepted"],
  ])("%s", async (_name, token, expected) => {
    expect(await verdict(guard, token)).toBe(expected);
    expect(await verdict(guard, token)).toBe(expected);
  });

  test("one set of two pins serves each with its own, also when they take turns", async () => {
    for (let turn = 0; turn < 3; turn++) {
      expect(await verdict(guard, tokenOf("RS256", rsa))).toBe("accepted");
      expect(await verdict(guard, tokenOf("PS256", rsa))).toBe("key_unsuitable");
    }
  });
});

describe("Keys that are fetched", () => {
  test("are pinned as well, for one issuer of a list alone", async () => {
    const [one, two] = await Promise.all([startIssuer(), startIssuer()]);
    try {
      for (const server of [one, two]) server.publish([rsa.jwk]);
      const list = [{ issuer: one.issuer, keys: { rsaAlgorithm } as const }, two.issuer];
      const guard = guardWith({}, { issuer: list });
      expect(await verdict(guard, tokenOf("RS256", rsa, { iss: one.issuer }))).toBe("accepted");
      expect(await verdict(guard, tokenOf("PS256", rsa, { iss: one.issuer }))).toBe("key_unsuitable");
      expect(await verdict(guard, tokenOf("PS256", rsa, { iss: two.issuer }))).toBe("accepted");
    } finally {
      await Promise.all([one.close(), two.close()]);
    }
  });

  test("take an unknown kid to the issuer still", async () => {
    const server = await startIssuer();
    try {
      server.publish([ec.jwk]);
      const guard = guardWith({ rsaAlgorithm }, { issuer: server.issuer });
      expect(await verdict(guard, tokenOf("ES256", ec, { iss: server.issuer }))).toBe("accepted");
      server.publish([ec.jwk, pssJwk]);
      expect(await verdict(guard, tokenOf("PS256", pss, { iss: server.issuer }))).toBe("accepted");
    } finally {
      await server.close();
    }
  });
});

describe("The option", () => {
  test.each<[string, unknown, GuardOptions, RegExp]>([
    ["no RSA algorithm", { rsaAlgorithm: "ES256" }, {}, /keys\.rsaAlgorithm/],
    ["no algorithm", { rsaAlgorithm: "none" }, {}, /keys\.rsaAlgorithm/],
    ["a list", { rsaAlgorithm: ["RS256"] }, {}, /keys\.rsaAlgorithm/],
    ["an algorithm beside a secret", { secret: "x".repeat(32), rsaAlgorithm }, {}, /keys\.rsaAlgorithm/],
    ["an algorithm that is not allowed", { rsaAlgorithm }, { algorithms: ["PS256"] }, /keys\.rsaAlgorithm/],
  ])("with %s is refused at creation", (_name, keys, changes, message) => {
    expect(() => guardWith(keys as KeysOptions, changes)).toThrow(message);
  });

  test("is not needed where algorithms lists one RSA algorithm only", async () => {
    const guard = guardWith({ jwks: { keys: [rsa.jwk] } }, { algorithms: ["RS256", "ES256"] });
    expect(await verdict(guard, tokenOf("RS256", rsa))).toBe("accepted");
    expect(await verdict(guard, tokenOf("PS256", rsa))).toBe("algorithm_not_allowed");
  });
});
