// The listener for operators: metrics and health. Never reachable for clients of the proxy.
import { createServer, type Server, type ServerResponse } from "node:http";
import type { PublicKeySet } from "../identity/token-issuer.js";

/** What operators can ask for. */
export interface AdminParts {
  readonly toMetrics: () => Promise<string>;
  readonly toReadiness: () => Promise<Readiness>;
  /** The keys of internal tokens, for upstreams, which may not ask the proxies' listener. */
  readonly toKeySet: () => Promise<PublicKeySet | undefined>;
}

/** Whether requests can be decided. */
export interface Readiness {
  readonly status: "ready" | "degraded" | "not ready" | "stopping";
  readonly reasons: readonly string[];
}

/**
 * A server that does not listen yet: `/metrics`, `/healthz` (alive), `/readyz` (can decide), and
 * `/.well-known/jwks.json`.
 */
export function createAdminServer(parts: AdminParts): Server {
  const limits = { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 5000, connectionsCheckingInterval: 1000 };
  return createServer(limits, ({ method, url }, response) => {
    if (method !== "GET" && method !== "HEAD") send(response, 405, { status: "method not allowed" });
    else if (url === "/metrics") void answer(response, () => sendMetrics(response, parts));
    else if (url === "/healthz") send(response, 200, { status: "alive" });
    else if (url === "/readyz") void answer(response, () => sendReadiness(response, parts));
    else if (url === "/.well-known/jwks.json") void answer(response, () => sendKeySet(response, parts));
    else send(response, 404, { status: "not found" });
  });
}

async function answer(response: ServerResponse, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch {
    send(response, 500, { status: "cannot be determined" });
  }
}

async function sendMetrics(response: ServerResponse, { toMetrics }: AdminParts): Promise<void> {
  const text = await toMetrics();
  response.writeHead(200, {
    "content-type": "text/plain; version=0.0.4; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

async function sendReadiness(response: ServerResponse, { toReadiness }: AdminParts): Promise<void> {
  const readiness = await toReadiness();
  const isReady = readiness.status === "ready" || readiness.status === "degraded";
  send(response, isReady ? 200 : 503, readiness);
}

async function sendKeySet(response: ServerResponse, { toKeySet }: AdminParts): Promise<void> {
  const keys = await toKeySet();
  send(response, keys === undefined ? 404 : 200, keys ?? { status: "not found" });
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}
