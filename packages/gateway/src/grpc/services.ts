// The two calls that the listener answers: a question of Envoy, and one about the gateway itself.
import type { handleUnaryCall, status as statusCodes } from "@grpc/grpc-js";
import type { ProxyRequest } from "../proxy/original-request.js";
import { GatewayRefusal } from "../refusals.js";
import type { Readiness } from "../server/admin.js";
import { answerQuestion, type ServerParts } from "../server/server.js";
import { parseCheckRequest } from "./check-request.js";
import { toCheckResponse } from "./check-response.js";
import type { CheckRequest, CheckResponse } from "./messages.js";

type Codes = typeof statusCodes;

/**
 * `envoy.service.auth.v3.Authorization/Check`. Each refusal, also for a fault of the gateway, is a
 * `denied_response`: unlike an error, `failure_mode_allow` cannot open it. Without any answer the
 * call fails.
 */
export function createCheck(parts: ServerParts, codes: Codes): handleUnaryCall<CheckRequest, CheckResponse> {
  return ({ request }, callback) => {
    answer(parts, request).then(
      (response) => callback(null, response),
      () => callback({ code: codes.UNAVAILABLE, details: "The request could not be checked" }),
    );
  };
}

async function answer(parts: ServerParts, request: CheckRequest): Promise<CheckResponse> {
  const policy = parts.policy();
  const asked = readQuestion(request);
  const ready = await answerQuestion(parts, policy, asked);
  const sent = asked instanceof GatewayRefusal ? undefined : asked.headers;
  return toCheckResponse(ready, { identity: policy.identity, sent });
}

function readQuestion(request: CheckRequest): ProxyRequest | GatewayRefusal {
  try {
    return parseCheckRequest(request);
  } catch (error) {
    return error instanceof GatewayRefusal ? error : new GatewayRefusal("gateway_failed", { cause: error });
  }
}

const serving = { SERVING: 1, NOT_SERVING: 2 } as const;
/** The empty name is the whole server. */
const names = ["", "envoy.service.auth.v3.Authorization"];

/** `grpc.health.v1.Health/Check`: what `/readyz` says. */
export function createHealthCheck(
  readiness: () => Promise<Readiness>,
  codes: Codes,
): handleUnaryCall<{ readonly service?: string }, { readonly status: number }> {
  return ({ request: { service = "" } }, callback) => {
    if (!names.includes(service)) {
      callback({ code: codes.NOT_FOUND, details: "There is no such service" });
      return;
    }
    readiness().then(
      ({ status }) =>
        callback(null, {
          status: status === "ready" || status === "degraded" ? serving.SERVING : serving.NOT_SERVING,
        }),
      () => callback(null, { status: serving.NOT_SERVING }),
    );
  };
}
