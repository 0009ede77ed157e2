// An introspection endpoint on a real socket. It describes good tokens, and answers odd ones the way that is being measured.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** @typedef {import("node:http").ServerResponse} ServerResponse */
/** @typedef {{ url: string, questions: { good: number, odd: number }, close(): Promise<void> }} Endpoint */

const json = { "content-type": "application/json" };
const error = JSON.stringify({ error: "invalid_request" });

/** How the endpoint can answer an odd token. @type {Readonly<Record<string, (response: ServerResponse) => void>>} */
export const oddAnswers = {
  inactive: (response) => void response.writeHead(200, json).end('{"active":false}'),
  400: (response) => void response.writeHead(400, json).end(error),
  403: (response) => void response.writeHead(403).end(),
  500: (response) => void response.writeHead(500).end(),
  html: (response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html></html>"),
  reset: (response) => void response.destroy(),
  hang: () => {},
  401: (response) => void response.writeHead(401, { "www-authenticate": "Basic" }).end(),
  429: (response) => void response.writeHead(429, { "retry-after": "1" }).end(),
};

/** Starts it. Good tokens begin with `good`. @param {{ odd: string, latency?: number, claims: object }} options @returns {Promise<Endpoint>} */
export async function startEndpoint({ odd, latency = 0, claims }) {
  const answerOdd = oddAnswers[odd];
  if (!answerOdd) throw new RangeError(`There is no odd answer ${odd}`);
  const questions = { good: 0, odd: 0 };
  const good = JSON.stringify({ active: true, sub: "user|1", token_type: "Bearer", ...claims });
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const isGood = new URLSearchParams(body).get("token")?.startsWith("good") === true;
    questions[isGood ? "good" : "odd"]++;
    if (latency > 0) await sleep(latency);
    if (isGood) response.writeHead(200, json).end(good);
    else answerOdd(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}/introspect`,
    questions,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
