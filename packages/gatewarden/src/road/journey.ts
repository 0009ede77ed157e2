// One token on the road: its input, and what each step found out. It lives as long as the call it
// belongs to.
import type { TokenAuth, VerifiedToken } from "../auth.js";
import type { BindingJourney } from "../binding/binding.js";
import type { BoundToken } from "../binding/dpop.js";
import type { PresentedProof } from "../binding/proof-steps.js";
import type { GuardConfig } from "../configuration/configure.js";
import type { AuthError, AuthScheme } from "../errors.js";
import type { IssuerPolicy } from "../issuer/policy.js";
import type { Awaitable } from "../platform/awaitable.js";
import type { GuardRequest } from "../request/credentials.js";
import type { Requirement } from "../requirements/requirement.js";
import type { TokenFacts } from "../token/claims.js";
import type { JsonObject } from "../token/json.js";
import type { ParsedToken, TokenHeader, TokenParser } from "../token/parse.js";
import type { Verify } from "../token/signature.js";

/** The input of a journey, and the requirement to check. */
export interface Start {
  /** Undefined when the token did not arrive over HTTP. */
  readonly request: GuardRequest | undefined;
  /** The Authorization header, or the header that the token would have had. Ends with the token. */
  readonly text: string;
  readonly requirement: Requirement | undefined;
}

/** The parts of a guard that the steps use. */
export interface GuardParts {
  readonly config: GuardConfig;
  readonly parser: TokenParser;
  checkUse(journey: Journey): Awaitable<AuthError | undefined>;
  /** Stores verified tokens. */
  readonly known: { keep(journey: Journey): void };
}

/**
 * What is known about a token. A member is unset until the step that sets it has passed; a step
 * lists those steps in `needs`.
 */
export class Journey implements BindingJourney, TokenFacts {
  declare readonly request: GuardRequest | undefined;
  declare readonly text: string;
  declare readonly requirement: Requirement | undefined;
  declare readonly guard: GuardParts;
  /** The scheme that the token was presented with. */
  declare scheme: AuthScheme;
  declare token: string;
  /** The parsed token. Undefined for an opaque token. */
  declare parsed: ParsedToken | undefined;
  declare header: TokenHeader;
  /** The signed claims, or the issuer's answer about an opaque token. */
  declare claims: JsonObject;
  declare policy: IssuerPolicy;
  declare verify: Verify;
  /** What the handler receives: the output of a schema, or the claims. */
  declare handlerClaims: unknown;
  declare auth: TokenAuth<unknown>;
  /** Set when the request must prove possession of the token's key. */
  declare bound: BoundToken | undefined;
  /** The thumbprint of the certificate that the request must present. */
  declare certificate: Uint8Array | undefined;
  /** The proof sent with the request, for a bound token. */
  declare proof: PresentedProof | undefined;

  // Members are declared only, and assigned here: the engine makes the object in one go.
  constructor({ request, text, requirement }: Start, guard: GuardParts) {
    this.request = request;
    this.text = text;
    this.requirement = requirement;
    this.guard = guard;
    this.scheme = "Bearer";
    this.token = "";
    this.parsed = undefined;
    this.handlerClaims = undefined;
    this.bound = undefined;
    this.certificate = undefined;
    this.proof = undefined;
  }

  /** Seconds since 1970. */
  get now(): number {
    return this.guard.config.now();
  }
}

/** What `Auth` is built from. */
export function toVerifiedToken({ token, claims, handlerClaims, policy }: Journey): VerifiedToken<unknown> {
  const { claimNames, claimFormats } = policy;
  return { token, tokenClaims: claims, claims: handlerClaims, claimNames, claimFormats };
}
