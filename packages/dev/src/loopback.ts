// Which host names, addresses and web origins are this machine.

const LOOPBACK_IPV4 = /^127(?:\.\d{1,3}){3}$/;

/**
 * True for `localhost`, `*.localhost` (RFC 6761 §6.3), `127.0.0.0/8` and `::1` (with or without
 * brackets).
 */
export function isLoopbackHost(hostname: string): boolean {
  const name = hostname.toLowerCase();
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  return name === "::1" || name === "[::1]" || LOOPBACK_IPV4.test(name);
}

/** True for a web address (`http` or `https`) on this machine, with any port and path. */
export function isLoopbackUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return (url.protocol === "http:" || url.protocol === "https:") && isLoopbackHost(url.hostname);
}
