// Converts anything thrown to a refusal. Never throws, since it runs in the outermost functions.
import { AuthError, catalogue, type Guard, type Refusal } from "../index.js";
import { warnOfListener } from "../platform/runtime.js";

const fallback: Refusal = {
  status: catalogue.check_failed.status,
  headers: { "cache-control": "no-store" },
  body: { error: "server_error", error_description: catalogue.check_failed.description, reason: "check_failed" },
};

/**
 * The refusal, or `check_failed` (500) for any other error, whose message must not reach the client
 * (CWE-209). The operator is warned of such an error, with `where` it was thrown.
 */
export function toThrownRefusal(guard: Pick<Guard, "refusal">, thrown: unknown, where: string): Refusal {
  const isRefusal = thrown instanceof AuthError;
  if (!isRefusal) warnOfListener(where, thrown);
  try {
    return guard.refusal(isRefusal ? thrown : new AuthError("check_failed", { cause: thrown }));
  } catch (error) {
    warnOfListener("guard.refusal", error);
    return fallback;
  }
}
