// Parses the request target of a request line (RFC 9112 §3.2). It is text from outside, and `new
// URL` throws for some of it (CWE-248).
import type { IncomingMessage } from "node:http";

/**
 * The requested path and query; undefined for a target that is neither a path nor an http address
 * (`*`, `a:1`). Rewrites the request to the parsed value, so that the provider reads the same. The
 * host of an address replaces `Host` (RFC 9112 §3.2.2).
 */
export function readTarget(request: IncomingMessage): URL | undefined {
  const target = request.url ?? "";
  // Not resolved against a base: `//host/path` would change the host.
  const isPath = target.startsWith("/");
  const url = parse(isPath ? `http://localhost${target}` : target);
  if (url === undefined || !(isPath || /^https?:\/\//i.test(target))) return undefined;
  if (url.username !== "" || url.password !== "") return undefined;
  request.url = url.pathname + url.search;
  if (!isPath) request.headers.host = url.host;
  return url;
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
