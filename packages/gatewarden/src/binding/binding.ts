// Tokens that are bound to a key of their sender: which proof a token needs, and whether the request brings it.
import { type Awaitable, chain } from "../awaitable.js";
import { AuthError, type AuthScheme } from "../errors.js";
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
  readonly token: string;
  readonly confirmation: Confirmation;
  /** SHA-256 in base64url, as a proof's `ath` has it. */
  readonly hash: Awaitable<string>;
}

/** For as long as somebody holds the claims of a token: the cache of verified tokens does. */
const knownByClaims = new WeakMap<JsonObject, Known>();

function toKnown(token: string, claims: JsonObject): Known {
  const before = knownByClaims.get(claims);
  if (before?.token === token) return before;
  const known = { token, confirmation: readConfirmation(claims), hash: sha256Text(token) };
  knownByClaims.set(claims, known);
  return known;
}

/** Makes the check. */
export function createBinding(policy: BindingPolicy): Binding {
  const { modes, dpop, mtls } = policy;
  const proofs = createDpopCheck(dpop);
  const isDemanded = modes.dpop === "required" || modes.mtls === "required";
  return {
    policy,
    concerns: (isBound, scheme) => isBound || isDemanded || scheme !== "Bearer",
    check({ token, claims, scheme, request, now }) {
      if (!isDemanded && scheme === "Bearer" && !Object.hasOwn(claims, "cnf")) return undefined;
      const { confirmation, hash } = toKnown(token, claims);
      const refusal = checkConfirmation(confirmation, modes) ?? checkScheme(confirmation, scheme);
      if (refusal) throw refusal;
      const { key, certificate } = confirmation;
      if (!request) throw unproven("cannot be proven without a request");
      const held = certificate && checkCertificate(request, certificate, mtls);
      const check = () => (key === undefined ? undefined : proofs.check({ hash, key, request, now }));
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
