// `GET /dev` describes this tenant; `POST /dev/token` issues a token without a login; `/dev/faults`
// switches faults; `/dev/logout` and `/dev/signals` are about people. For tests in any language.
import type { IncomingMessage, ServerResponse } from "node:http";
import { TenantError } from "../errors.js";
import type { TenantFaults } from "../faults/fault-board.js";
import { type CheckedTokenRequest, type IssuedToken, parseTokenRequest } from "../token-request.js";
import { loadBody } from "./body.js";
import { answerConsole, type ConsoleEndpoints, consoleRoutes, isConsolePath } from "./console-endpoints.js";
import { answerFaults } from "./fault-endpoints.js";
import { isFromOtherOrigin, isFromOtherSite } from "./host-guard.js";
import { answerPeople, type PeopleActions } from "./people-endpoints.js";
import type { Exchange, Handler } from "./pipeline.js";
import { sendError, sendJson } from "./respond.js";

export interface DevEndpoints {
  readonly describe: () => unknown;
  readonly issue: (request: CheckedTokenRequest) => Promise<IssuedToken>;
  readonly faults: TenantFaults;
  readonly people: PeopleActions;
  readonly console: ConsoleEndpoints;
}

export function createDevHandler(endpoints: DevEndpoints): Handler {
  return async (exchange, next) => {
    const { request, response, url } = exchange;
    if (url.pathname !== "/dev" && !url.pathname.startsWith("/dev/")) return next();
    if (isFromOtherSite(request)) {
      return sendError(response, 403, "access_denied", "Only pages of this machine may use /dev.");
    }
    if (isConsolePath(url.pathname)) {
      if (isFromOtherOrigin(request)) {
        return sendError(response, 403, "access_denied", "Only the tenant's own page may use this.");
      }
    } else allowOrigin(request, response);
    if (request.method === "OPTIONS") {
      response.writeHead(204).end();
      return;
    }
    return answer(exchange, endpoints);
  };
}

async function answer(exchange: Exchange, endpoints: DevEndpoints): Promise<void> {
  const { request, response, url } = exchange;
  const route = `${request.method} ${url.pathname}`;
  try {
    if (route === "GET /dev") return sendJson(response, 200, endpoints.describe());
    if (route === "POST /dev/token") return await issue(request, response, endpoints);
    if (await answerFaults(exchange, endpoints.faults)) return;
    if (await answerPeople(exchange, endpoints.people)) return;
    if (await answerConsole(exchange, endpoints.console)) return;
  } catch (error) {
    if (!(error instanceof TenantError)) throw error;
    return sendError(response, 400, error.code, error.message);
  }
  const people = "GET /dev/logins, POST /dev/logout, and GET, POST /dev/signals";
  const rest = "GET, POST, PUT, DELETE /dev/faults, DELETE /dev/faults/<name>";
  sendError(response, 404, "not_found", `There is GET /dev, POST /dev/token, ${rest}, ${people}, ${consoleRoutes}.`);
}

async function issue(request: IncomingMessage, response: ServerResponse, endpoints: DevEndpoints): Promise<void> {
  const wanted = parseTokenRequest(await loadBody(request));
  sendJson(response, 200, await endpoints.issue(wanted));
}

function allowOrigin({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader("vary", "origin");
  if (headers.origin === undefined) return;
  response.setHeader("access-control-allow-origin", headers.origin);
  response.setHeader("access-control-allow-methods", "GET, POST, PUT, DELETE");
  response.setHeader("access-control-allow-headers", "content-type");
}
