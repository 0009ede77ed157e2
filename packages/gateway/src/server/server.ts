// The listener for proxies: limits, the subrequest, and its answer.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { BlockList, isIP, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Policy, Settings } from "../config.js";
import type { TokenIssuer } from "../identity/token-issuer.js";
import { toIdentityHeaders } from "../identity/values.js";
import { toSentHeaders } from "../proxy/headers.js";
import { proxyKinds } from "../proxy/kinds.js";
import type { ProxyRequest } from "../proxy/original-request.js";
import { GatewayRefusal } from "../refusals.js";
import { logDecision, type WriteLine } from "./access-log.js";
import { type Answer, isAccepted, toAcceptance, toCarrier, toRefusalAnswer } from "./answer.js";
import { decide, type Journey, type Verdict } from "./decide.js";
import type { FailureBudget } from "./failure-budget.js";
import { answerWellKnown } from "./well-known.js";

/** What the listener works with. `policy` is asked for with every request: it may be replaced. */
export interface ServerParts {
  readonly policy: () => Policy;
  readonly settings: Settings;
  readonly failures: FailureBudget | undefined;
  readonly tokens: () => TokenIssuer | undefined;
  readonly write: WriteLine;
  readonly onAnswer: (answer: Answer, journey: Journey, seconds: number) => void;
}

/** A server that does not listen yet. */
export function createGatewayServer(parts: ServerParts): Server {
  const { limits, from } = parts.settings;
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeout * 1000,
      requestTimeout: limits.headersTimeout * 1000,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: limits.idleTimeout * 1000,
      insecureHTTPParser: false,
      highWaterMark: 16_384,
    },
    (request, response) => void answer(parts, request, response),
  );
  server.maxConnections = limits.connections;
  server.on("connection", createDoor(from));
  server.on("clientError", refuseMalformed);
  return server;
}

/** Closes connections of strangers before they are read. A Unix socket is guarded by its file. */
export function createDoor(from: readonly string[]): (socket: Socket) => void {
  const list = new BlockList();
  for (const entry of from) {
    const [address = "", bits] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (socket) => {
    const { remoteAddress, remoteFamily } = socket;
    if (remoteFamily === undefined && remoteAddress === undefined) return;
    if (!list.check(remoteAddress ?? "", remoteFamily === "IPv6" ? "ipv6" : "ipv4")) socket.destroy();
  };
}

function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const status = error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const policy = parts.policy();
  const target = toTarget(policy, request);
  if (target === undefined) return answerWellKnown(request, response, { guard: policy.guard, tokens: parts.tokens() });
  const asked = { method: request.method ?? "", target, headers: toSentHeaders(request.rawHeaders) };
  const ready = await answerQuestion(parts, policy, hasBody(request) ? undefined : asked);
  write(response, ready, hasBody(request));
}

/**
 * Decides on what a proxy asks, counts and logs it. Undefined is a question that came with a body,
 * which is refused.
 */
export async function answerQuestion(
  parts: ServerParts,
  policy: Policy,
  asked: ProxyRequest | undefined,
): Promise<Answer> {
  const started = performance.now();
  const journey: Journey = {};
  const verdict =
    asked === undefined
      ? new GatewayRefusal("body_refused")
      : await decide(asked, journey, { policy, failures: parts.failures });
  const ready = await toAnswer(verdict, { parts, policy, journey });
  const seconds = (performance.now() - started) / 1000;
  parts.onAnswer(ready, journey, seconds);
  logDecision(parts.write, policy, { answer: ready, journey, seconds });
  return ready;
}

/**
 * What the client asked for, where the proxy repeats the request itself: what follows the prefix.
 * Undefined for any other path of this listener.
 */
function toTarget({ proxy, prefix }: Policy, { url = "" }: IncomingMessage): string | undefined {
  if (proxyKinds[proxy].reads === "headers") return url === prefix ? "" : undefined;
  return url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : undefined;
}

/** A subrequest has no body. One that was sent would be read into memory, or be the next request. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

interface Answering {
  readonly parts: ServerParts;
  readonly policy: Policy;
  readonly journey: Journey;
}

async function toAnswer(verdict: Verdict, { parts, policy, journey }: Answering): Promise<Answer> {
  const { needsRestoring } = proxyKinds[policy.proxy];
  if (!isAccepted(verdict)) return toRefusalAnswer(verdict, policy.guard, needsRestoring);
  try {
    const own = journey.guardRequest && policy.guard.responseHeaders(journey.guardRequest);
    const forClient = Object.entries(own ?? {}).map(
      ([name, value]) => [toCarrier(name, needsRestoring), value] as const,
    );
    const identity = toIdentityHeaders(policy.identity, verdict);
    const token =
      policy.identity.token && ([policy.identity.token, (await parts.tokens()?.toToken(verdict)) ?? ""] as const);
    return toAcceptance([...identity, ...(token ? [token] : []), ...forClient]);
  } catch (error) {
    const refusal = error instanceof GatewayRefusal ? error : new GatewayRefusal("identity_failed", { cause: error });
    return toRefusalAnswer(refusal, policy.guard, needsRestoring);
  }
}

function write(response: ServerResponse, { status, headers, body }: Answer, isLast: boolean): void {
  if (response.destroyed) return;
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, value);
  response.setHeader("content-length", Buffer.byteLength(body));
  // What follows on the connection may be a body.
  if (isLast) response.setHeader("connection", "close");
  response.end(body);
}
