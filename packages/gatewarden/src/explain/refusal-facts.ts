// The facts known about a refusal. All are optional: an answer to a client has only the refusal
// itself.
import type { IssuerPolicy } from "../issuer/policy.js";
import type { GuardRequest } from "../request/credentials.js";
import type { JsonObject } from "../token/json.js";
import type { TokenHeader } from "../token/parse.js";
import type { Provider } from "./providers.js";
import type { Shape } from "./shape/found-shape.js";

/** The facts known about a refusal. */
export interface RefusalFacts {
  /** The trusted issuers, except those that are looked up. */
  readonly issuers?: readonly string[];
  /** The audiences of this API. */
  readonly audiences?: readonly string[];
  readonly request?: GuardRequest | undefined;
  /** The shape of the text found instead of a token. */
  readonly shape?: Shape | undefined;
  readonly header?: TokenHeader;
  readonly claims?: JsonObject;
  /** The issuer policy that the token was checked against. */
  readonly policy?: IssuerPolicy | undefined;
  /** Whether that is the policy of the issuer that the token names. */
  readonly isTrusted?: boolean;
  /** Whether a key of that policy signed the token, although it names another issuer. */
  readonly isSignedHere?: boolean;
  readonly provider?: Provider | undefined;
  /** Seconds since 1970. */
  readonly now?: number;
  /** The issuer's clock compared with this machine's, if measured. */
  readonly clock?: {
    /** Seconds by which the issuer's is ahead. */
    readonly offset: number;
    readonly tolerance: number;
    /** Whether the offset exceeds measuring error and tolerance. */
    readonly isOff: boolean;
  };
}

/** Texts for one refusal that replace or extend the advice for its reason. */
export interface Specific {
  /** Replaces the usual cause. */
  readonly cause?: string;
  /** Follows the cause. */
  readonly detail?: string;
  /** Replaces the usual fix, and also the provider's. */
  readonly fix?: string;
}
