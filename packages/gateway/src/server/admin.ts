// The listener for operators: metrics and health. Never reachable for clients of the proxy.
import { createServer, type Server, type ServerResponse } from "node:http";
import type { Guard } from "gatewarden";
import type { GatewayStatus } from "../gateway.js";
import type { Metrics } from "../metrics/metrics.js";

interface AdminParts {
  readonly guard: () => Guard<unknown>;
  readonly status: () => GatewayStatus;
  readonly metrics: Pick<Metrics, "answer">;
}

/** A server that does not listen yet: `/metrics`, `/healthz` (alive), `/readyz` (can decide). */
export function createAdminServer({ guard, status, metrics }: AdminParts): Server {
  return createServer({ maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 5000 }, (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD")
      return send(response, 405, { status: "method not allowed" });
    switch (request.url) {
      case "/metrics":
        return metrics.answer(request, response);
      case "/healthz":
        return send(response, 200, { status: "alive", ...status() });
      case "/readyz":
        return void answerReadiness(response, guard(), status());
      default:
        return send(response, 404, { status: "not found" });
    }
  });
}

async function answerReadiness(response: ServerResponse, guard: Guard<unknown>, own: GatewayStatus): Promise<void> {
  const health = await guard.health();
  const reasons = [...health.reasons];
  if (own.reloadFault !== undefined) reasons.push(`The rules on disk are not in use: ${own.reloadFault}`);
  const isReady = health.status !== "not ready" && !own.isStopping;
  const status = own.isStopping ? "stopping" : isReady && reasons.length > 0 ? "degraded" : health.status;
  send(response, isReady ? 200 : 503, { status, reasons });
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
