// The listener for operators: metrics and health. Never reachable for clients of the proxy.
import { createServer, type Server, type ServerResponse } from "node:http";
import { answerWellKnown, type Published } from "./well-known.js";

/** What operators can ask for. */
export interface AdminParts {
  readonly toMetrics: () => Promise<string>;
  readonly toReadiness: () => Promise<Readiness>;
  /** Upstreams may not ask the proxies' listener, and one for Apache speaks no HTTP. */
  readonly toPublished: () => Promise<Published>;
}

/** Whether requests can be decided. */
export interface Readiness {
  readonly status: "ready" | "degraded" | "not ready" | "stopping";
  readonly reasons: readonly string[];
}

/**
 * A server that does not listen yet: `/metrics`, `/healthz` (alive), `/readyz` (can decide), and
 * what is published under `/.well-known/`.
 */
export function createAdminServer(parts: AdminParts): Server {
  const limits = { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 5000, connectionsCheckingInterval: 1000 };
  return createServer(limits, (request, response) => {
    const { method, url } = request;
    if (url?.startsWith("/.well-known/"))
      void answer(response, async () => answerWellKnown(request, response, await parts.toPublished()));
    else if (method !== "GET" && method !== "HEAD") send(response, 405, { status: "method not allowed" });
    else if (url === "/metrics") void answer(response, () => sendMetrics(response, parts));
    else if (url === "/healthz") send(response, 200, { status: "alive" });
    else if (url === "/readyz") void answer(response, () => sendReadiness(response, parts));
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

function send(response: ServerResponse, status: number, body: object): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}
