// The sub-path `gatewarden/log`: the fields of a log line for a check. They state why, and hold no
// secrets.
import type { Decision, Reason } from "../index.js";
import { toCause } from "./safe-message.js";

/** Fields of a log line. Fields that do not apply are omitted. */
export interface LogFields {
  readonly outcome: Decision["outcome"];
  /** Why it was refused: a reason of the catalogue. */
  readonly reason?: Reason;
  /** Status of the answer to a refused request. */
  readonly status?: number;
  /**
   * The trusted issuer that the token names: proven by an accepted token, only claimed by a refused
   * one.
   */
  readonly issuer?: string;
  /** 16 characters of the token's SHA-256, equal for equal tokens. */
  readonly fingerprint?: string;
  /** Seconds that the check took. */
  readonly duration?: number;
  /** Seconds to wait before trying again, as sent to the client. */
  readonly retryAfter?: number;
  /**
   * The failure on this side behind a refusal that is not the caller's fault (status 500 and
   * above).
   */
  readonly cause?: string;
  /**
   * Cause and fix, expected and actual: with `explain: "development"`, which production refuses.
   */
  readonly explanation?: RefusalExplanation;
}

/**
 * The fields of one decision, for any logger:
 * `onDecision: (decision) => logger.info(toLogFields(decision), "checked")`.
 */
export function toLogFields(decision: Decision): LogFields {
  const { outcome, issuer, fingerprint, duration } = decision;
  return {
    outcome,
    ...(decision.outcome === "refused" && toRefusalFields(decision)),
    ...(issuer !== undefined && { issuer }),
    ...(fingerprint !== undefined && { fingerprint }),
    ...(duration !== undefined && { duration }),
  };
}

type Refused = Extract<Decision, { outcome: "refused" }>;
type RefusalExplanation = NonNullable<Refused["explanation"]>;

function toRefusalFields({ error, explanation }: Refused): Partial<LogFields> {
  const { reason, status, retryAfter } = error;
  return {
    reason,
    status,
    ...(retryAfter !== undefined && { retryAfter }),
    ...(status >= 500 && { cause: toCause(error) }),
    ...(explanation && { explanation }),
  };
}
