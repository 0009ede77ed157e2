// The URL that the client used, as Express determines it (`trust proxy`).
import type { Request } from "express";
import { InvalidRequestError } from "./bearer-errors.js";

// A name or an address, and a port (RFC 9110 §7.2). No character that ends the authority: it would
// move the border between host and path (CWE-20).
const authority = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i;
const maxPort = 65_535;

/** The host that the client used. Throws `InvalidRequestError` where it is absent or malformed. */
export function parseClientHost(request: Request): string {
  const forwarded = readForwardedHost(request);
  const host = forwarded ?? request.get("host");
  const port = typeof host === "string" ? authority.exec(host)?.[1] : undefined;
  const isSound = typeof host === "string" && authority.test(host) && Number(port ?? 0) <= maxPort;
  if (isSound) return host;
  throw new InvalidRequestError("Invalid Host header");
}

/** The first X-Forwarded-Host, if Express trusts the peer that sent it (CWE-290). */
function readForwardedHost(request: Request): string | undefined {
  const forwarded = request.get("x-forwarded-host");
  const trusts: unknown = request.app?.get("trust proxy fn");
  const isTrusted = typeof trusts === "function" && trusts(request.socket?.remoteAddress, 0) === true;
  return forwarded && isTrusted ? (forwarded.split(",", 1)[0] ?? "").trimEnd() : undefined;
}

/** The absolute URL of a request to that host. Throws `InvalidRequestError`. */
export function parseRequestUrl(request: Request, host: string): URL {
  const path = request.originalUrl ?? request.url;
  if (!URL.canParse(`${request.protocol}://${host}${path}`)) throw new InvalidRequestError("Invalid request URL");
  const url = new URL(`${request.protocol}://${host}${path}`);
  // Such a path can be read as another host (RFC 3986 §3.3, §4.2).
  const isAmbiguous = url.pathname.startsWith("//") || /^\/[a-z][a-z\d+.-]*:\/\//i.test(url.pathname);
  if (isAmbiguous) throw new InvalidRequestError("Invalid request URL");
  return url;
}
