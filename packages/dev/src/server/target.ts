// The request target: what a request line names (RFC 9112 §3.2). Text from outside, and `new URL`
// throws for some of it (CWE-248).
import type { IncomingMessage } from "node:http";

/**
 * The path and query that a request asks for; undefined for a target that is neither a path nor an
 * http address (`*`, `a:1`). The request is rewritten to what was read, so that the provider reads
 * the same. The host of an address replaces `Host` (RFC 9112 §3.2.2).
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
