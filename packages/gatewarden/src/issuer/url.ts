// Which URLs may be fetched: https, or http where the machine talks to itself.

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether the host name means this machine. */
export function isLoopback(hostname: string): boolean {
  return loopback.test(hostname) || hostname.endsWith(".localhost");
}

/** Whether keys and metadata may come from there: https, or http on loopback; no user name in front (RFC 8414 §2, RFC 8725 §3.10). */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

const maxIssuerLength = 512;

/** Whether the text can be an issuer at all: a short URL as above, without query and fragment (RFC 8414 §2, RFC 9207 §2). */
export function isIssuerUrl(text: string): boolean {
  return text.length <= maxIssuerLength && !/[^\x21-\x7e]|["'<>?#\\^`{|}]/.test(text) && isSafeUrl(text);
}
