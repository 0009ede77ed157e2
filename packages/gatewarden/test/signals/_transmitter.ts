// A small transmitter over a real socket: metadata, streams, subjects, verification, and a queue
// that is polled as RFC 8936 describes. Tests break it where they need to.
import type { IncomingMessage, ServerResponse } from "node:http";
import { issuer as guardIssuer, jwks } from "../support/keys.js";
import { type Listening, listen } from "../support/listen.js";
import { receiverAudience, setToken, verification } from "./_signal.js";

/** What a receiver sent. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: JSON, as the test expects it.
  readonly body: any;
}

/** The transmitter, and what tests look at. */
export interface Transmitter extends Listening {
  readonly received: Received[];
  /** Tokens by `jti` that were not acknowledged yet. */
  readonly queue: Map<string, string>;
  /** What receivers reported as wrong. */
  readonly errors: Record<string, unknown>;
  /** Replaces the answer to requests for a path. Undefined answers as usual. */
  intercept: ((request: Received, response: ServerResponse) => boolean) | undefined;
  /** Adds a token, and wakes a poll that waits. */
  add(jti: string, token: string): void;
  /** Resolves once so many polls have come. */
  polls(count: number): Promise<void>;
  /** Resolves once the queue is empty. */
  emptied(): Promise<void>;
}

const authorization = "Bearer management";
export const streamId = "stream-1";

export async function startTransmitter(): Promise<Transmitter> {
  const [received, queue, errors] = [[] as Received[], new Map<string, string>(), {} as Record<string, unknown>];
  const listeners = new Set<() => void>();
  const wake = () => {
    for (const listener of [...listeners]) listener();
  };
  const until = (isReached: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isReached()) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  const stream = (changes: object = {}) => ({
    ...{ stream_id: streamId, iss: guardIssuer, aud: receiverAudience, events_delivered: [] },
    delivery: { method: "urn:ietf:rfc:8936", endpoint_url: `${transmitter.origin}/poll` },
    ...changes,
  });
  const routes: Readonly<Record<string, (request: Received) => [status: number, body?: unknown] | undefined>> = {
    "/.well-known/ssf-configuration": () => [200, metadata()],
    "/.well-known/ssf-configuration/tenant": () => [200, { ...metadata(), issuer: `${transmitter.origin}/tenant` }],
    "/jwks": () => [200, jwks],
    "/stream": ({ method, url, body }) => {
      if (method === "DELETE") return [204];
      if (method === "GET") return url.includes("stream_id=") ? [200, stream()] : [200, [stream()]];
      return [method === "POST" ? 201 : 200, stream(body)];
    },
    "/status": ({ method, body }) => [200, method === "GET" ? { stream_id: streamId, status: "enabled" } : body],
    "/subjects:add": () => [200],
    "/subjects:remove": () => [204],
    "/verify": ({ body }) => {
      const events = { [verification]: { state: body.state } };
      const sub_id = { format: "opaque", id: body.stream_id };
      queue.set("verification", setToken({ jti: "verification", sub_id, events }));
      wake();
      return [204];
    },
  };
  const metadata = () => ({
    ...{ spec_version: "1_0", issuer: transmitter.origin, jwks_uri: `${transmitter.origin}/jwks` },
    configuration_endpoint: `${transmitter.origin}/stream`,
    status_endpoint: `${transmitter.origin}/status`,
    add_subject_endpoint: `${transmitter.origin}/subjects:add`,
    remove_subject_endpoint: `${transmitter.origin}/subjects:remove`,
    verification_endpoint: `${transmitter.origin}/verify`,
    delivery_methods_supported: ["urn:ietf:rfc:8935", "urn:ietf:rfc:8936"],
  });
  const poll = async ({ body }: Received, response: ServerResponse) => {
    for (const jti of body.ack ?? []) queue.delete(jti);
    for (const [jti, error] of Object.entries(body.setErrs ?? {})) {
      queue.delete(jti);
      errors[jti] = error;
    }
    wake();
    if (queue.size === 0 && !body.returnImmediately)
      await Promise.race([until(() => queue.size > 0), closed(response)]);
    const sets = Object.fromEntries([...queue].slice(0, body.maxEvents));
    answer(response, 200, { sets, moreAvailable: queue.size > body.maxEvents });
  };
  const server = await listen(async (incoming, response) => {
    const request = await readRequest(incoming);
    received.push(request);
    wake();
    if (transmitter.intercept?.(request, response)) return;
    const { pathname } = new URL(request.url, "http://localhost");
    const isPublic = pathname.startsWith("/.well-known") || pathname === "/jwks";
    if (!isPublic && request.authorization !== authorization) return answer(response, 401);
    if (pathname === "/poll") return poll(request, response);
    const [status, body] = routes[pathname]?.(request) ?? [404];
    return answer(response, status, body);
  });
  const transmitter: Transmitter = {
    ...server,
    ...{ received, queue, errors, intercept: undefined },
    add(jti, token) {
      queue.set(jti, token);
      wake();
    },
    polls: (count) => until(() => received.filter(({ url }) => url === "/poll").length >= count),
    emptied: () => until(() => queue.size === 0),
  };
  return transmitter;
}

async function readRequest(incoming: IncomingMessage): Promise<Received> {
  let text = "";
  for await (const chunk of incoming) text += chunk;
  const { method = "", url = "", headers } = incoming;
  return { method, url, authorization: headers.authorization, body: text === "" ? undefined : JSON.parse(text) };
}

function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once("close", () => resolve()));
}

export function answer(response: ServerResponse, status: number, body?: unknown): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json");
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

export const transmitterTerms = { authorization } as const;

/** An `intercept` that answers every request alike. */
export function answerAll(reply: (response: ServerResponse) => void): NonNullable<Transmitter["intercept"]> {
  return (_request, response) => {
    reply(response);
    return true;
  };
}
