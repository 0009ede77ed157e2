// Which URLs may be fetched: https; http where the machine talks to itself, or at hosts that the developer lists.

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether the host name means this machine. */
export function isLoopback(hostname: string): boolean {
  return loopback.test(hostname) || hostname.endsWith(".localhost");
}

/**
 * Whether keys and metadata may come from there: https, or http on loopback or at one of `httpHosts` (`host:port`, as `URL` writes it); no
 * user name in front (RFC 8414 §2, RFC 8725 §3.10).
 */
export function isSafeUrl(text: string, httpHosts: readonly string[] = []): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return false;
  if (url.protocol === "https:") return true;
  return url.protocol === "http:" && (isLoopback(url.hostname) || httpHosts.includes(url.host));
}

const maxIssuerLength = 512;

/** Whether the text can be an issuer at all: a short URL as above, without query and fragment (RFC 8414 §2, RFC 9207 §2). */
export function isIssuerUrl(text: string): boolean {
  return text.length <= maxIssuerLength && !/[^\x21-\x7e]|["'<>?#\\^`{|}]/.test(text) && isSafeUrl(text);
}
