// The endpoints of Shared Signals (SSF 1.0 §7, §8): metadata, streams, status, subjects, verification
// and polling.
import type { ServerResponse } from "node:http";
import { z } from "zod";
import { TenantError } from "../errors.js";
import { parseJson } from "../json.js";
import { isPollPath, paths, signals } from "../provider/paths.js";
import { poll, pollRequest } from "../signals/poll-delivery.js";
import { pollMethod, pushMethod, type Stream } from "../signals/stream.js";
import type { Transmitter } from "../signals/transmitter.js";
import { loadBody } from "./body.js";
import type { Exchange, Handler } from "./pipeline.js";
import { sendError, sendJson } from "./respond.js";
import type { AuthorizeSignal, SignalScope } from "./signal-authorization.js";
import { parse, parseSettings, parseUpdate, refuseChanged } from "./stream-settings.js";

export interface SignalEndpoints {
  readonly issuer: string;
  readonly transmitter: Transmitter;
  readonly authorize: AuthorizeSignal;
}

type Body = Readonly<Record<string, unknown>>;

interface Call extends SignalEndpoints {
  readonly exchange: Exchange;
  readonly response: ServerResponse;
  readonly client: string;
  readonly body: Body;
}

interface Route {
  readonly scope: SignalScope;
  readonly answer: (call: Call) => Promise<void> | void;
}

const status = z.object({ status: z.enum(["enabled", "paused", "disabled"]), reason: z.string().max(1000).optional() });
const subject = z.object({ subject: z.looseObject({ format: z.string() }) });
const verification = z.object({ state: z.string().max(10_000).optional() });

const routes: Readonly<Record<string, Route>> = {
  [`POST ${signals.stream}`]: { scope: "ssf.manage", answer: createStream },
  [`GET ${signals.stream}`]: { scope: "ssf.read", answer: sendStreams },
  [`PATCH ${signals.stream}`]: { scope: "ssf.manage", answer: (call) => changeStream(call, parseUpdate) },
  [`PUT ${signals.stream}`]: { scope: "ssf.manage", answer: (call) => changeStream(call, parseSettings) },
  [`DELETE ${signals.stream}`]: { scope: "ssf.manage", answer: deleteStream },
  [`GET ${signals.status}`]: {
    scope: "ssf.read",
    answer: (call) => withStream(call, (stream) => sendStatus(call, stream)),
  },
  [`POST ${signals.status}`]: { scope: "ssf.manage", answer: changeStatus },
  [`POST ${signals.addSubject}`]: { scope: "ssf.manage", answer: addSubject },
  [`POST ${signals.removeSubject}`]: { scope: "ssf.manage", answer: removeSubject },
  [`POST ${signals.verification}`]: { scope: "ssf.manage", answer: verify },
  "POST /ssf/poll/": { scope: "ssf.read", answer: answerPoll },
};

export function createSignalHandler(endpoints: SignalEndpoints): Handler {
  return async (exchange, next) => {
    const { request, response, url } = exchange;
    const { pathname } = url;
    if (pathname === signals.metadata && request.method === "GET") {
      return sendJson(response, 200, describeTransmitter(endpoints.issuer));
    }
    if (!pathname.startsWith("/ssf/")) return next();
    const route = routes[`${request.method} ${isPollPath(pathname) ? "/ssf/poll/" : pathname}`];
    if (route === undefined) return sendError(response, 404, "not_found", `${signals.metadata} lists what there is.`);
    const client = await endpoints.authorize(request, response, route.scope);
    if (client === undefined) return;
    const body = await loadJson(exchange);
    await route.answer({ ...endpoints, exchange, response, client, body });
  };
}

/** SSF 1.0 §7.1. */
function describeTransmitter(issuer: string): unknown {
  const at = (path: string): string => new URL(path, issuer).href;
  return {
    spec_version: "1_0",
    issuer,
    jwks_uri: at(paths.jwks),
    delivery_methods_supported: [pushMethod, pollMethod],
    configuration_endpoint: at(signals.stream),
    status_endpoint: at(signals.status),
    add_subject_endpoint: at(signals.addSubject),
    remove_subject_endpoint: at(signals.removeSubject),
    verification_endpoint: at(signals.verification),
    authorization_schemes: [{ spec_urn: "urn:ietf:rfc:6749" }],
    default_subjects: "ALL",
  };
}

async function loadJson({ request }: Exchange): Promise<Body> {
  const text = await loadBody(request);
  if (text === "") return {};
  try {
    const value: unknown = parseJson(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    throw new TenantError("invalid_request", "The body must be JSON.", { cause });
  }
  throw new TenantError("invalid_request", "The body must be a JSON object.");
}

function createStream({ body, client, issuer, response, transmitter }: Call): void {
  const stream = transmitter.create(client, parseSettings(body));
  if (stream === undefined) sendError(response, 409, "too_many_streams", "Delete a stream first.");
  else sendJson(response, 201, stream.describe(issuer));
}

function sendStreams(call: Call): void {
  const { client, exchange, issuer, response, transmitter } = call;
  if (exchange.url.searchParams.has("stream_id")) {
    withStream(call, (stream) => sendJson(response, 200, stream.describe(issuer)));
    return;
  }
  const own = transmitter.streams.filter(({ clientId }) => clientId === client);
  const list = own.map((stream) => stream.describe(issuer));
  sendJson(response, 200, list);
}

function changeStream(call: Call, read: (body: Body, stream: Stream) => Stream["settings"]): void {
  withStream(call, (stream) => {
    refuseChanged(call.body, stream.describe(call.issuer));
    stream.settings = read(call.body, stream);
    call.transmitter.resume(stream);
    sendJson(call.response, 200, stream.describe(call.issuer));
  });
}

function deleteStream(call: Call): void {
  withStream(call, (stream) => {
    call.transmitter.remove(stream);
    sendNothing(call.response, 204);
  });
}

function sendStatus({ response }: Call, { id, status: now, reason }: Stream): void {
  sendJson(response, 200, { stream_id: id, status: now, ...(reason !== undefined && { reason }) });
}

function changeStatus(call: Call): void {
  const wanted = parse(status, call.body);
  withStream(call, (stream) => {
    stream.setStatus(wanted.status, wanted.reason);
    call.transmitter.resume(stream);
    sendStatus(call, stream);
  });
}

function addSubject(call: Call): void {
  const wanted = parse(subject, call.body);
  withStream(call, (stream) => {
    stream.addSubject(wanted.subject);
    sendNothing(call.response, 200);
  });
}

function removeSubject(call: Call): void {
  const wanted = parse(subject, call.body);
  withStream(call, (stream) => {
    if (stream.removeSubject(wanted.subject)) return sendNothing(call.response, 204);
    sendError(call.response, 429, "too_many_subjects", "The stream remembers no more removed subjects.");
  });
}

async function verify(call: Call): Promise<void> {
  const { state } = parse(verification, call.body);
  const stream = findStream(call);
  if (stream === undefined) return sendNoStream(call);
  await call.transmitter.verify(stream, state);
  sendNothing(call.response, 204);
}

async function answerPoll(call: Call): Promise<void> {
  const request = parse(pollRequest, call.body);
  const stream = call.transmitter.find(call.client, call.exchange.url.pathname.slice("/ssf/poll/".length));
  if (stream === undefined || stream.settings.delivery !== undefined) return sendNoStream(call);
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  call.response.once("close", leave);
  const answer = await poll(stream, request, gone.signal);
  call.response.off("close", leave);
  if (!call.response.destroyed) sendJson(call.response, 200, answer);
}

function withStream(call: Call, use: (stream: Stream) => void): void {
  const stream = findStream(call);
  if (stream === undefined) sendNoStream(call);
  else use(stream);
}

function findStream({ body, client, exchange, transmitter }: Call): Stream | undefined {
  const id = exchange.url.searchParams.get("stream_id") ?? body["stream_id"];
  if (typeof id !== "string") throw new TenantError("invalid_request", "stream_id is missing.");
  return transmitter.find(client, id);
}

function sendNoStream({ client, response }: Call): void {
  sendError(response, 404, "not_found", `The client ${client} has no such stream.`);
}

function sendNothing(response: ServerResponse, code: number): void {
  response.writeHead(code, { "cache-control": "no-store" }).end();
}
