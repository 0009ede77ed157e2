// The request target: what a request line names (RFC 9112 §3.2). Text from outside, and `new URL`
// throws for some of it (CWE-248).
import type { IncomingMessage } from "node:http";

/**
 * The path and query that a request asks for; undefined for a target that is neither a path nor an
 * http address (`*`, `a:1`). An address is rewritten to its path, and its host replaces `Host` (RFC
 * 9112 §3.2.2).
 */
export function readTarget(request: IncomingMessage): URL | undefined {
  const target = request.url ?? "";
  // Not resolved against a base: `//host/path` would change the host.
  if (target.startsWith("/")) return parse(`http://localhost${target}`);
  const url = parse(target);
  if (url === undefined || !/^https?:\/\//i.test(target)) return undefined;
  if (url.username !== "" || url.password !== "") return undefined;
  request.url = url.pathname + url.search;
  request.headers.host = url.host;
  return url;
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
