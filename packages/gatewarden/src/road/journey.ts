// One token on its way along the road: what came, and what each step found out. It lives as long as the call it belongs to.
import type { TokenAuth, VerifiedToken } from "../auth.js";
import type { BindingJourney } from "../binding/binding.js";
import type { BoundToken } from "../binding/dpop.js";
import type { PresentedProof } from "../binding/proof-steps.js";
import type { GuardConfig } from "../configuration/configure.js";
import type { AuthScheme } from "../errors.js";
import type { IssuerPolicy } from "../issuer/policy.js";
import type { GuardRequest } from "../request/credentials.js";
import type { Requirement } from "../requirements/requirement.js";
import type { TokenFacts } from "../token/claims.js";
import type { JsonObject } from "../token/json.js";
import type { ParsedToken, TokenHeader, TokenParser } from "../token/parse.js";
import type { Verify } from "../token/signature.js";

/** What a token came with, and what is asked of it. */
export interface Start {
  /** Absent where the token came by another way than HTTP. */
  readonly request: GuardRequest | undefined;
  /** The Authorization header, or the one that the token would have come with. Ends in the token. */
  readonly text: string;
  readonly requirement: Requirement | undefined;
}

/** What a guard checks with. */
export interface GuardParts {
  readonly config: GuardConfig;
  readonly parser: TokenParser;
  /** Keeps what was verified. */
  readonly known: { keep(journey: Journey): void };
}

/**
 * What is known of a token. A member is unset until the step that finds it out has passed; a step says in `needs` which
 * steps those are.
 */
export class Journey implements BindingJourney, TokenFacts {
  declare readonly request: GuardRequest | undefined;
  declare readonly text: string;
  declare readonly requirement: Requirement | undefined;
  declare readonly guard: GuardParts;
  /** The scheme that the token came in. */
  declare scheme: AuthScheme;
  declare token: string;
  /** The token taken apart. An opaque one has no parts. */
  declare parsed: ParsedToken | undefined;
  declare header: TokenHeader;
  /** All that was signed, or that the issuer said of an opaque token. */
  declare claims: JsonObject;
  declare policy: IssuerPolicy;
  declare verify: Verify;
  /** What the handler will get: what a schema made of the claims, or else the claims. */
  declare handlerClaims: unknown;
  declare auth: TokenAuth<unknown>;
  /** Set where the request must prove that it holds the token's key. */
  declare bound: BoundToken | undefined;
  /** The thumbprint of the certificate that the request must have come with. */
  declare certificate: Uint8Array | undefined;
  /** The proof that came with the request, for a token that is bound. */
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

/** What `Auth` is made of. */
export function toVerifiedToken({ token, claims, handlerClaims, policy }: Journey): VerifiedToken<unknown> {
  const { claimNames, claimFormats } = policy;
  return { token, tokenClaims: claims, claims: handlerClaims, claimNames, claimFormats };
}
