// Limits of a session besides its token: its age, and how often a client may try to renew it.
import { ConfigError, type Refusal } from "../index.js";

/** Limits of a connection besides its token. */
export interface SessionLimits {
  /** Seconds after which the connection ends, even if it was renewed. Default: no limit. */
  readonly maxAge?: number;
}

/** Why a session ended, as sent to its client. */
export type Ending = Pick<Refusal, "status" | "body">;

/** The session reached its `maxAge`: the client must reconnect. */
export const tooOld: Ending = {
  status: 401,
  body: {
    error: "unauthorized",
    error_description: "The connection reached its maximum age",
    reason: "session_too_old",
  },
};

/** The client authenticates too often. */
export const tooMany: Ending = {
  status: 429,
  body: {
    error: "temporarily_unavailable",
    error_description: "Too many attempts to authenticate",
    reason: "too_many_attempts",
  },
};

/** Reads the limits. Throws `ConfigError`. */
export function requireLimits(limits: unknown): SessionLimits {
  if (limits === undefined) return {};
  if (typeof limits !== "object" || limits === null) throw invalid("session", "must be an object");
  for (const name of Object.keys(limits)) {
    if (name !== "maxAge") throw invalid(`session.${name}`, "is not an option");
  }
  const { maxAge } = limits as SessionLimits;
  if (maxAge === undefined) return {};
  if (typeof maxAge !== "number" || !Number.isFinite(maxAge) || maxAge <= 0) {
    throw invalid("session.maxAge", "must be a number of seconds above 0");
  }
  return { maxAge };
}

function invalid(option: string, problem: string): ConfigError {
  return new ConfigError({ option, problem, example: "session: { maxAge: 8 * 3600 }" });
}

const attemptsPerWindow = 5;
const refusalsPerWindow = 15;
const window = 60;

/**
 * Counts attempts to authenticate. Each may cost a signature check (CWE-770), so only a few per
 * minute are checked. Some more are refused unchecked. Then the connection ends, since refusals
 * that the client does not read would pile up.
 */
export class Attempts {
  #began = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** Decides one more attempt, at a time in seconds. */
  next(now: number): "checked" | "refused" | "ended" {
    if (now - this.#began >= window) {
      this.#began = now;
      this.#count = 0;
    }
    this.#count++;
    if (this.#count <= attemptsPerWindow) return "checked";
    return this.#count <= attemptsPerWindow + refusalsPerWindow ? "refused" : "ended";
  }
}
