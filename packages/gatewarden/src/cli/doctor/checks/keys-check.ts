// Each key: whether the library uses it, and if not, why.
import { createPublicKey, X509Certificate } from "node:crypto";
import { describeValue } from "../../../explain/describe-value.js";
import { importJwk } from "../../../keys/key.js";
import { UnusableKey } from "../../../keys/material.js";
import type { VerificationKey } from "../../../keys/verification-key.js";
import { isObject, type JsonObject, member } from "../../../token/json.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type DoctorCheck, defineCheck } from "../define-check.js";

/** One entry of the set. */
interface KeyEntry {
  /** Its `kid`, or its position. */
  readonly name: string;
  readonly jwk: JsonObject;
  readonly key: VerificationKey | undefined;
  readonly problem: string;
  readonly isPrivate: boolean;
}

export const keysCheck: DoctorCheck = defineCheck({
  title: "keys",
  needs: ["metadata", "keys"],
  run: async ({ now }, { metadata: { jwksUri: url }, keys }) => {
    const entries = await Promise.all(keys.map(parseKeyEntry));
    const usable = entries.filter(({ key }) => key !== undefined);
    const findings = [...entries.flatMap((entry) => inspectKey(entry, url, now())), ...inspectIds(usable)];
    if (usable.length === 0) findings.push(toDoctorFinding("jwks_unusable", { url, count: keys.length }));
    else if (!usable.some(({ key }) => key?.verifiers.has("RS256"))) {
      findings.push(toDoctorFinding("keys_without_rs256", { algorithms: listAlgorithms(usable) }));
    }
    return { findings, note: usable.map(describeKey).join(", ") };
  },
});

async function parseKeyEntry(value: unknown, index: number): Promise<KeyEntry> {
  const jwk = isObject(value) ? value : {};
  const kid = member(jwk, "kid");
  const name = typeof kid === "string" ? `"${kid.slice(0, 64)}"` : `number ${index + 1} (without kid)`;
  try {
    if (!isObject(value)) throw new UnusableKey("is not an object");
    return { name, jwk, key: await importJwk(jwk), problem: "", isPrivate: false };
  } catch (error) {
    if (!(error instanceof UnusableKey)) throw error;
    return { name, jwk, key: undefined, problem: error.message + error.found, isPrivate: error.code === "private" };
  }
}

function inspectKey(entry: KeyEntry, url: string, now: number): readonly DoctorFinding[] {
  const { name: key, jwk, problem, isPrivate } = entry;
  if (entry.key === undefined) {
    if (isPrivate) return [toDoctorFinding("key_private", { key, problem, url })];
    const isMeant = member(jwk, "use") === "enc";
    return [toDoctorFinding(isMeant ? "key_not_for_signatures" : "key_unusable", { key, problem })];
  }
  const expiry = readExpiry(jwk);
  if (expiry === undefined || !(expiry <= now)) return [];
  const date = new Date(expiry * 1000).toISOString().slice(0, 10);
  return [toDoctorFinding("key_certificate_expired", { key, date })];
}

/** When the key's own certificate expires (RFC 7517 §4.7), in seconds since 1970. */
function readExpiry(jwk: JsonObject): number | undefined {
  const chain = member(jwk, "x5c");
  const first: unknown = Array.isArray(chain) ? chain[0] : undefined;
  if (typeof first !== "string") return undefined;
  try {
    return Date.parse(new X509Certificate(Buffer.from(first, "base64")).validTo) / 1000;
  } catch {
    return undefined;
  }
}

/** Several keys with no id, or with the same one, cannot be told apart. */
function inspectIds(usable: readonly KeyEntry[]): readonly DoctorFinding[] {
  // A key that is listed twice counts once.
  const places = usable.map(({ key }) => JSON.stringify([key?.kid, key?.identity]));
  const entries = usable.filter((_entry, index) => places.indexOf(places[index] ?? "") === index);
  if (entries.length < 2) return [];
  const nameless = entries.filter(({ key }) => key?.kid === undefined).length;
  const names = entries.flatMap(({ key, name }) => (key?.kid === undefined ? [] : [name]));
  const shared = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [
    ...(nameless > 0 ? [toDoctorFinding("key_without_id", { count: nameless })] : []),
    ...[...shared].map((key) => toDoctorFinding("key_id_shared", { key })),
  ];
}

function listAlgorithms(entries: readonly KeyEntry[]): string {
  return [...new Set(entries.flatMap(({ key }) => [...(key?.verifiers.keys() ?? [])]))].join(", ");
}

/** For example `"a" (RSA 2048, RS256)`. */
function describeKey({ name, jwk, key }: KeyEntry): string {
  const size = member(jwk, "kty") === "RSA" ? `RSA ${readBits(jwk)} bits` : describeValue(member(jwk, "crv"));
  return `${name} (${[size, [...(key?.verifiers.keys() ?? [])].join(" ")].join(": ")})`;
}

function readBits(jwk: JsonObject): number {
  const material = { kty: "RSA", n: describeValue(member(jwk, "n")), e: describeValue(member(jwk, "e")) };
  return createPublicKey({ key: material, format: "jwk" }).asymmetricKeyDetails?.modulusLength ?? 0;
}
