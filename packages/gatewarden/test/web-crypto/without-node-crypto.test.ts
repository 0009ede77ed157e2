// The library on a platform that has no node:crypto: the same decisions, later. `matrix/runtimes` asks real ones.
import { createHash, createHmac } from "node:crypto";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { importJwk } from "../../src/keys/key.js";
import { refusedKeys, usableKeys } from "../keys/_key-cases.js";
import { createClock } from "../support/clock.js";
import { createKey, encode, forge } from "../support/forge.js";
import { claims, ec, ed, options, rsa, token } from "../support/keys.js";
import { claimsCases } from "../token/_claims-cases.js";
import { formCases } from "../token/_form-cases.js";
import { headerCases } from "../token/_header-cases.js";
import { signatureCases } from "../token/_signature-cases.js";
import { named } from "../token/_token-case.js";

/** Modules of the library that were loaded where `process.getBuiltinModule` finds nothing. */
async function load() {
  vi.resetModules();
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
  const [index, key, material, hash, signature, nonce] = await Promise.all([
    import("../../src/index.js"),
    import("../../src/keys/key.js"),
    import("../../src/keys/material.js"),
    import("../../src/token/hash.js"),
    import("../../src/token/signature.js"),
    import("../../src/binding/nonce.js"),
  ]);
  // Asked now, while nothing is found; the answer stays.
  signature.nodeCrypto();
  return { index, key, material, hash, signature, nonce };
}

let web: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  web = await load();
});
afterAll(() => vi.restoreAllMocks());

/** `accepted`, or the reason why not. */
async function verdictOf(answer: Promise<unknown>): Promise<string> {
  const outcome = await answer.catch((error: unknown) => error);
  return outcome instanceof web.index.AuthError ? outcome.reason : "accepted";
}

test("is what is tested here", () => {
  expect(web.signature.nodeCrypto()).toBeUndefined();
});

describe("A token", () => {
  let guard: ReturnType<(typeof web.index)["createGuard"]>;
  beforeAll(() => {
    guard = web.index.createGuard(options());
  });

  test.each(named([...headerCases, ...formCases, ...claimsCases, ...signatureCases]))(
    "%s",
    async (_name, { token, expected }) => {
      expect(await verdictOf(guard.verify(token))).toBe(expected);
    },
  );
});

describe("A key", () => {
  test.each(usableKeys)("%s verifies what it verifies elsewhere", async (_name, jwk, names) => {
    expect([...(await web.key.importJwk(jwk)).verifiers.keys()]).toEqual(names);
  });

  test.each(refusedKeys)("is not used when it is %s", async (_name, jwk, why) => {
    const defined = Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== undefined));
    const attempt = async () => web.key.importJwk(defined);
    await expect(attempt()).rejects.toThrow(web.material.UnusableKey);
    await expect(attempt()).rejects.toThrow(why);
  });

  const padded = (text = "") => encode(Buffer.concat([Buffer.alloc(2), Buffer.from(text, "base64url")]));

  test.each([
    ["EC", { ...ec.jwk, x: padded(ec.jwk.x), y: padded(ec.jwk.y) }],
    ["RSA", { ...rsa.jwk, n: padded(rsa.jwk.n), e: padded(rsa.jwk.e) }],
  ])("of type %s may have zeros in front of its numbers, which Node.js does not mind either", async (_type, jwk) => {
    const names = [...(await importJwk(jwk)).verifiers.keys()];
    expect([...(await web.key.importJwk(jwk)).verifiers.keys()]).toEqual(names);
  });

  test("that the platform does not know is ignored, and said to be", async () => {
    const importing = vi.spyOn(crypto.subtle, "importKey").mockRejectedValue(new Error("NotSupportedError"));
    await expect(web.key.importJwk(ed.jwk)).rejects.toThrow("not taken by this platform's Web Crypto");
    importing.mockRestore();
  });

  test("that the platform only finds out about when verifying is ignored too", async () => {
    const verifying = vi.spyOn(crypto.subtle, "verify").mockRejectedValue(new Error("OperationError"));
    await expect(web.key.importJwk(rsa.jwk)).rejects.toThrow("not taken by this platform's Web Crypto");
    verifying.mockRestore();
  });

  test("whose import fails makes no token of it pass, nor stands in the way of others", async () => {
    const offCurve = { ...ec.jwk, y: ec.jwk.x, kid: "off" };
    const guard = web.index.createGuard(options({ keys: { jwks: { keys: [offCurve, ed.jwk] } } }));
    expect(await verdictOf(guard.verify(token({}, { header: { alg: "ES256", kid: "off" } })))).toBe("key_unknown");
    const good = forge({ header: { alg: "EdDSA", kid: "ed" }, payload: claims(), key: ed });
    expect(await verdictOf(guard.verify(good))).toBe("accepted");
  });

  test("that is the only one and no good is the configuration's fault, in `ready` as in a request", async () => {
    const guard = web.index.createGuard(options({ keys: { publicKey: { ...ec.jwk, y: ec.jwk.x } } }));
    await expect(guard.ready()).rejects.toThrow(web.index.ConfigError);
    await expect(guard.verify(token())).rejects.toMatchObject({ reason: "check_failed" });
  });

  test("is found among four that fit a token without kid, also when many such tokens come at once", async () => {
    const keys = ["a", "b", "c", "d"].map((kid) => createKey("ES256", kid));
    const stranger = createKey("ES256", "stranger");
    const guard = web.index.createGuard(options({ keys: { jwks: { keys: keys.map(({ jwk }) => jwk) } } }));
    const signers = Array.from({ length: 40 }, (_, index) => keys[index % 5] ?? stranger);
    const tokens = signers.map((key, jti) =>
      forge({ header: { alg: "ES256" }, payload: claims({ jti: `${jti}` }), key }),
    );
    const verdicts = await Promise.all(tokens.map((one) => verdictOf(guard.verify(one))));
    expect(verdicts).toEqual(signers.map((key) => (key === stranger ? "signature_invalid" : "accepted")));
  });

  test("stands beside secrets, of which each is tried for HMAC alone", async () => {
    const secrets = ["o".repeat(32), "n".repeat(64)] as const;
    const guard = web.index.createGuard(options({ keys: { jwks: { keys: [ec.jwk] }, secret: secrets } }));
    const input = `${encode({ alg: "HS256", kid: "ec" })}.${encode(claims())}`;
    const sign = (secret: string) => `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
    const pem = ec.publicKey.export({ type: "spki", format: "pem" }).toString();
    const tokens = [...secrets.map(sign), token({}), sign("x".repeat(32)), sign(pem)];
    expect(await Promise.all(tokens.map((one) => verdictOf(guard.verify(one))))).toEqual([
      ...Array(3).fill("accepted"),
      ...Array(2).fill("signature_invalid"),
    ]);
  });

  test.each([rsa, ec, ed, createKey("ES384"), createKey("ES512")])("is read from PEM: $kid", async (key) => {
    const pem = key.publicKey.export({ type: "spki", format: "pem" }).toString();
    const names = [...(await importJwk(key.jwk)).verifiers.keys()];
    expect([...(await web.key.importPem(pem)).verifiers.keys()]).toEqual(names);
  });

  test.each([
    ["a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "PUBLIC KEY"],
    ["nothing", "-----BEGIN PUBLIC KEY-----\n\n-----END PUBLIC KEY-----", "PUBLIC KEY"],
    ["other bytes", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "fits no supported"],
    [
      "an Ed25519 key cut short",
      "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----",
      "not valid key material",
    ],
  ])("is not read from PEM of %s", async (_name, pem, why) => {
    await expect(web.key.importPem(pem)).rejects.toThrow(why);
  });
});

describe("A hash", () => {
  const bytes = new Uint8Array([1, 2, 3]);

  test("of text and bytes is the one that node:crypto computes", async () => {
    const hash = (data: string | Uint8Array) => createHash("sha256").update(data).digest();
    expect(Buffer.from(await web.hash.sha256(bytes))).toEqual(hash(bytes));
    expect(Buffer.from(await web.hash.sha256("é"))).toEqual(hash("é"));
    expect(await web.hash.sha256Text("é")).toBe(hash("é").toString("base64url"));
  });
  test("with a secret too", async () => {
    expect(Buffer.from(await web.hash.hmacSha256(bytes, "é"))).toEqual(
      createHmac("sha256", bytes).update("é").digest(),
    );
  });
  test.each([
    [[1, 2, 3], true],
    [[1, 2, 4], false],
    [[0, 2, 3], false],
    [[1, 2], false],
    [[1, 2, 3, 0], false],
  ])("%j is compared with 1, 2, 3: %s", (other, isEqual) => {
    expect(web.hash.equalBytes(bytes, Uint8Array.from(other))).toBe(isEqual);
  });
});

describe("A nonce", () => {
  const create = () => {
    const clock = createClock(1000);
    return { clock, nonces: web.nonce.createNonces({ secret: new Uint8Array(32), lifetime: 100, now: clock.now }) };
  };

  test("is left out while it is in the making, and there after a check", async () => {
    const { nonces } = create();
    expect(nonces.current()).toBeUndefined();
    expect(await nonces.age(undefined)).toBeUndefined();
    expect(nonces.current()).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(await nonces.age(nonces.current())).toBe("current");
  });
  test("of the window before is given rather than none, an older one is not", async () => {
    const { clock, nonces } = create();
    await nonces.age(undefined);
    const first = nonces.current();
    clock.advance(100);
    expect(nonces.current()).toBe(first);
    const { clock: later, nonces: idle } = create();
    await idle.age(undefined);
    later.advance(200);
    expect(idle.current()).toBeUndefined();
  });
});
