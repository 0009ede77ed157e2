// The JOSE vectors of C2SP/wycheproof: every case of every file, and each deviation from what a file says with its reason.
import { describe, expect, test } from "vitest";
import { importJwk, importPublicKey } from "../../src/keys/key.js";
import { guardWith, verdict } from "../support/keys.js";
import { deviations, leftOut } from "./_deviations.js";
import { toTerms, verifyJws } from "./_jws.js";
import { readKeys, readPublicKey, readVectors, type Vector, wycheproofFolder } from "./_wycheproof.js";

interface Signatures {
  readonly file: string;
  readonly alg: string;
  readonly count: number;
}

const signatureFiles: readonly Signatures[] = [
  { file: "ecdsa_secp256r1_sha256_p1363", alg: "ES256", count: 262 },
  { file: "ecdsa_secp384r1_sha384_p1363", alg: "ES384", count: 280 },
  { file: "ecdsa_secp521r1_sha512_p1363", alg: "ES512", count: 318 },
  { file: "ed25519", alg: "EdDSA", count: 151 },
  { file: "rsa_signature_2048_sha256", alg: "RS256", count: 259 },
  { file: "rsa_signature_2048_sha384", alg: "RS384", count: 258 },
  { file: "rsa_signature_2048_sha512", alg: "RS512", count: 259 },
  { file: "rsa_signature_4096_sha512", alg: "RS512", count: 259 },
  { file: "rsa_pss_2048_sha256_mgf1_32", alg: "PS256", count: 108 },
  { file: "rsa_pss_2048_sha384_mgf1_48", alg: "PS384", count: 141 },
  { file: "rsa_pss_4096_sha512_mgf1_64", alg: "PS512", count: 179 },
];

/** Salts and hashes that JWS does not have (RFC 7518 §3.5): what these files call valid must be refused too. */
const foreignFiles: readonly Signatures[] = [
  { file: "rsa_pss_2048_sha256_mgf1_0", alg: "PS256", count: 103 },
  { file: "rsa_pss_2048_sha256_mgf1sha1_20", alg: "PS256", count: 108 },
  { file: "rsa_pss_4096_sha512_mgf1_32", alg: "PS512", count: 177 },
];

const tokenFiles = [
  { file: "json_web_signature", count: 401 },
  { file: "json_web_key", count: 26 },
  { file: "json_web_crypto", count: 83 },
  { file: "json_web_encryption", count: 139 },
];

const all = [...signatureFiles, ...foreignFiles, ...tokenFiles];
const total = all.reduce((sum, { count }) => sum + count, 0);

// Skipped by name where the vectors are not at hand, and said aloud.
if (wycheproofFolder === undefined) {
  console.warn(`Wycheproof: ${total} cases are not run, since GATEWARDEN_VECTORS names no folder that holds them`);
}
test.skipIf(wycheproofFolder === undefined)(`Wycheproof: ${total} cases, from where GATEWARDEN_VECTORS says`, () => {
  expect(all.reduce((sum, { file }) => sum + readVectors(file).length, 0)).toBe(total);
});

const named = (vectors: readonly Vector[]) => vectors.map((one) => [`${one.tcId} ${one.comment}`, one] as const);

/** Whether the case is to be accepted; undefined where either is right. */
function expectedOf(file: string, { tcId, result }: Vector): boolean | undefined {
  const deviation = deviations[file]?.[tcId];
  if (deviation) return deviation.accepted;
  return result === "acceptable" ? undefined : result === "valid";
}

async function isValid({ alg }: Signatures, vector: Vector): Promise<boolean> {
  const data = Buffer.from(vector.msg ?? "", "hex");
  const signature = Buffer.from(vector.sig ?? "", "hex");
  const { key, jwk } = readPublicKey(vector);
  const keys = [importPublicKey(key), ...(jwk ? [await importJwk(jwk)] : [])];
  const answers = await Promise.all(keys.map(({ verifiers }) => verifiers.get(alg)?.(data, signature) ?? false));
  // As a key of the developer and as a JWK: the two ways into the library agree.
  expect(new Set(answers).size).toBe(1);
  return answers[0] ?? false;
}

/** The token of a case. The JSON serialisation of a JWS is an object in these files: as text it is as good a token as any. */
function toToken({ jws, jwe }: Vector): string {
  const token = jws ?? jwe ?? "";
  return typeof token === "string" ? token : JSON.stringify(token);
}

describe.runIf(wycheproofFolder)("Wycheproof", () => {
  test.each(all)("has $count cases in $file, and all of them are here", ({ file, count }) => {
    const ids = readVectors(file).map(({ tcId }) => tcId);
    expect([ids.length, new Set(ids).size]).toEqual([count, count]);
  });

  describe.each(signatureFiles)("$file", (source) => {
    test.each(named(readVectors(source.file)))("%s", async (_name, vector) => {
      const expected = expectedOf(source.file, vector);
      const actual = await isValid(source, vector);
      if (expected !== undefined) expect(actual).toBe(expected);
    });
  });

  describe.each(foreignFiles)("$file: none of it is a $alg signature", (source) => {
    test.each(named(readVectors(source.file)))("%s", async (_name, vector) => {
      expect(await isValid(source, vector)).toBe(deviations[source.file]?.[vector.tcId]?.accepted ?? false);
    });
  });

  describe.each(tokenFiles.filter(({ file }) => file !== "json_web_encryption"))("$file", ({ file }) => {
    const vectors = readVectors(file).filter(({ tcId }) => leftOut[file]?.[tcId] === undefined);
    test.each(named(vectors))("%s", async (_name, vector) => {
      // Those of the older mix that are encrypted are refused as those of their own file are.
      const expected = vector.jwe === undefined ? expectedOf(file, vector) : false;
      const actual = await verifyJws(toToken(vector), toTerms(readKeys(vector)));
      expect(actual === "accepted").toBe(expected);
    });
  });

  describe.each(tokenFiles)("A guard refuses all of $file, which holds no access token", ({ file }) => {
    const guard = guardWith();
    test.each(named(readVectors(file)))("%s", async (_name, vector) => {
      expect(await verdict(guard, toToken(vector))).not.toBe("accepted");
    });
  });

  test.each(
    Object.entries(deviations).flatMap(([file, byId]) =>
      Object.entries(byId).map(([id, { why }]) => [file, Number(id), why] as const),
    ),
  )("%s %i differs: %s", (file, id) => {
    expect(readVectors(file).map(({ tcId }) => tcId)).toContain(id);
  });
});
