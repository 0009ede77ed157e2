// What is asked of the guard, and when that began.
import type { GuardRequest } from "../request/credentials.js";
import type { CheckedNeed } from "../requirements/need.js";

/** What came: a request, or a token alone. */
export interface Arrival {
  readonly request: GuardRequest | undefined;
  /** Given where the token came by another way than HTTP. */
  readonly token: string | undefined;
  /** `performance.now()` at the beginning, where somebody listens. */
  readonly began: number | undefined;
}

/** What is asked of the guard. */
export type Asked = CheckedNeed & Arrival;
