// The rules for keys by which the guard and jose differ: each explains its case, and not the case beside test.
import { expect, test } from "vitest";
import { usual, withSecret } from "../../fuzz/configurations.mjs";
import { asWritten, type Draft } from "../../fuzz/draft.mjs";
import { chooseKeys } from "../../fuzz/key-choice.mjs";
import { explain, findBroken } from "../../fuzz/rules.mjs";
import { ecOther, ecSigner, hmac, type Members, rsaSigner, type Signer } from "../../fuzz/signers.mjs";

const noKey = "a set has a key that can verify something (RFC 7517 §5)";
const idle = "a key's members that are null or empty say nothing (RFC 7517 §4)";
const canonical = "a key's material is canonical base64url (RFC 7518 §6)";
const anAudience = "an API without an audience takes no token that names one (RFC 7519 §4.1.3)";
const aClient = "each client that a token names is a configured one (RFC 8693 §4.3, OIDC Core §2)";

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

function signBy(signer: Signer, header: Members = {}, claims: Members = {}): string {
  const input = `${encode({ alg: signer.alg, ...header })}.${encode(claims)}`;
  return `${input}.${signer.sign(signer.alg, input).toString("base64url")}`;
}

function draftWith(keySet: unknown[] | undefined, changes: object = {}): Draft {
  const [signer, header, claims] = [ecSigner, {}, {}];
  return { configuration: { ...usual, ...changes }, signer, now: 0, header, claims, ...asWritten(), keySet };
}

const refused = (why: string) => ({ ours: { accepted: false, why }, jose: { accepted: true, why: "accepted" } });
const onlyByUs = (why: string) => ({ ours: { accepted: true, why: "accepted" }, jose: { accepted: false, why } });

test("A key of another type fits no algorithm by a stray curve", () => {
  const { kid: _kid, ...named } = ecSigner.jwk;
  const stray = { ...rsaSigner.jwk, crv: "P-256" };
  const members = chooseKeys([named, stray], { alg: "ES256" });
  expect(members.map(({ asymmetricKeyType }) => asymmetricKeyType)).toEqual(["ec"]);
  expect(chooseKeys([stray], { alg: "RS256" })).toHaveLength(1);
});

test.each<[string, Members, string | undefined]>([
  ["of another type's algorithm", { ...rsaSigner.jwk, alg: "ES256" }, noKey],
  ["for encryption", { ...rsaSigner.jwk, alg: "RSA-OAEP" }, noKey],
  ["of a blank algorithm", { ...ecSigner.jwk, alg: " " }, noKey],
  ["of another curve", { kty: "OKP", crv: "X25519", x: "PbMxNTkpcorMmh9HrE5WhXOecYDaxG5jFR3TClv7jLM" }, noKey],
  ["of its own algorithm", { ...rsaSigner.jwk, alg: "PS512" }, undefined],
  ["of an empty algorithm", { ...ecSigner.jwk, alg: "" }, undefined],
])("A set beside a secret may be refused for a key %s: %#", (_what, jwk, rule) => {
  const draft = draftWith([jwk], { secret: withSecret.secret });
  expect(explain(signBy(hmac), draft, refused("keys_refused"))).toBe(rule);
  // One key that verifies something is enough.
  expect(explain(signBy(hmac), draftWith([jwk, ecSigner.jwk]), refused("keys_refused"))).toBeUndefined();
});

test("Two keys under one kid are ambiguous where jose leaves one out for what says nothing", () => {
  const shared = { kid: "shared" };
  const token = signBy(ecSigner, shared);
  const explainWith = (other: Members) =>
    explain(token, draftWith([{ ...ecSigner.jwk, ...shared }, other]), refused("key_ambiguous"));
  expect(explainWith({ ...ecOther.jwk, ...shared, use: "" })).toBe(idle);
  expect(explainWith({ ...ecOther.jwk, ...shared })).toBeUndefined();
  // Its twin is the same key, and a key of another kid is not meant.
  expect(explainWith({ ...ecSigner.jwk, ...shared, use: "" })).toBeUndefined();
  expect(explainWith({ ...ecOther.jwk, kid: "other", use: "" })).toBeUndefined();
});

test("A key with an idle member explains an acceptance only where it made the signature", () => {
  const keySet = [{ ...ecSigner.jwk, use: null }, ecOther.jwk];
  const decisions = onlyByUs("ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
  expect(explain(signBy(ecSigner), draftWith(keySet), decisions)).toBe(idle);
  expect(explain(signBy(ecOther), draftWith(keySet), decisions)).toBeUndefined();
});

test("A key that is left out explains a bad signature only where it made it", () => {
  const keySet = [{ ...ecSigner.jwk, x: `${ecSigner.jwk["x"]}=` }, ecOther.jwk];
  expect(explain(signBy(ecSigner), draftWith(keySet), refused("signature_invalid"))).toBe(canonical);
  expect(explain(signBy(ecOther), draftWith(keySet), refused("signature_invalid"))).toBeUndefined();
});

test.each<[Members, string | undefined]>([
  [{ aud: null, client_id: "client" }, undefined],
  [{ aud: [], client_id: "client" }, undefined],
  [{ aud: "", client_id: "client" }, anAudience],
  [{ aud: ["a"], client_id: "client" }, anAudience],
  [{ azp: "client", client_id: null }, undefined],
  [{ azp: "client", client_id: "" }, aClient],
  [{ azp: null, client_id: null }, aClient],
])("Where clients stand in for an audience, %j is judged by what it names", (claims, rule) => {
  const draft = draftWith([ecSigner.jwk], { audiences: [], clientIds: ["client"] });
  expect(findBroken(signBy(ecSigner, {}, claims), draft)).toBe(rule);
});
