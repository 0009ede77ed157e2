import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type ProtectOptions, protect } from "../../src/adapters/node.js";
import {
  answerOf,
  describeConformance,
  earlierChallenge,
  type Route,
  routes,
  type Setting,
  toOptions,
} from "./conformance.js";
import { listen } from "./support/listen.js";

const onRefusal: NonNullable<ProtectOptions["onRefusal"]> = (error, _request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ problem: error.reason }));
};

function toListener({ need, path }: Route, { guard, reshape }: Setting): RequestListener {
  const options = reshape ? { onRefusal, ...toOptions(need) } : need[0];
  const answer = async (request: IncomingMessage, response: ServerResponse, auth?: Parameters<typeof answerOf>[0]) => {
    const body = request.method === "POST" ? await readBody(request) : undefined;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answerOf(auth, body)));
  };
  const listener = options ? protect(guard, options, answer) : protect(guard, answer);
  if (path !== "/earlier-challenge") return listener;
  return (request, response) => {
    response.setHeader("www-authenticate", earlierChallenge);
    listener(request, response);
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}

function toServer(setting: Setting): RequestListener {
  const listeners = new Map(routes.map((route) => [`${route.method} ${route.path}`, toListener(route, setting)]));
  return (request, response) => {
    const method = request.method === "HEAD" ? "GET" : request.method;
    const listener = listeners.get(`${method} ${request.url?.split("?")[0]}`);
    if (listener) listener(request, response);
    else response.writeHead(404).end();
  };
}

describeConformance("gatewarden/node", { start: (setting) => listen(toServer(setting)) });
