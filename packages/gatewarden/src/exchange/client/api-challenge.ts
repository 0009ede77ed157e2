// Whether an API's answer says that another attempt may succeed.

/** `invalid_token` (RFC 6750 §3.1), or `use_dpop_nonce` (RFC 9449 §9). */
export type RetryReason = "invalid_token" | "use_dpop_nonce";

const longest = 8192;
const challenge = /(?:^|,)\s*(?:bearer|dpop)\s/i;
/**
 * A parameter of a challenge (RFC 9110 §11.2). Quoted text is taken as one. Begins where a name
 * begins, so that a long name is read once and not from each of its letters (CWE-1333).
 */
const parameter = /(?<![\w-])([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;

/** The first such reason in the answer's challenges; undefined where there is none. */
export function readRetryReason({ status, headers }: Response): RetryReason | undefined {
  if (status !== 401) return undefined;
  const text = headers.get("www-authenticate") ?? "";
  if (text.length > longest || !challenge.test(text)) return undefined;
  for (const [, name = "", quoted, plain] of text.matchAll(parameter)) {
    const value = quoted ?? plain;
    if (name.toLowerCase() !== "error") continue;
    if (value === "invalid_token" || value === "use_dpop_nonce") return value;
  }
  return undefined;
}
