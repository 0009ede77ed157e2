// The HTTP server of a tenant, and what a client may take of it: slow clients are hung up on
// (CWE-400, CWE-770).
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { TenantError } from "../errors.js";

export interface ServerOptions {
  /** Key and certificate in PEM. Undefined: plain http. */
  readonly https: { readonly key: string; readonly cert: string } | undefined;
  /**
   * Seconds for a whole request, headers and body. Headers alone, and a TLS handshake, get a third
   * of that.
   */
  readonly requestTimeout: number;
  readonly maxConnections: number;
}

/** Makes the server. Throws a {@link TenantError} for limits that are not above 0. */
export function createServer({ https, requestTimeout, maxConnections }: ServerOptions): Server {
  requireLimit("requestTimeout", requestTimeout);
  requireLimit("maxConnections", maxConnections);
  const whole = Math.ceil(requestTimeout * 1000);
  const part = Math.ceil(whole / 3);
  // Node.js looks for late requests every 30 s unless told otherwise, whatever the limits are.
  const limits = { requestTimeout: whole, headersTimeout: part, connectionsCheckingInterval: Math.min(part, 1000) };
  // Any certificate will do, also a self-signed one: tokens are bound to it, not to a name (RFC
  // 8705 §2.2).
  const tls = { requestCert: true, rejectUnauthorized: false, handshakeTimeout: part };
  const server = https ? createHttpsServer({ ...https, ...limits, ...tls }) : createHttpServer(limits);
  server.maxConnections = maxConnections;
  return server;
}

function requireLimit(name: string, value: number): void {
  // A timer of Node.js takes no more milliseconds than 32 bits hold.
  if (value > 0 && value <= 2_000_000) return;
  const example = name === "requestTimeout" ? "30" : "512";
  throw new TenantError("invalid_configuration", `${name} must be a number above 0. Example: ${example}`);
}
