import { type ProtectOptions, protect } from "../../src/adapters/fetch.js";
import { listenFetch } from "../support/listen-fetch.js";
import { type Adapter, answerOf, type Route, routes, type Setting, toOptions } from "./_application.js";
import { describeConformance } from "./_conformance.js";

type Handler = (request: Request) => Promise<Response>;

const onRefusal: NonNullable<ProtectOptions["onRefusal"]> = (error, response) =>
  Response.json({ problem: error.reason }, { status: response.status, headers: response.headers });

function toHandler({ need, path }: Route, { guard, reshape }: Setting): Handler {
  const options = reshape ? { onRefusal, ...toOptions(need) } : need[0];
  const answer = async (request: Request, auth?: Parameters<typeof answerOf>[0]) => {
    const body = answerOf(auth, request.method === "POST" ? await request.text() : undefined);
    // What comes from `fetch` has headers that cannot be changed.
    if (path === "/optional") return fetch(`data:application/json,${encodeURIComponent(JSON.stringify(body))}`);
    return Response.json(body);
  };
  const handler = options ? protect(guard, options, answer) : protect(guard, answer);
  return path === "/twice" ? protect(guard, (request) => handler(request)) : handler;
}

const adapter: Adapter = {
  cannot: {
    setEarlierChallenge: "a handler is all there is; what goes around it appends to its Response",
    readCertificate: "a Request tells nothing of the connection",
  },
  start: (setting) => {
    const handlers = new Map(routes.map((route) => [`${route.method} ${route.path}`, toHandler(route, setting)]));
    return listenFetch((request) => {
      const { pathname } = new URL(request.url);
      const method = request.method === "HEAD" ? "GET" : request.method;
      return handlers.get(`${method} ${pathname}`)?.(request) ?? new Response(null, { status: 404 });
    }, setting.tls);
  },
};

describeConformance("gatewarden/fetch", adapter);
