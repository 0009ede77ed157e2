// DPoP proofs, good and bad in the ways of RFC 9449 §4.3, as data.
import { generateKeyPairSync } from "node:crypto";
import { createNonces } from "../../../../packages/gatewarden/src/binding/nonce.js";
import {
  createSender,
  hashOf,
  issue,
  type Members,
  type ProofChanges,
  plainOptions,
  prove,
  proven,
  requestWith,
  type Sender,
  signParts,
  time,
  url,
} from "../../../../packages/gatewarden/test/support/senders.js";
import type { Case, Part } from "./case.js";

const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
const secret = "the nonce secret of a fleet of servers";
const lifetime = 300;

type Row = readonly [name: string, changes: ProofChanges, expected: string];

const claim = (name: string, value: unknown, expected: string): Row => [
  `${name} = ${JSON.stringify(value)}`,
  { claims: { [name]: value } },
  expected,
];
const header = (name: string, value: unknown, expected: string): Row => [
  `${name} = ${JSON.stringify(value)}`,
  { header: { [name]: value } },
  expected,
];

function badClaims(other: string): readonly Row[] {
  return [
    ...["POST", "get", " GET"].map((htm) => claim("htm", htm, "dpop_method_mismatch")),
    ...["https://api.example.com/admin", "https://evil.example/orders", "http://api.example.com/orders", "orders"].map(
      (htu) => claim("htu", htu, "dpop_target_mismatch"),
    ),
    ...[`${url}?a=1`, "HTTPS://API.example.COM/orders", "https://api.example.com/%6frders"].map((htu) =>
      claim("htu", htu, "accepted"),
    ),
    ...[hashOf(other), `${hashOf(other)}=`, "AAAA"].map((ath) => claim("ath", ath, "dpop_token_mismatch")),
    ...[-66, -3600].map((offset) => claim("iat", time + offset, "dpop_stale")),
    ...[6, 3600].map((offset) => claim("iat", time + offset, "dpop_issued_in_future")),
    ...[-64, 5].map((offset) => claim("iat", time + offset, "accepted")),
    ...["jti", "htm", "htu", "iat", "ath"].map((name) => claim(name, undefined, "dpop_claim_invalid")),
    claim("jti", "x".repeat(257), "dpop_claim_invalid"),
    claim("ath", null, "dpop_claim_invalid"),
  ];
}

function badHeaders(sender: Sender): readonly Row[] {
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
  const jwks: readonly (Members | null | undefined | unknown[])[] = [
    ...[undefined, null, [], {}],
    ...[
      { kty: "oct", k: "AAAA" },
      { kty: "EC", crv: "P-256", x: "AAAA", y: "AAAA" },
    ],
    ...[
      { ...sender.jwk, y: sender.jwk.x },
      { ...sender.jwk, use: "enc" },
      { ...sender.jwk, d: "AAAA" },
    ],
    { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) },
  ];
  return [
    ...["at+jwt", "DPoP+JWT", undefined].map((typ) => header("typ", typ, "dpop_type_not_allowed")),
    ...["none", "HS256", "ES256K", null].map((alg) => header("alg", alg, "dpop_algorithm_not_allowed")),
    header("crit", ["exp"], "dpop_extension_unsupported"),
    header("alg", "RS256", "dpop_key_unusable"),
    ...jwks.map((jwk) => header("jwk", jwk, "dpop_key_unusable")),
    ["an RSA key of 1024 bits", { header: { alg: "RS256", jwk: weak } }, "dpop_key_unusable"],
  ];
}

/** All of them, for guards without and with nonces. */
export async function dpopCases(): Promise<Part> {
  const [sender, stranger] = await Promise.all([createSender(), createSender()]);
  const token = await issue({ cnf: { jkt: sender.jkt } });
  const other = await issue({ cnf: { jkt: sender.jkt }, sub: "user|2" });
  const ask = (name: string, dpop: string | string[] | undefined, expected: string): Case => ({
    name: `DPoP: ${name}`,
    guard: "dpop",
    request: proven(token, dpop),
    expected,
  });
  const rows = [...badClaims(other), ...badHeaders(sender)];
  const [good, replayed, cut] = [prove(sender, token), prove(sender, token), prove(sender, token)];
  const holders = await Promise.all(algorithms.map(createSender));
  const held = await Promise.all(
    holders.map(async (holder) => ({ holder, bound: await issue({ cnf: { jkt: holder.jkt } }) })),
  );
  return {
    guards: {
      dpop: { ...plainOptions() },
      nonces: { ...plainOptions(), dpop: { mode: "required", nonce: { secret, lifetime } } },
    },
    cases: [
      ...held.flatMap(({ holder, bound }) =>
        [1, 2].map((turn) => ({
          ...ask(`a good proof with ${holder.alg}, ${turn}`, undefined, "accepted"),
          request: proven(bound, prove(holder, bound)),
        })),
      ),
      ...rows.map(([name, changes, expected]) => ask(name, prove(sender, token, changes), expected)),
      ask("none", undefined, "dpop_proof_missing"),
      ask("two", [good, good], "dpop_proof_multiple"),
      ask("three parts that are none", "a.b.c", "dpop_proof_malformed"),
      ask("a fourth part", `${good}.AAAA`, "dpop_proof_malformed"),
      ask("without signature", cut.replace(/[^.]*$/, ""), "dpop_proof_malformed"),
      ask("r = s = 0", cut.replace(/[^.]*$/, Buffer.alloc(64).toString("base64url")), "dpop_signature_invalid"),
      ask("another key", prove(stranger, token), "dpop_key_mismatch"),
      ask("another key's signature", prove(sender, token, { signer: stranger }), "dpop_signature_invalid"),
      ask("a header that names alg twice", twice(sender), "dpop_proof_malformed"),
      ask("once", replayed, "accepted"),
      ask("replayed", replayed, "dpop_replayed"),
      { ...ask("as Bearer", good, "binding_unproven"), request: requestWith({ authorization: `Bearer ${token}` }) },
      ...nonceCases(sender, token),
    ],
  };
}

function twice(sender: Sender): string {
  const text = `{"typ":"dpop+jwt","alg":"none","alg":"ES256","jwk":${JSON.stringify(sender.jwk)}}`;
  return signParts(text, "{}", sender);
}

/** The challenge of each refusal holds the nonce, so its value is compared too. */
function nonceCases(sender: Sender, token: string): readonly Case[] {
  const nonceAt = (now: number) =>
    createNonces({ secret: new TextEncoder().encode(secret), lifetime, now: () => now }).current();
  const [current, previous, old] = [0, 1, 2].map((windows) => nonceAt(time - windows * lifetime));
  const rows: readonly (readonly [string, unknown, string])[] = [
    ["none", undefined, "dpop_nonce_required"],
    ["made up", "A".repeat(22), "dpop_nonce_required"],
    ["a number", 1, "dpop_nonce_required"],
    ["other letters", "é".repeat(22), "dpop_nonce_required"],
    ["the one of this window", current, "accepted"],
    ["the one before", previous, "accepted"],
    ["an older one", old, "dpop_nonce_required"],
  ];
  return rows.map(([name, nonce, expected]) => ({
    name: `DPoP nonce: ${name}`,
    guard: "nonces",
    request: proven(token, prove(sender, token, { claims: { nonce } })),
    expected,
  }));
}
