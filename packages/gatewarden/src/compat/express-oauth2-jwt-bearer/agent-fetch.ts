// The option `agent`: fetches over node:http and node:https, through the application's own agent.
import { type Agent, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { Readable } from "node:stream";
import type { Fetch, FetchAnswer } from "../../index.js";

/** A `fetch` through the agent. Never follows a redirect: the guard decides about those. */
export function createAgentFetch(agent: Agent): Fetch {
  return (url, { method = "GET", headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const send = url.startsWith("https:") ? requestHttps : requestHttp;
      // Answers are not decompressed here.
      const options = {
        agent,
        method,
        headers: { ...headers, "accept-encoding": "identity" },
        ...(signal && { signal }),
      };
      const outgoing = send(url, options, (incoming) => resolve(toAnswer(incoming)));
      outgoing.on("error", reject);
      outgoing.end(body);
    });
}

function toAnswer(incoming: IncomingMessage): FetchAnswer {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return { status: incoming.statusCode ?? 0, headers, body: Readable.toWeb(incoming) as FetchAnswer["body"] };
}
