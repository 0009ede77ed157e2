// Parses a DPoP proof: a compact JWS that contains its own public key (RFC 9449 §4.2, §4.3 steps 3
// to 7).

import { AuthError } from "../errors.js";
import { isPlainTextWithScratch } from "../fast/jws-bytes.js";
import { importJwk } from "../keys/key.js";
import { UnusableKey } from "../keys/material.js";
import { type Awaitable, chain, rescue } from "../platform/awaitable.js";
import {
  createHeaderMemory,
  findExtension,
  type HeaderMemory,
  parseObject,
  refuseMalformedSignature,
} from "../token/compact.js";
import { sha256Text } from "../token/hash.js";
import { isObject, type JsonObject, member } from "../token/json.js";
import type { Verify } from "../token/signature.js";

/** The key of a proof, ready to verify, with its thumbprint. */
interface ProofKey {
  readonly verify: Verify;
  /** SHA-256 thumbprint in base64url (RFC 7638). */
  readonly thumbprint: string;
}

/** A parsed proof, its signature not yet verified. */
export interface Proof {
  readonly key: ProofKey;
  /** Whether the key was found in the memory of known keys. */
  readonly isKeyKnown: boolean;
  readonly claims: JsonObject;
  /**
   * Where the payload ends: the text before it is the signing input, the text after it the
   * signature.
   */
  readonly payloadEnd: number;
}

/**
 * Parses proofs. Remembers keys by the header's exact text: importing a key costs as much as
 * verifying with it.
 */
export interface ProofParser {
  /**
   * Throws, or rejects with, `AuthError`: `dpop_proof_malformed`, `dpop_extension_unsupported`,
   * `dpop_type_not_allowed`, `dpop_algorithm_not_allowed`, `dpop_key_unusable`.
   */
  parse(proof: string): Awaitable<Proof>;
  /** Stores the key of a proof that was accepted with its token. */
  remember(proof: string, key: ProofKey): void;
}

const maxProofSize = 8192;
const maxRememberedKeys = 5000;

/**
 * Creates a parser that accepts only proofs signed with one of the algorithms, which must be
 * asymmetric.
 */
export function createProofParser(algorithms: ReadonlySet<string>): ProofParser {
  const keys: HeaderMemory<ProofKey> = createHeaderMemory(maxRememberedKeys);
  return {
    parse(proof) {
      if (proof.length > maxProofSize) throw malformed("proof", "is too long");
      const headerEnd = proof.indexOf(".");
      const payloadEnd = proof.indexOf(".", headerEnd + 1);
      // An extra part would end up in the signature, which is then not base64url.
      if (headerEnd === -1 || payloadEnd === -1) throw malformed("proof", "does not have 3 parts");
      const isPlain = isPlainTextWithScratch(proof);
      const known = keys.get(proof, headerEnd);
      const key =
        known ?? parseKey(parseObject(proof.slice(0, headerEnd), { name: "header", malformed, isPlain }), algorithms);
      return chain(key, (key) => {
        const claims = parseObject(proof.slice(headerEnd + 1, payloadEnd), { name: "payload", malformed, isPlain });
        refuseMalformedSignature(proof, payloadEnd, { malformed, isPlain });
        return { key, isKeyKnown: known !== undefined, claims, payloadEnd };
      });
    },
    remember: keys.remember,
  };
}

function parseKey(header: JsonObject, algorithms: ReadonlySet<string>): Awaitable<ProofKey> {
  const extension = findExtension(header);
  if (extension) throw new AuthError("dpop_extension_unsupported", { details: { name: extension } });
  // An access token, or any other JWT of the client, is not a proof (RFC 9449 §4.3 step 4, RFC 8725
  // §3.11).
  const typ = member(header, "typ");
  if (typ !== "dpop+jwt") {
    throw new AuthError("dpop_type_not_allowed", { details: { name: "typ", expected: "dpop+jwt", actual: typ } });
  }
  // Asymmetric, not `none`, and allowed (RFC 9449 §4.3 step 5): the set contains asymmetric
  // algorithms only.
  const alg = member(header, "alg");
  if (typeof alg !== "string" || !algorithms.has(alg)) {
    const details = { name: "alg", expected: [...algorithms], actual: alg };
    throw new AuthError("dpop_algorithm_not_allowed", { details });
  }
  return importKey(member(header, "jwk"), alg);
}

/**
 * The same rules as for an issuer's keys; private members are also refused (RFC 9449 §4.3 step 7).
 */
function importKey(jwk: unknown, alg: string): Awaitable<ProofKey> {
  if (!isObject(jwk)) throw unusable("is not a JSON Web Key");
  const prepare = () =>
    chain(importJwk(jwk), ({ verifiers }) => {
      const verify = verifiers.get(alg);
      if (!verify) throw new UnusableKey("does not fit the algorithm");
      return chain(toKeyThumbprint(jwk), (thumbprint) => ({ verify, thumbprint }));
    });
  return rescue<ProofKey>(prepare, (error) => {
    throw error instanceof UnusableKey ? unusable(error.message, error) : error;
  });
}

const thumbprintMembers: Readonly<Record<string, readonly string[]>> = {
  EC: ["crv", "kty", "x", "y"],
  OKP: ["crv", "kty", "x"],
  RSA: ["e", "kty", "n"],
};

/** RFC 7638 §3: only the required members, ordered by name. */
function toKeyThumbprint(jwk: JsonObject): Awaitable<string> {
  const names = thumbprintMembers[String(member(jwk, "kty"))] ?? [];
  return sha256Text(JSON.stringify(Object.fromEntries(names.map((name) => [name, jwk[name]]))));
}

function malformed(name: string, problem: string): AuthError {
  return new AuthError("dpop_proof_malformed", { details: { name, problem } });
}

function unusable(problem: string, cause?: unknown): AuthError {
  return new AuthError("dpop_key_unusable", { details: { name: "jwk", problem }, cause });
}
