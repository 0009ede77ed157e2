// `GET /dev` says what this tenant is made of; `POST /dev/token` gives a token without a login. For tests in any language.
import type { IncomingMessage, ServerResponse } from "node:http";
import { TenantError } from "../errors.js";
import { type IssuedToken, parseTokenRequest, type TokenRequest } from "../token-request.js";
import { readBody } from "./body.js";
import { isFromOtherSite } from "./host-guard.js";
import type { Exchange, Handler } from "./pipeline.js";
import { sendError, sendJson } from "./respond.js";

export interface DevEndpoints {
  readonly describe: () => unknown;
  readonly issue: (request: TokenRequest) => Promise<IssuedToken>;
}

export function createDevHandler(endpoints: DevEndpoints): Handler {
  return async (exchange, next) => {
    const { request, response, url } = exchange;
    if (url.pathname !== "/dev" && !url.pathname.startsWith("/dev/")) return next();
    if (isFromOtherSite(request)) {
      return sendError(response, 403, "access_denied", "Only pages of this machine may use /dev.");
    }
    allowOrigin(request, response);
    if (request.method === "OPTIONS") {
      response.writeHead(204).end();
      return;
    }
    return answer(exchange, endpoints);
  };
}

async function answer({ request, response, url }: Exchange, endpoints: DevEndpoints): Promise<void> {
  const route = `${request.method} ${url.pathname}`;
  if (route === "GET /dev") return sendJson(response, 200, endpoints.describe());
  if (route === "POST /dev/token") return issue(request, response, endpoints);
  sendError(response, 404, "not_found", "There is GET /dev and POST /dev/token.");
}

async function issue(request: IncomingMessage, response: ServerResponse, endpoints: DevEndpoints): Promise<void> {
  try {
    const wanted = parseTokenRequest(await readBody(request));
    sendJson(response, 200, await endpoints.issue(wanted));
  } catch (error) {
    if (!(error instanceof TenantError)) throw error;
    sendError(response, 400, error.code, error.message);
  }
}

function allowOrigin({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader("vary", "origin");
  if (headers.origin === undefined) return;
  response.setHeader("access-control-allow-origin", headers.origin);
  response.setHeader("access-control-allow-methods", "GET, POST");
  response.setHeader("access-control-allow-headers", "content-type");
}
