// Protects the tenant from websites: it issues tokens without a password, so only this machine may
// use it.
import type { IncomingMessage } from "node:http";
import { isLoopbackHost, isLoopbackUrl } from "../loopback.js";
import type { Handler } from "./pipeline.js";
import { sendError } from "./respond.js";

/**
 * Refuses requests under a foreign host name. Stops DNS rebinding: a website that points its own
 * name at 127.0.0.1 bypasses the browser's same-origin rule, but `Host` still contains its name.
 */
export function createHostGuard(allowedHosts: readonly string[]): Handler {
  return async ({ request, response }, next) => {
    const name = hostname(request);
    if (name !== undefined && (isLoopbackHost(name) || allowedHosts.includes(name))) return next();
    const advice = "Use http://127.0.0.1, or add the name to `allowedHosts`.";
    sendError(response, 403, "invalid_request", `This tenant answers only under names of this machine. ${advice}`);
  };
}

/**
 * Whether a page of another site made the request in a browser. Checked where tokens are issued
 * without a login.
 */
export function isFromOtherSite(request: IncomingMessage): boolean {
  const { origin } = request.headers;
  if (origin !== undefined) return !isLoopbackUrl(origin);
  return request.headers["sec-fetch-site"] === "cross-site";
}

/**
 * Whether a page of another origin made the request in a browser, also one of this machine. A
 * program that is not a browser sends neither header (Fetch Metadata §2.2).
 */
export function isFromOtherOrigin({ headers }: IncomingMessage): boolean {
  const { host, origin } = headers;
  if (origin !== undefined) return origin !== `http://${host}` && origin !== `https://${host}`;
  const site = headers["sec-fetch-site"];
  return site !== undefined && site !== "same-origin" && site !== "none";
}

/**
 * The host name of a single `Host` with only host and port (RFC 9112 §3.2): other parts of a URL
 * would become part of the addresses that the provider publishes.
 */
function hostname({ headers, headersDistinct }: IncomingMessage): string | undefined {
  const host = headers.host ?? "";
  const address = `http://${host}`;
  const isOne = (headersDistinct["host"] ?? []).length <= 1 && /^[^\s/?#@\\]+$/.test(host);
  return isOne && URL.canParse(address) ? new URL(address).hostname : undefined;
}
