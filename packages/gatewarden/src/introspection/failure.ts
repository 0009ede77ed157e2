// What a failed question says about the server. Reads the error's data, not its message, which may
// quote a token.
import { DependencyError } from "../monitoring/dependency.js";

/** What a failure is about. */
export interface Failure {
  /**
   * `service`: about us or the connection to the server, whatever the token. `token`: the server
   * answered, but not about this token. `unclear`: either, as the text of one token can make a
   * server crash, stall or close the connection.
   */
  readonly about: "service" | "token" | "unclear";
  /** Seconds for which the server asked not to be contacted (RFC 6585 §4). */
  readonly retryAfter?: number;
}

/** An answer that is not an introspection response. */
export class UnusableAnswer extends DependencyError {}

/** Longest wait that the server can request, in seconds. */
const longestWait = 60;

/**
 * System errors from before a connection is established. No token has been sent yet, so no token
 * can be the cause.
 */
const connectionCodes: ReadonlySet<unknown> = new Set([
  ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"],
]);
/** `fetch` nests the system's error one or two causes deep. */
const deepestCause = 3;

/**
 * Classifies what `introspect` rejected with. Never throws: the error comes from the developer's
 * code.
 */
export function readFailure(error: unknown): Failure {
  try {
    if (error instanceof UnusableAnswer) return { about: "token" };
    const status = readMember(error, "status") ?? readMember(error, "statusCode");
    if (typeof status === "number") return readFailureStatus(status, readMember(error, "retryAfter"));
    return { about: isConnectionFailure(error) ? "service" : "unclear" };
  } catch {
    return { about: "unclear" };
  }
}

function readFailureStatus(status: number, retryAfter: unknown): Failure {
  if (status === 429) {
    const isUsable = typeof retryAfter === "number" && retryAfter > 0;
    return { about: "service", retryAfter: isUsable ? Math.min(retryAfter, longestWait) : 0 };
  }
  // The server rejected this API's credentials (RFC 7662 §2.3).
  if (status === 401) return { about: "service" };
  const isAnswer = (status >= 200 && status < 300) || (status >= 400 && status < 500);
  return { about: isAnswer ? "token" : "unclear" };
}

function isConnectionFailure(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < deepestCause; depth++) {
    if (connectionCodes.has(readMember(current, "code"))) return true;
    current = readMember(current, "cause");
  }
  return false;
}

function readMember(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
