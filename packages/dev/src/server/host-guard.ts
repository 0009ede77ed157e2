// Keeps websites away from the tenant: it hands out tokens without a password, so only this machine may talk to it.
import type { IncomingMessage } from "node:http";
import { isLoopbackHost, isLoopbackUrl } from "../loopback.js";
import type { Handler } from "./pipeline.js";
import { sendError } from "./respond.js";

/**
 * Refuses requests under a foreign host name. Stops DNS rebinding: a website that points its own name at 127.0.0.1 gets
 * past the browser's same-origin rule, but its name still stands in `Host`.
 */
export function createHostGuard(allowedHosts: readonly string[]): Handler {
  return async ({ request, response }, next) => {
    const name = hostname(request);
    if (name !== undefined && (isLoopbackHost(name) || allowedHosts.includes(name))) return next();
    const advice = "Use http://127.0.0.1, or add the name to `allowedHosts`.";
    sendError(response, 403, "invalid_request", `This tenant answers only under names of this machine. ${advice}`);
  };
}

/** Refuses requests that a page of another site makes in a browser; used where tokens come without a login. */
export function isFromOtherSite(request: IncomingMessage): boolean {
  const { origin } = request.headers;
  if (origin !== undefined) return !isLoopbackUrl(origin);
  return request.headers["sec-fetch-site"] === "cross-site";
}

/**
 * One name, and host and port alone (RFC 9112 §3.2): what else a URL may hold would become part of
 * the addresses that the provider publishes.
 */
function hostname({ headers, headersDistinct }: IncomingMessage): string | undefined {
  const host = headers.host ?? "";
  const address = `http://${host}`;
  const isOne = (headersDistinct["host"] ?? []).length <= 1 && /^[^\s/?#@\\]+$/.test(host);
  return isOne && URL.canParse(address) ? new URL(address).hostname : undefined;
}
