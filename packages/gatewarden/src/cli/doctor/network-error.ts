// Errors of sockets and `fetch` → a few words and a searchable code.
import { findFaultOfCode } from "../../explain/specifics/network-faults.js";

/** The code of an error or of its innermost cause. */
export function readErrorCode(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth++) {
    const inner = current instanceof AggregateError ? (current.errors[0] as unknown) : current;
    const { code } = (inner ?? {}) as { code?: unknown };
    if (typeof code === "string" && code !== "ERR_INVALID_STATE") return code;
  }
  return undefined;
}

/** A clause such as "the connection was refused (ECONNREFUSED)". */
export function describeNetworkError(error: unknown): string {
  const code = readErrorCode(error);
  if (code === undefined) return error instanceof Error && error.message !== "" ? error.message : "it failed";
  const known = findFaultOfCode(code)?.what;
  return known === undefined ? code : `${known} (${code})`;
}
