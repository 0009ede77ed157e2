// The endpoints that the console needs beside the others of `/dev`.

import { z } from "zod";
import { signingAlgorithms } from "../config/algorithms.js";
import { toComplaint } from "../config/complaint.js";
import { takeDecisions } from "../console-api/decisions.js";
import { type ExplainContext, explainText } from "../console-api/explain.js";
import type { Feed } from "../console-api/feed.js";
import type { IssuedTokens } from "../console-api/issued-tokens.js";
import type { KeyHistory } from "../console-api/key-history.js";
import type { OnlineApis } from "../console-api/online-apis.js";
import { NoAnswer, tryRequest } from "../console-api/try-request.js";
import { TenantError } from "../errors.js";
import { parseJson } from "../json.js";
import type { RotateOptions } from "../keys/key-ring.js";
import { parseReset } from "../reset.js";
import type { ResetPart } from "../reset-parts.js";
import { loadBody } from "./body.js";
import { answerFeed } from "./feed-endpoint.js";
import type { Exchange } from "./pipeline.js";
import { sendError, sendJson } from "./respond.js";

/** What the endpoints of the console work on. */
export interface ConsoleEndpoints extends ExplainContext {
  readonly apis: OnlineApis;
  readonly feed: Feed;
  readonly issued: IssuedTokens;
  readonly keyHistory: KeyHistory;
  readonly rotate: (options: RotateOptions) => Promise<void>;
  readonly withdraw: (kid: string) => Promise<void>;
  readonly putPersona: (id: string, input: unknown) => void;
  readonly putClient: (id: string, input: unknown) => void;
  readonly removePersona: (id: string) => Promise<boolean>;
  readonly removeClient: (id: string) => boolean;
  readonly putApi: (audience: string, input: unknown) => Promise<void>;
  readonly reset: (parts: readonly ResetPart[]) => Promise<void>;
}

/** Listed in the answer to an unknown path. */
export const consoleRoutes: string = [
  "GET, PUT, DELETE /dev/apis",
  "POST /dev/try",
  "POST /dev/explain",
  "GET, POST /dev/keys",
  "DELETE /dev/keys/<kid>",
  "PUT, DELETE /dev/personas/<id>",
  "PUT, DELETE /dev/clients/<id>",
  "PUT /dev/audiences/<audience>",
  "POST /dev/reset",
  "GET /dev/feed",
  "POST /dev/decisions",
].join(", ");

const ownPath = /^\/dev\/(apis|try|explain|feed|decisions|reset|keys(\/.*)?|(personas|clients|audiences)\/.*)$/;

/**
 * Whether a path is for the console's own page, and not for pages of other origins on this machine:
 * `/dev/try` would let them read what the browser keeps from them (CWE-441).
 */
export function isConsolePath(pathname: string): boolean {
  return ownPath.test(pathname);
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
    apis.remove(url.searchParams.get("url"));
    sendJson(response, 200, { apis: apis.all });
  } else if (route === "POST /dev/try") await answerTry(exchange, apis, await load());
  else if (route === "POST /dev/explain") sendJson(response, 200, await explainText(endpoints, await load()));
  else if (route === "GET /dev/feed") answerFeed(exchange, endpoints.feed);
  else if (route === "POST /dev/decisions") {
    await takeDecisions(await load(), endpoints.feed, endpoints.issued);
    response.writeHead(204).end();
  } else return answerChange(exchange, endpoints, load);
  return true;
}

/** Keys, personas, applications and APIs. */
async function answerChange(
  { request, response, url }: Exchange,
  endpoints: ConsoleEndpoints,
  load: () => Promise<unknown>,
): Promise<boolean> {
  const [, kind = "", encoded = ""] =
    /^\/dev\/(keys|personas|clients|audiences|reset)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
  const id = decode(encoded);
  const route = `${request.method} ${kind}${id === "" ? "" : "/one"}`;
  if (route === "GET keys") return sendKeys(response, endpoints);
  if (route === "POST keys") {
    await endpoints.rotate(parseRotation(await load()));
    return sendKeys(response, endpoints);
  }
  if (route === "DELETE keys/one") {
    await endpoints.withdraw(id);
    return sendKeys(response, endpoints);
  }
  if (route === "POST reset") {
    const parts = parseReset(await load());
    await endpoints.reset(parts);
    sendJson(response, 200, { reset: parts });
    return true;
  }
  if (route === "PUT personas/one") endpoints.putPersona(id, await load());
  else if (route === "PUT clients/one") endpoints.putClient(id, await load());
  else if (route === "DELETE personas/one") {
    if (!(await endpoints.removePersona(id))) return sendAbsent(response, "persona", id);
  } else if (route === "DELETE clients/one") {
    if (!endpoints.removeClient(id)) return sendAbsent(response, "client", id);
  } else if (route === "PUT audiences/one") await endpoints.putApi(id, await load());
  else return false;
  response.writeHead(204).end();
  return true;
}

function sendAbsent(response: Exchange["response"], kind: string, id: string): true {
  sendError(response, 404, "not_found", `There is no ${kind} ${JSON.stringify(id)}. GET /dev lists what there is.`);
  return true;
}

function sendKeys(response: Exchange["response"], { keyHistory }: ConsoleEndpoints): true {
  sendJson(response, 200, { keys: keyHistory.describe(), algorithms: signingAlgorithms });
  return true;
}

const rotation = z.strictObject({ dropOld: z.boolean().optional(), algorithm: z.enum(signingAlgorithms).optional() });

function parseRotation(input: unknown): RotateOptions {
  const result = rotation.safeParse(input);
  if (result.success) return result.data;
  const wording = { whole: "the rotation", examples: { dropOld: "true", algorithm: '"ES256"' } };
  const complaints = result.error.issues.map((issue) => toComplaint(issue, input, wording));
  throw new TenantError("invalid_request", complaints.join(" "));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new TenantError("invalid_request", "The path is not encoded correctly.", { cause });
  }
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
  if (body.trim() === "") return {};
  try {
    return parseJson(body);
  } catch (cause) {
    throw new TenantError("invalid_request", "The body must be JSON.", { cause });
  }
}
