// Which headers of an answer a page in a browser may read. Beyond a few, those only that the answer
// names itself (Fetch, "CORS-safelisted response-header name").

/** The header that names them. */
export const exposedHeaders = "access-control-expose-headers";

/** Headers of ours that pages need: how to ask for a token, the next nonce, when to come again. */
const ours = ["WWW-Authenticate", "DPoP-Nonce", "Retry-After"];

/**
 * What the application exposes already (`present`, as its framework holds it), and those of ours
 * that the answer has. The application's CORS decides alone who may read the answer at all.
 */
export function toExposed(present: unknown, headers: Readonly<Record<string, unknown>>): string {
  const earlier = [present ?? []].flat().join(", ");
  const known = earlier.toLowerCase().split(/[\s,]+/);
  const missing = ours.filter((name) => name.toLowerCase() in headers && !known.includes(name.toLowerCase()));
  return [earlier, ...missing].filter(Boolean).join(", ");
}
