// The response headers that a page in a browser may read. Beyond a safelisted few, these are only
// the headers that the response names itself (Fetch, "CORS-safelisted response-header name").

/** The header that lists them. */
export const exposedHeaders = "access-control-expose-headers";

/** Our headers that pages need: how to ask for a token, the next nonce, when to retry. */
const ours = ["WWW-Authenticate", "DPoP-Nonce", "Retry-After"];

/**
 * Returns what the application already exposes (`present`, in its framework's form), plus those of
 * our headers that the response carries. Only the application's CORS decides who may read the
 * response.
 */
export function toExposed(present: unknown, headers: Readonly<Record<string, unknown>>): string {
  const earlier = [present ?? []].flat().join(", ");
  const known = earlier.toLowerCase().split(/[\s,]+/);
  const missing = ours.filter((name) => name.toLowerCase() in headers && !known.includes(name.toLowerCase()));
  return [earlier, ...missing].filter(Boolean).join(", ");
}
