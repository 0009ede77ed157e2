// Tokens bound to a key of their sender: which proof a token needs, and whether the request
// contains it.
import { AuthError, type AuthScheme } from "../errors.js";
import { type Awaitable, chain } from "../platform/awaitable.js";
import type { GuardRequest } from "../request/credentials.js";
import type { Step } from "../road/step.js";
import { sha256Text } from "../token/hash.js";
import type { JsonObject } from "../token/json.js";
import { type BindingModes, type Confirmation, checkConfirmation, toConfirmation, unproven } from "./confirmation.js";
import type { BoundToken, DpopPolicy } from "./dpop.js";
import { type MtlsPolicy, refuseOtherCertificate } from "./mtls.js";
import { createProofSteps, type ProofJourney } from "./proof-steps.js";

/** What is required of bound and unbound tokens. */
export interface BindingPolicy {
  readonly modes: BindingModes;
  readonly dpop: DpopPolicy;
  readonly mtls: MtlsPolicy;
}

/** What the steps read and write: a verified token, and how it was presented. */
export interface BindingJourney extends ProofJourney {
  readonly token: string;
  /** The holder of facts about the token: the same object for the same token while it is cached. */
  readonly auth: object;
  readonly claims: JsonObject;
  readonly scheme: AuthScheme;
  /** Undefined without a request: possession cannot be proven then. */
  readonly request: GuardRequest | undefined;
  /** Seconds since 1970. */
  readonly now: number;
  bound: BoundToken | undefined;
  /** The thumbprint of the certificate that the token is bound to. */
  certificate: Uint8Array | undefined;
}

/** Checks presented tokens against the policy. */
export interface Binding {
  readonly policy: BindingPolicy;
  /** Check that a bound token is proven, and that a token is bound where required. */
  readonly steps: readonly Step<BindingJourney>[];
  /**
   * Whether there is anything to check: not for a plain bearer token where no binding is required.
   */
  concerns(isBound: boolean, scheme: AuthScheme): boolean;
  /** The nonce to send with the response to an accepted request, where one is due. */
  nextNonce(request: GuardRequest): string | undefined;
}

/** Facts about a token that are the same for every request. */
interface Known {
  readonly confirmation: Confirmation;
  /** SHA-256 in base64url, as in a proof's `ath`. Undefined until computed. */
  hash: string | undefined;
}

/** Kept as long as the holder, which belongs to the token cache or to the request. */
const knownByHolder = new WeakMap<object, Known>();

function toKnown(holder: object, claims: JsonObject): Known | AuthError {
  const before = knownByHolder.get(holder);
  if (before) return before;
  const confirmation = toConfirmation(claims);
  if (confirmation instanceof AuthError) return confirmation;
  const known = { confirmation, hash: undefined };
  knownByHolder.set(holder, known);
  return known;
}

/** A digest in progress belongs to its request; only a finished one is stored. */
function toHash(known: Known, token: string): Awaitable<string> {
  return (
    known.hash ??
    chain(sha256Text(token), (hash) => {
      known.hash = hash;
      return hash;
    })
  );
}

/** Creates the steps. */
export function createBinding(policy: BindingPolicy): Binding {
  const { modes, dpop, mtls } = policy;
  const proofs = createProofSteps(dpop);
  const isDemanded = modes.dpop === "required" || modes.mtls === "required";
  const concerns = (isBound: boolean, scheme: AuthScheme) => isBound || isDemanded || scheme !== "Bearer";
  return {
    policy,
    concerns,
    steps: [
      {
        name: "confirmation",
        needs: ["auth"],
        rules: [
          (journey) =>
            concerns(Object.hasOwn(journey.claims, "cnf"), journey.scheme) ? checkBound(journey, modes) : undefined,
        ],
      },
      {
        name: "certificate",
        needs: ["confirmation"],
        rules: [
          ({ certificate, request }) =>
            certificate && request ? refuseOtherCertificate(request, certificate, mtls) : undefined,
        ],
      },
      ...proofs.steps,
    ],
    nextNonce: proofs.nextNonce,
  };
}

/** Determines what the token is bound to, for the steps that check the proof. */
function checkBound(journey: BindingJourney, modes: BindingModes): AuthError | undefined {
  const { token, auth, claims, scheme, request, now } = journey;
  const known = toKnown(auth, claims);
  if (known instanceof AuthError) return known;
  const { confirmation } = known;
  const refusal = checkConfirmation(confirmation, modes) ?? checkScheme(confirmation, scheme);
  if (refusal) return refusal;
  if (!request) return unproven("cannot be proven without a request");
  const { key, certificate } = confirmation;
  journey.certificate = certificate;
  journey.bound = key === undefined ? undefined : { hash: () => toHash(known, token), key, request, now };
  return undefined;
}

/**
 * The scheme determines what is proven. A bound token as Bearer is refused with or without a proof
 * (RFC 9449 §7.2: no downgrade), and so is an unbound one as DPoP (§7.1). A DPoP header beside an
 * unbound Bearer token is ignored: RFC 6750 §2.1 alone governs that scheme, and a client whose
 * server issued a plain token uses it like any other (RFC 9449 §5).
 */
function checkScheme({ key }: Confirmation, scheme: AuthScheme): AuthError | undefined {
  if (scheme === "DPoP") return key ? undefined : new AuthError("dpop_token_unbound", { details: { name: "cnf" } });
  return key === undefined ? undefined : unproven("has jkt, and the token came as Bearer");
}
