// The endpoints that the console needs beside the others of `/dev`: `/dev/apis`, `/dev/try` and
// `/dev/explain`.
import { type ExplainContext, explainText } from "../console-api/explain.js";
import type { OnlineApis } from "../console-api/online-apis.js";
import { NoAnswer, tryRequest } from "../console-api/try-request.js";
import { TenantError } from "../errors.js";
import { parseJson } from "../json.js";
import { loadBody } from "./body.js";
import type { Exchange } from "./pipeline.js";
import { sendError, sendJson } from "./respond.js";

/** What the endpoints of the console work on. */
export interface ConsoleEndpoints extends ExplainContext {
  readonly apis: OnlineApis;
}

/** Listed in the answer to an unknown path. */
export const consoleRoutes = "GET, PUT, DELETE /dev/apis, POST /dev/try, POST /dev/explain";

const ownPaths: ReadonlySet<string> = new Set(["/dev/apis", "/dev/try", "/dev/explain"]);

/**
 * Whether a path is for the console's own page, and not for pages of other origins on this machine:
 * `/dev/try` would let them read what the browser keeps from them (CWE-441).
 */
export function isConsolePath(pathname: string): boolean {
  return ownPaths.has(pathname);
}

/** Answers requests of the console; returns false for any other. Throws a `TenantError`. */
export async function answerConsole(exchange: Exchange, endpoints: ConsoleEndpoints): Promise<boolean> {
  const { request, response, url } = exchange;
  const route = `${request.method} ${url.pathname}`;
  const { apis } = endpoints;
  const load = async (): Promise<unknown> => parseBody(await loadBody(request));
  if (route === "GET /dev/apis") sendJson(response, 200, { apis: apis.all });
  else if (route === "PUT /dev/apis") {
    apis.add(await load());
    sendJson(response, 200, { apis: apis.all });
  } else if (route === "DELETE /dev/apis") {
    apis.remove(url.searchParams.get("url") ?? "");
    sendJson(response, 200, { apis: apis.all });
  } else if (route === "POST /dev/try") await answerTry(exchange, apis, await load());
  else if (route === "POST /dev/explain") sendJson(response, 200, await explainText(endpoints, await load()));
  else return false;
  return true;
}

async function answerTry({ response }: Exchange, apis: OnlineApis, input: unknown): Promise<void> {
  try {
    sendJson(response, 200, await tryRequest(input, apis));
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    sendError(response, 502, "no_answer", error.message);
  }
}

function parseBody(body: string): unknown {
  try {
    return parseJson(body);
  } catch (cause) {
    throw new TenantError("invalid_request", "The body must be JSON.", { cause });
  }
}
