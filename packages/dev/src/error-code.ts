// The code by which Node.js tells network errors apart.

/** The code of an error, or of what caused it, as `fetch` reports it. */
export function readCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return "code" in error && typeof error.code === "string" ? error.code : readCode(error.cause);
}
