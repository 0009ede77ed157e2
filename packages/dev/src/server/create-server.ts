// The HTTP server of a tenant, and its limits: slow clients are disconnected (CWE-400, CWE-770).
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { TenantError } from "../errors.js";

export interface ServerOptions {
  /** Key and certificate in PEM. Undefined: plain http. */
  readonly https: { readonly key: string; readonly cert: string } | undefined;
  /** Whether clients are asked for certificates, which they need not have. */
  readonly asksClients: boolean;
  /**
   * Time limit for a whole request, headers and body, in seconds. Headers alone, and a TLS
   * handshake, get a third of it.
   */
  readonly requestTimeout: number;
  readonly maxConnections: number;
}

/** Creates the server. Throws a {@link TenantError} for limits that are not above 0. */
export function createServer({ https, asksClients, requestTimeout, maxConnections }: ServerOptions): Server {
  requireLimit("requestTimeout", requestTimeout);
  requireLimit("maxConnections", maxConnections);
  const whole = Math.ceil(requestTimeout * 1000);
  const part = Math.ceil(whole / 3);
  // By default Node.js checks for late requests only every 30 s, regardless of the limits.
  const limits = { requestTimeout: whole, headersTimeout: part, connectionsCheckingInterval: Math.min(part, 1000) };
  // Any certificate is accepted, including self-signed ones: tokens are bound to it, not to a name
  // (RFC 8705 §2.2).
  const tls = { requestCert: asksClients, rejectUnauthorized: false, handshakeTimeout: part };
  const server = https ? createHttpsServer({ ...https, ...limits, ...tls }) : createHttpServer(limits);
  server.maxConnections = maxConnections;
  return server;
}

function requireLimit(name: string, value: number): void {
  // Node.js timers are limited to 32 bits of milliseconds.
  if (value > 0 && value <= 2_000_000) return;
  const example = name === "requestTimeout" ? "30" : "512";
  throw new TenantError("invalid_configuration", `${name} must be a number above 0. Example: ${example}`);
}
