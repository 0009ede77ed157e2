// The sub-path `gatewarden/log`: what a log line says of a check. Enough to know why, nothing that must not be kept.
import type { Decision, Reason } from "../index.js";
import { toCause } from "./safe-message.js";

/** Fields of a log line. What does not apply is left out. */
export interface LogFields {
  readonly outcome: Decision["outcome"];
  /** Why it was refused: one of the catalogue. */
  readonly reason?: Reason;
  /** Status of the answer to a refused request. */
  readonly status?: number;
  /** The trusted issuer that the token names: proven by an accepted token, only claimed by a refused one. */
  readonly issuer?: string;
  /** 16 characters of the token's SHA-256: the same token gives the same ones. */
  readonly fingerprint?: string;
  /** Seconds that the check took. */
  readonly duration?: number;
  /** Seconds after which trying again makes sense, as the client is told. */
  readonly retryAfter?: number;
  /** What is broken on this side, of a refusal that is not the caller's fault (status 500 and above). */
  readonly cause?: string;
  /** Cause and fix, what this API wants and what the token says: with `explain: "development"`, which production refuses. */
  readonly explanation?: RefusalExplanation;
}

/** The fields of one decision, for any logger: `onDecision: (decision) => logger.info(toLogFields(decision), "checked")`. */
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
