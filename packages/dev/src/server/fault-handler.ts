// Faults of the tenant's answers: late, wrong, or missing. Answers under `/dev` are never faulty.
import type { ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { AnswerFaultName, Endpoint, Failure } from "../faults/fault.js";
import type { FaultBoard } from "../faults/fault-board.js";
import { answerFaultsOf } from "../faults/provider-faults.js";
import { isPollPath, metadataPaths, paths, signalPaths } from "../provider/paths.js";
import type { Exchange, Handler } from "./pipeline.js";
import { sendError, sendPage } from "./respond.js";

const endpoints: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ...metadataPaths.map((path): [string, Endpoint] => [path, "discovery"]),
  [paths.jwks, "jwks"],
  [paths.token, "token"],
  ...signalPaths.map((path): [string, Endpoint] => [path, "signals"]),
]);

type Fail = (exchange: Exchange, name: AnswerFaultName) => void;

const answers: Readonly<Record<Exclude<Failure, "slow">, Fail>> = {
  "500": ({ response }, name) => sendError(response, 500, "server_error", explain(name)),
  html: ({ response }, name) => {
    const text = `<!doctype html><title>Please sign in</title><h1>Please sign in</h1><p>${explain(name)}</p>\n`;
    sendPage(response, 200, text);
  },
  closed: ({ request }) => void request.socket.destroy(),
};

/** Marks the failure as intended in the response. */
const header = "x-gatewarden-fault";

export function createFaultHandler(board: FaultBoard): Handler {
  return async (exchange, next) => {
    const { request, response, url } = exchange;
    setClock(response, board);
    const endpoint = isPollPath(url.pathname) ? "signals" : endpoints.get(url.pathname);
    // A browser's preflight is not a request to the endpoint; it would use up `times`.
    if (endpoint === undefined || request.method === "OPTIONS") return next();
    for (const name of answerFaultsOf(endpoint, "slow")) await delay(board, name, response);
    if (response.destroyed) return;
    for (const failure of ["closed", "500", "html"] as const) {
      const name = answerFaultsOf(endpoint, failure).find((candidate) => board.take(candidate) !== undefined);
      if (name === undefined) continue;
      response.setHeader(header, name);
      return answers[failure](exchange, name);
    }
    return next();
  };
}

/** A wrong clock shows in `Date` (RFC 9110 §6.6.1), where others can detect it. */
function setClock(response: ServerResponse, board: FaultBoard): void {
  const skew = board.find("clock-skew")?.fault.seconds;
  if (skew !== undefined) response.setHeader("date", new Date(Date.now() + skew * 1000).toUTCString());
}

/** Waits, but not longer than the fault is active and the client is connected. */
async function delay(board: FaultBoard, name: AnswerFaultName, response: ServerResponse): Promise<void> {
  const slow = board.take(name);
  if (slow === undefined) return;
  response.setHeader(header, name);
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  response.once("close", leave);
  const signal = AbortSignal.any([slow.ended, gone.signal]);
  await setTimeout((slow.fault.seconds ?? 0) * 1000, undefined, { signal }).catch(() => undefined);
  response.off("close", leave);
}

function explain(name: string): string {
  return `The local tenant was told to fail: ${name} is on. Switch it off with: npx gatewarden faults --reset`;
}
