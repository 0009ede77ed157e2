// Kind G: one issuer whose tokens are signed with a shared secret and with private keys at the same
// time. The algorithm's family alone picks between them.
//
// - Supabase: tokens of the legacy secret (HS256) stay valid beside those of the new signing keys
//   until the secret is revoked: https://supabase.com/docs/guides/auth/signing-keys,
//   https://github.com/supabase/supabase/pull/37027. Tokens of the legacy secret come with and
//   without `kid`: https://github.com/supabase/auth/pull/1690
// - Twenty moved from HS256 to ES256 with both valid:
//   https://docs.twenty.com/developers/self-host/capabilities/key-rotation
// - Several secrets during a rotation: https://authx.yezz.me/get-started/key-rotation
//   (`JWT_PREVIOUS_SECRET_KEY`)
// - A public key taken for the secret: CVE-2016-10555, CVE-2015-9235; OpenSSH and DER forms of it:
//   CVE-2024-33663; RFC 8725 §2.1 and §3.1
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterEach, describe, expect, test } from "vitest";
import { ConfigError, createGuard, type GuardOptions, type KeysOptions } from "../../src/index.js";
import { asymmetricAlgorithms } from "../../src/token/algorithms.js";
import { createClock, start } from "../support/clock.js";
import { encode, forge, signHmac } from "../support/forge.js";
import { type IssuerServer, startIssuer, status } from "../support/issuer-server.js";
import { audience, claims, ec, ed, guardWith, issuer, jwks, options, rsa, stranger, verdict } from "../support/keys.js";
import { createRandom } from "../support/random.js";

const secret = "a legacy secret that is 64 characters long, so that all will fit";
const [older, newer] = ["o".repeat(32), "n".repeat(64)];
const kid = { kid: "ec" };

/** An HMAC with any key, under any header. */
function hs(alg: string, key: string | Uint8Array, header: object = {}): string {
  const input = `${encode({ alg, typ: "JWT", ...header })}.${encode(claims())}`;
  return `${input}.${signHmac(/^HS(256|384|512)$/.test(alg) ? alg : "HS256", key, input).toString("base64url")}`;
}
const es = (key = ec, header: object = kid) => forge({ header: { alg: "ES256", ...header }, payload: claims(), key });
const rs = (alg = "RS256") => forge({ header: { alg, kid: "rsa" }, payload: claims(), key: rsa });
const both = (changes: GuardOptions = {}) => guardWith({ keys: { jwks, secret }, ...changes });
const pem = ec.publicKey.export({ type: "spki", format: "pem" }).toString();

describe("A secret beside public keys", () => {
  test.each<[string, KeysOptions]>([
    ["a key set", { jwks, secret }],
    ["one key", { publicKey: pem, secret }],
    ["a key set, as bytes", { jwks, secret: new TextEncoder().encode(secret) }],
  ])("lets in what either signed: %s", async (_name, keys) => {
    const guard = guardWith({ keys });
    const tokens = [es(), hs("HS256", secret), hs("HS256", secret, kid), hs("HS512", secret, { kid: "legacy" })];
    expect(await Promise.all(tokens.map((one) => verdict(guard, one)))).toEqual(Array(4).fill("accepted"));
  });

  test("allows by default what the keys fit, and the HMAC algorithms that the secret is long enough for", async () => {
    const guard = guardWith({ keys: { jwks, secret: older } });
    const tokens = [es(), rs(), rs("PS512"), hs("HS256", older), hs("HS384", older), hs("HS512", older)];
    expect(await Promise.all(tokens.map((one) => verdict(guard, one)))).toEqual([
      ...Array(4).fill("accepted"),
      ...Array(2).fill("algorithm_not_allowed"),
    ]);
  });

  test.each<[string, GuardOptions, readonly string[]]>([
    ["both", { algorithms: ["ES256", "HS256"] }, ["accepted", "accepted"]],
    ["public keys alone", { algorithms: ["ES256"] }, ["accepted", "algorithm_not_allowed"]],
    ["the secret alone", { algorithms: ["HS256"] }, ["algorithm_not_allowed", "accepted"]],
  ])("is narrowed by `algorithms` to %s", async (_name, changes, expected) => {
    const guard = both(changes);
    expect([await verdict(guard, es()), await verdict(guard, hs("HS256", secret))]).toEqual(expected);
  });

  test("holds RSA keys to their algorithm all the same", async () => {
    const guard = both({ keys: { jwks, secret, rsaAlgorithm: "RS256" } });
    const tokens = [rs(), rs("PS256"), hs("HS256", secret)];
    expect(await Promise.all(tokens.map((one) => verdict(guard, one)))).toEqual([
      "accepted",
      "key_unsuitable",
      "accepted",
    ]);
  });

  test("knows tokens of both kinds again, at once", async () => {
    const guard = createGuard(options({ keys: { jwks, secret } }));
    const requests = [es(), hs("HS256", secret)].map((one) => ({
      method: "GET",
      url: "/",
      headers: { authorization: `Bearer ${one}` },
    }));
    for (const request of requests) await guard.check(request);
    for (const request of requests) await guard.check(request);
    for (const request of requests) expect(guard.attempt(request)).toHaveProperty("subject", "user|1");
    expect(guard.cacheCounts()?.hits).toBeGreaterThan(1);
  });

  test("belongs to one issuer: another's tokens are not verified with it", async () => {
    const other = "https://other.test/";
    const issuers = [
      { issuer, keys: { jwks, secret } },
      { issuer: other, keys: { jwks } },
    ];
    const guard = guardWith({ issuer: issuers, keys: {} });
    const input = `${encode({ alg: "HS256" })}.${encode(claims({ iss: other }))}`;
    const foreign = `${input}.${signHmac("HS256", secret, input).toString("base64url")}`;
    expect([await verdict(guard, hs("HS256", secret)), await verdict(guard, foreign)]).toEqual([
      "accepted",
      "algorithm_not_allowed",
    ]);
  });
});

describe("A secret beside keys that are fetched", () => {
  let server: IssuerServer;
  afterEach(() => server.close());

  const create = async (published: readonly unknown[] | undefined) => {
    server = await startIssuer();
    if (published) server.publish(published);
    else server.on("/jwks", status(500));
    return guardWith({ keys: { jwksUri: `${server.origin}/jwks`, secret } });
  };

  test("lets in both, and fetches nothing for a token of the secret", async () => {
    const guard = await create([ec.jwk]);
    expect(await verdict(guard, hs("HS256", secret, { kid: "unknown" }))).toBe("accepted");
    expect(server.requests).toEqual([]);
    expect(await verdict(guard, es())).toBe("accepted");
  });

  test("works on while they cannot be had, and does not say that it is ready", async () => {
    const guard = await create(undefined);
    expect([await verdict(guard, hs("HS256", secret)), await verdict(guard, es())]).toEqual([
      "accepted",
      "keys_unavailable",
    ]);
    await expect(guard.ready()).rejects.toThrow();
  });

  test("is not replaced by a secret that the set publishes (RFC 7517 §9.2)", async () => {
    const published = "p".repeat(64);
    const guard = await create([ec.jwk, { kty: "oct", kid: "ec", alg: "HS256", k: encode(published) }]);
    expect(await verdict(guard, es())).toBe("accepted");
    expect(await verdict(guard, hs("HS256", published, kid))).toBe("signature_invalid");
  });
});

/** The forms in which libraries have taken a public key for a secret. */
const spki = ec.publicKey.export({ type: "spki", format: "der" });
const confusions: readonly (readonly [string, string | Uint8Array])[] = [
  ["PEM", pem],
  ["PEM without its last line end", pem.trim()],
  ["DER", spki],
  ["DER as base64", spki.toString("base64")],
  ["DER as base64url", spki.toString("base64url")],
  ["RSA in PEM", rsa.publicKey.export({ type: "spki", format: "pem" }).toString()],
  ["RSA in DER", rsa.publicKey.export({ type: "spki", format: "der" })],
  ["RSA in PKCS #1", rsa.publicKey.export({ type: "pkcs1", format: "der" })],
  ["RSA in PKCS #1 as base64", rsa.publicKey.export({ type: "pkcs1", format: "der" }).toString("base64")],
  ["Ed25519 in DER", ed.publicKey.export({ type: "spki", format: "der" })],
  ["JWK", JSON.stringify(ec.jwk)],
  ["JWK Set", JSON.stringify(jwks)],
  ["OpenSSH", `ecdsa-sha2-nistp256 ${spki.toString("base64")}`],
  ["OpenSSH of RSA", `ssh-rsa ${spki.toString("base64")} user@host`],
  ["SSH2", `---- BEGIN SSH2 PUBLIC KEY ----\n${spki.toString("base64")}`],
];

describe("A public key never reaches HMAC (CVE-2016-10555, CVE-2024-33663)", () => {
  const guard = both();

  test.each([
    ...confusions,
    ["the x coordinate", String(ec.jwk.x)],
    ["the modulus", String(rsa.jwk.n)],
    ["the modulus' bytes", Buffer.from(String(rsa.jwk.n), "base64url")],
    ["nothing", ""],
    ["the text undefined", "undefined"],
  ] as [string, string | Uint8Array][])("as the secret of a token: %s", async (_name, key) => {
    const tokens = ["HS256", "HS384", "HS512"].flatMap((alg) => [hs(alg, key), hs(alg, key, kid)]);
    expect(await Promise.all(tokens.map((one) => verdict(guard, one)))).toEqual(Array(6).fill("signature_invalid"));
  });

  test.each(confusions)("as the configured secret: %s", (_name, key) => {
    const error = problemOf({ jwks, secret: key });
    expect(error.option).toBe("keys.secret");
    expect(error.message).not.toContain(spki.toString("base64").slice(40, 60));
  });

  test.each([
    ["random bytes", crypto.getRandomValues(new Uint8Array(32))],
    ["as base64", Buffer.from(crypto.getRandomValues(new Uint8Array(64))).toString("base64")],
    ["as hex", Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex")],
    ["words", "correct horse battery staple and some more"],
    ["bytes that begin as DER does", Uint8Array.of(0x30, 0x59, ...crypto.getRandomValues(new Uint8Array(62)))],
  ] as [string, string | Uint8Array][])("while a secret may be: %s", async (_name, key) => {
    expect(await verdict(guardWith({ keys: { jwks, secret: key } }), hs("HS256", key))).toBe("accepted");
  });
});

describe("The secret verifies nothing but HMAC", () => {
  const guard = both();

  test.each(asymmetricAlgorithms)("not %s", async (alg) => {
    const header = { alg, kid: alg.startsWith("E") ? (alg === "ES256" ? "ec" : "ed") : "rsa" };
    const input = `${encode(header)}.${encode(claims())}`;
    for (const hash of ["HS256", "HS384", "HS512"]) {
      const forged = `${input}.${signHmac(hash, secret, input).toString("base64url")}`;
      expect(["signature_invalid", "key_unsuitable"]).toContain(await verdict(guard, forged));
    }
  });

  test.each(["HS1", "hs256", "HS256 ", "none", "HS999"])("not %j", async (alg) => {
    expect(["algorithm_not_allowed", "algorithm_none"]).toContain(await verdict(guard, hs(alg, secret)));
  });

  test("and a signature by a private key is no HMAC", async () => {
    const token = forge({ header: { alg: "HS256", kid: "ec" }, payload: claims(), key: ec, alg: "ES256" });
    expect(await verdict(guard, token)).toBe("signature_invalid");
  });
});

describe("Several secrets, during a rotation", () => {
  const guard = guardWith({ keys: { jwks, secret: [newer, older] } });

  test("are tried one after the other, whatever kid a token names", async () => {
    const tokens = [hs("HS256", newer), hs("HS256", older), hs("HS256", older, { kid: "x" }), es()];
    expect(await Promise.all(tokens.map((one) => verdict(guard, one)))).toEqual(Array(4).fill("accepted"));
    expect(guard.status().issuers[0]?.keys.counts.extraTries).toBe(2);
  });

  test("are each used only for hashes that they are long enough for (RFC 7518 §3.2)", async () => {
    expect([await verdict(guard, hs("HS512", newer)), await verdict(guard, hs("HS512", older))]).toEqual([
      "accepted",
      "signature_invalid",
    ]);
  });

  test("go without public keys too", async () => {
    const alone = guardWith({ keys: { secret: [newer, older] } });
    const tokens = [hs("HS256", newer), hs("HS256", older), hs("HS256", "x".repeat(32)), es()];
    expect(await Promise.all(tokens.map((one) => verdict(alone, one)))).toEqual([
      "accepted",
      "accepted",
      "signature_invalid",
      "algorithm_not_allowed",
    ]);
    expect(alone.status().issuers[0]?.keys).toMatchObject({ state: "fixed", counts: { extraTries: 2 } });
  });
});

function problemOf(keys: unknown): ConfigError {
  try {
    guardWith({ keys: keys as never });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("It was accepted");
}

describe("Options that cannot be right", () => {
  test.each<[string, unknown, string]>([
    ["keys", { jwks, publicKey: pem, secret }, "both jwks and publicKey"],
    ["keys.secret", { jwks, secret: undefined }, "neither text nor bytes"],
    ["keys.secret", { jwks, secret: "too short" }, "32 bytes"],
    ["keys.secret", { jwks, secret: [] }, "1 to 4"],
    ["keys.secret", { jwks, secret: Array(5).fill(secret) }, "1 to 4"],
    ["keys.secret", { jwks, secret: [secret, "too short"] }, "32 bytes"],
    ["keys.secret", { jwks, secret: [secret, pem] }, "PEM"],
    ["keys.secret", { jwks, secret: [[secret]] }, "neither text nor bytes"],
    ["keys.rsaAlgorithm", { secret, rsaAlgorithm: "RS256" }, "requires public keys"],
    ["keys.jwks", { jwks: { keys: [] }, secret }, "no usable key"],
  ])("fail at creation: %s %#", (option, keys, problem) => {
    const error = problemOf(keys);
    expect([error.option, error.message]).toEqual([option, expect.stringContaining(problem)]);
    expect(`${error.message} ${String(error.cause)}`).not.toContain(secret);
  });

  test("fail at creation: an HMAC algorithm that the secret is too short for", () => {
    const create = () => guardWith({ keys: { jwks, secret: older }, algorithms: ["ES256", "HS512"] });
    expect(create).toThrow("does not fit");
  });
});

describe("jose decides alike when the family alone picks the key", () => {
  const random = createRandom("families");
  const clock = createClock();
  const guard = guardWith({ keys: { jwks, secret: [newer, older] }, now: clock.now });
  const set = createLocalJWKSet(jwks as JSONWebKeySet);

  async function joseAccepts(token: string): Promise<boolean> {
    const terms = { issuer, audience, currentDate: new Date(start * 1000) };
    const bytes = (text: string) => new TextEncoder().encode(text);
    const attempts = [
      jwtVerify(token, set, { ...terms, algorithms: [...asymmetricAlgorithms] }),
      jwtVerify(token, bytes(newer), { ...terms, algorithms: ["HS256", "HS384", "HS512"] }),
      jwtVerify(token, bytes(older), { ...terms, algorithms: ["HS256"] }),
    ];
    return (await Promise.allSettled(attempts)).some((attempt) => attempt.status === "fulfilled");
  }

  test("about two thousand tokens of every algorithm by every key", async () => {
    const names: [string, ...string[]] = ["none", "HS256", "HS384", "HS512", ...asymmetricAlgorithms];
    const secrets = [newer, older, pem, JSON.stringify(ec.jwk), String(rsa.jwk.n), spki] as const;
    let accepted = 0;
    for (let n = 0; n < 2000; n++) {
      const alg = random.pick(names);
      const id = random.pick<{ readonly kid?: string }>([
        {},
        { kid: "ec" },
        { kid: "rsa" },
        { kid: "ed" },
        { kid: "none" },
      ]);
      const key = random.pick([ec, rsa, ed, stranger]);
      const own = key === rsa ? "RS256" : key === ed ? "EdDSA" : "ES256";
      const token =
        random.below(2) === 0
          ? hs(alg, random.pick(secrets), id)
          : forge({
              header: { alg, ...id },
              payload: claims(),
              key,
              alg: key === rsa && /^[RP]S/.test(alg) ? alg : own,
            });
      const [ours, theirs] = [await verdict(guard, token), await joseAccepts(token)];
      expect({ token, accepted: ours === "accepted" }).toEqual({ token, accepted: theirs });
      if (theirs) accepted++;
    }
    expect(accepted).toBeGreaterThan(20);
  });
});

describe("Explain", () => {
  test("says how a secret stands beside public keys, for a token of a shared secret, and never to list HS256", async () => {
    const findings = await guardWith().explain(hs("HS256", secret));
    const fix = findings.find(({ code }) => code === "algorithm_not_allowed")?.fix;
    expect(fix).toContain("`keys: { jwksUri, secret }`");
    expect(fix).not.toMatch(/algorithms.*HS256/);
  });
});
