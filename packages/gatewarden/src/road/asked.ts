// How a check began, and what was asked.
import type { GuardRequest } from "../request/credentials.js";
import type { CheckedNeed } from "../requirements/need.js";

/** How a check began: with a request, or with a token alone. */
export interface Came {
  /** `performance.now()` at the beginning, where somebody listens. */
  readonly began: number | undefined;
  readonly request?: GuardRequest | undefined;
  readonly token?: string;
}

/** What was asked of the guard. */
export type Asked = CheckedNeed & Omit<Came, "token">;
