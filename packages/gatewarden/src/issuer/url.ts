// Which URLs may be fetched: https; http on this machine, or at hosts that the developer lists.
// Also which names an issuer may have, which is a separate question.

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether the host name means this machine. */
export function isLoopback(hostname: string): boolean {
  return loopback.test(hostname) || hostname.endsWith(".localhost");
}

/**
 * Whether keys and metadata may come from the URL: https, or http on loopback or at one of
 * `httpHosts` (`host:port`, as `URL` writes it); without a user name (RFC 8414 §2, RFC 8725 §3.10).
 */
export function isSafeUrl(text: string, httpHosts: readonly string[] = []): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return false;
  if (url.protocol === "https:") return true;
  return url.protocol === "http:" && (isLoopback(url.hostname) || httpHosts.includes(url.host));
}

const maxIssuerLength = 512;
const uri = /^[a-z][a-z\d+.-]*:./i;
/** Schemes for embedded content or local files: no issuer has one. */
const noName = /^(?:blob|data|file|javascript):/i;

/**
 * Whether the text can be an issuer's name: printable, short, and a URI if it contains a colon (RFC
 * 7519 §4.1.1 StringOrURI), without user name, query and fragment (RFC 8414 §2, RFC 9207 §2). It is
 * never used as a URL. Names that every object inherits are excluded: a developer's object would
 * seem to contain them (CWE-1321).
 */
export function isIssuerName(text: string): boolean {
  if (text === "" || text.length > maxIssuerLength || text in Object.prototype) return false;
  if (/[^\x21-\x7e]|["'<>?#\\^`{|}]|%(?![\da-f]{2})/i.test(text)) return false;
  if (!text.includes(":")) return true;
  if (!uri.test(text) || noName.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}
