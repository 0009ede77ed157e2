// What the guard is asked to check, and when the check began.
import type { GuardRequest } from "../request/credentials.js";
import type { CheckedNeed } from "../requirements/need.js";

/** What arrived: a request, or a token alone. */
export interface Arrival {
  readonly request: GuardRequest | undefined;
  /** Set when the token did not arrive over HTTP. */
  readonly token: string | undefined;
  /** `performance.now()` at the start, where there are listeners. */
  readonly began: number | undefined;
}

/** What the guard is asked to check. */
export type Asked = CheckedNeed & Arrival;
