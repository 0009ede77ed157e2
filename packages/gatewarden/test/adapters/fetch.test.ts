import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { type ProtectOptions, protect } from "../../src/adapters/fetch.js";
import {
  type Adapter,
  answerOf,
  describeConformance,
  type Route,
  routes,
  type Setting,
  toOptions,
} from "./conformance.js";
import { listenWith } from "./support/listen.js";

type Handler = (request: Request) => Promise<Response>;

const onRefusal: NonNullable<ProtectOptions["onRefusal"]> = (error, response) =>
  Response.json({ problem: error.reason }, { status: response.status, headers: response.headers });

function toHandler({ need }: Route, { guard, reshape }: Setting): Handler {
  const options = reshape ? { onRefusal, ...toOptions(need) } : need[0];
  const answer = async (request: Request, auth?: Parameters<typeof answerOf>[0]) =>
    Response.json(answerOf(auth, request.method === "POST" ? await request.text() : undefined));
  return options ? protect(guard, options, answer) : protect(guard, answer);
}

const adapter: Adapter = {
  cannot: { setEarlierChallenge: "a handler is all there is; what goes around it appends to its Response" },
  start: (setting) => {
    const handlers = new Map(routes.map((route) => [`${route.method} ${route.path}`, toHandler(route, setting)]));
    const server = createAdaptorServer({
      fetch: (request) => {
        const { pathname } = new URL(request.url);
        const method = request.method === "HEAD" ? "GET" : request.method;
        return handlers.get(`${method} ${pathname}`)?.(request) ?? new Response(null, { status: 404 });
      },
    });
    return listenWith(server as Server);
  },
};

describeConformance("gatewarden/fetch", adapter);
