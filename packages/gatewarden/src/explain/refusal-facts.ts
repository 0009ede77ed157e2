// What is known around a refusal when it is explained. All of it may be missing: an answer on the wire knows the refusal alone.
import type { IssuerPolicy } from "../issuer/policy.js";
import type { GuardRequest } from "../request/credentials.js";
import type { JsonObject } from "../token/json.js";
import type { TokenHeader } from "../token/parse.js";
import type { Provider } from "./providers.js";
import type { Shape } from "./shape/found-shape.js";

/** What is known around a refusal. */
export interface RefusalFacts {
  /** The issuers that are trusted, as far as they are known from the start. */
  readonly issuers?: readonly string[];
  /** The audiences of this API. */
  readonly audiences?: readonly string[];
  readonly request?: GuardRequest | undefined;
  /** What the text looks like that stood where a token should. */
  readonly shape?: Shape | undefined;
  readonly header?: TokenHeader;
  readonly claims?: JsonObject;
  /** The terms that the token was held against. */
  readonly policy?: IssuerPolicy | undefined;
  /** Whether those are the terms of the issuer that the token names. */
  readonly isTrusted?: boolean;
  /** Whether a key of those terms signed it, although it names another issuer. */
  readonly isSignedHere?: boolean;
  readonly provider?: Provider | undefined;
  /** Seconds since 1970. */
  readonly now?: number;
  /** The issuer's clock against this machine's, once it was measured. */
  readonly clock?: {
    /** Seconds by which the issuer's is ahead. */
    readonly offset: number;
    readonly tolerance: number;
    /** Whether that is more than measuring and tolerance explain. */
    readonly isOff: boolean;
  };
}

/** What is said of one refusal instead of, or beside, the advice for its reason. */
export interface Specific {
  /** Instead of the usual cause. */
  readonly cause?: string;
  /** After the cause. */
  readonly detail?: string;
  /** Instead of the usual fix, also of the provider's. */
  readonly fix?: string;
}
