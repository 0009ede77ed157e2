// Tokens that are bound to a key of their sender: which proof a token needs, and whether the request brings it.

import { AuthError, type AuthScheme } from "../errors.js";
import { type Awaitable, chain } from "../platform/awaitable.js";
import type { GuardRequest } from "../request/credentials.js";
import { sha256Text } from "../token/hash.js";
import type { JsonObject } from "../token/json.js";
import { type BindingModes, type Confirmation, checkConfirmation, readConfirmation, unproven } from "./confirmation.js";
import { createDpopCheck, type DpopPolicy } from "./dpop.js";
import { checkCertificate, type MtlsPolicy } from "./mtls.js";

/** What is demanded of bound tokens, and of tokens that are not. */
export interface BindingPolicy {
  readonly modes: BindingModes;
  readonly dpop: DpopPolicy;
  readonly mtls: MtlsPolicy;
}

/** A verified token, and how it came. */
interface Presentation {
  readonly token: string;
  /** What stands for the token for as long as it is remembered: the same object for the same token. */
  readonly holder: object;
  readonly claims: JsonObject;
  readonly scheme: AuthScheme;
  /** Absent where the token did not come with a request: then nothing can be proven. */
  readonly request?: GuardRequest | undefined;
  /** Seconds since 1970. */
  readonly now: number;
}

/** Holds presentations against the policy. */
export interface Binding {
  readonly policy: BindingPolicy;
  /** Whether there is anything to check: not for a plain bearer token where no binding is demanded. */
  concerns(isBound: boolean, scheme: AuthScheme): boolean;
  /** Throws, or rejects with, `AuthError` unless the token is proven as far as it is bound, and bound as far as is demanded. */
  check(presentation: Presentation): Awaitable<undefined>;
  /** The nonce to give with the answer to an accepted request, where one is due. */
  nextNonce(request: GuardRequest): string | undefined;
}

/** What is the same of a token for every request that it comes with. */
interface Known {
  readonly confirmation: Confirmation;
  /** SHA-256 in base64url, as a proof's `ath` has it. Undefined until it was computed. */
  hash: string | undefined;
}

/** For as long as the token itself is held, by the cache of verified tokens or by the request. */
const knownByHolder = new WeakMap<object, Known>();

function toKnown(holder: object, claims: JsonObject): Known {
  const before = knownByHolder.get(holder);
  if (before) return before;
  const known = { confirmation: readConfirmation(claims), hash: undefined };
  knownByHolder.set(holder, known);
  return known;
}

/** A digest that is still being made belongs to the request that began it; only one that is there is remembered. */
function toHash(known: Known, token: string): Awaitable<string> {
  return (
    known.hash ??
    chain(sha256Text(token), (hash) => {
      known.hash = hash;
      return hash;
    })
  );
}

/** Makes the check. */
export function createBinding(policy: BindingPolicy): Binding {
  const { modes, dpop, mtls } = policy;
  const proofs = createDpopCheck(dpop);
  const isDemanded = modes.dpop === "required" || modes.mtls === "required";
  const concerns = (isBound: boolean, scheme: AuthScheme) => isBound || isDemanded || scheme !== "Bearer";
  return {
    policy,
    concerns,
    check({ token, holder, claims, scheme, request, now }) {
      if (!concerns(Object.hasOwn(claims, "cnf"), scheme)) return undefined;
      const known = toKnown(holder, claims);
      const { confirmation } = known;
      const refusal = checkConfirmation(confirmation, modes) ?? checkScheme(confirmation, scheme);
      if (refusal) throw refusal;
      const { key, certificate } = confirmation;
      if (!request) throw unproven("cannot be proven without a request");
      const held = certificate && checkCertificate(request, certificate, mtls);
      const check = () =>
        key === undefined ? undefined : proofs.check({ hash: () => toHash(known, token), key, request, now });
      return held === undefined ? check() : chain(held, check);
    },
    nextNonce: proofs.nextNonce,
  };
}

/**
 * The scheme says what is proven. A bound token as Bearer is refused with or without a proof beside it (RFC 9449 §7.2: no downgrade), an
 * unbound one as DPoP too (§7.1). A DPoP header beside an unbound Bearer token means nothing: RFC 6750 §2.1 alone governs that scheme,
 * and a client whose server issued a plain token goes on as with any other (RFC 9449 §5).
 */
export function checkScheme({ key }: Confirmation, scheme: AuthScheme): AuthError | undefined {
  if (scheme === "DPoP") return key ? undefined : new AuthError("dpop_token_unbound", { details: { name: "cnf" } });
  return key === undefined ? undefined : unproven("has jkt, and the token came as Bearer");
}
