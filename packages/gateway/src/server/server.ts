// The listener for proxies: limits, the subrequest, and its answer.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Policy, Settings } from "../config.js";
import type { TokenIssuer } from "../identity/token-issuer.js";
import { type SentHeaders, toSentHeaders } from "../proxy/headers.js";
import { proxyKinds } from "../proxy/kinds.js";
import type { ProxyRequest } from "../proxy/original-request.js";
import { GatewayRefusal } from "../refusals.js";
import { logDecision, type WriteLine } from "./access-log.js";
import { type Answer, toLines } from "./answer.js";
import { decide, type Journey, type Verdict } from "./decide.js";
import { createDoor } from "./door.js";
import type { FailureBudget } from "./failure-budget.js";
import { settle } from "./settle.js";
import { answerWellKnown } from "./well-known.js";

/** What the listener works with. `policy` is asked for with every request: it may be replaced. */
export interface ServerParts {
  readonly policy: () => Policy;
  readonly settings: Settings;
  readonly failures: FailureBudget | undefined;
  readonly tokens: () => TokenIssuer | undefined;
  readonly write: WriteLine;
  readonly onQuestion: () => void;
  readonly onAnswer: (answer: Answer, journey: Journey, seconds: number) => void;
}

/** A server that does not listen yet. */
export function createGatewayServer(parts: ServerParts): Server {
  const { limits, from } = parts.settings;
  const options = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeout * 1000,
    requestTimeout: limits.headersTimeout * 1000,
    connectionsCheckingInterval: 1000,
    keepAliveTimeout: limits.idleTimeout * 1000,
    insecureHTTPParser: false,
  };
  const listener: RequestListener = (request, response) => {
    // Without an answer a proxy refuses, too.
    const fail = () => void response.destroy();
    try {
      answer(parts, request, response)?.catch(fail);
    } catch {
      fail();
    }
  };
  const server = createServer(options, listener);
  // A client's `Expect` is not for this listener: no proxy sends a body here.
  server.on("checkContinue", listener);
  server.on("checkExpectation", listener);
  server.maxConnections = limits.connections;
  // `maxHeaderSize` is the bound. A bound on their number would drop the others unseen, and the
  // upstream would see what was not decided on (CWE-444).
  server.maxHeadersCount = 0;
  server.on("connection", createDoor(from));
  server.on("clientError", answerMalformed);
  return server;
}

const parserAnswers: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** After a malformed request nothing on the connection can be trusted to be another one. */
function answerMalformed({ code = "" }: NodeJS.ErrnoException, socket: Socket): void {
  const status = parserAnswers[code] ?? "400 Bad Request";
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  else socket.destroy();
}

/** A promise only where the guard has to wait: a known token is answered within its own turn. */
function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> | undefined {
  const policy = parts.policy();
  const target = toTarget(policy, request);
  if (target === undefined) {
    answerWellKnown(request, response, { metadata: policy.guard.metadata(), keySet: parts.tokens()?.toKeySet() });
    return undefined;
  }
  const headers = toSentHeaders(request.rawHeaders);
  const isLast = hasBody(headers);
  const asked = isLast ? undefined : { method: request.method ?? "", target, headers };
  const { needsRestoring } = proxyKinds[policy.proxy];
  const send = (ready: Answer) => write(response, ready, { isLast, needsRestoring });
  const ready = answerQuestion(parts, policy, asked);
  // The parser reads a body first: if that is malformed, its refusal is the only answer.
  if (isLast || ready instanceof Promise) return Promise.resolve(ready).then(send);
  send(ready);
  return undefined;
}

/**
 * Decides on what a proxy asks, counts and logs it. Undefined is a question that came with a body,
 * which is refused, as is one that could not be read.
 */
export function answerQuestion(
  parts: ServerParts,
  policy: Policy,
  asked: ProxyRequest | GatewayRefusal | undefined,
): Answer | Promise<Answer> {
  const started = performance.now();
  parts.onQuestion();
  const journey: Journey = {};
  // With the policy: a reload while the token is checked must not mix two configurations.
  const tokens = parts.tokens();
  const conclude = (ready: Answer): Answer => {
    const seconds = (performance.now() - started) / 1000;
    parts.onAnswer(ready, journey, seconds);
    logDecision(parts.write, policy, { answer: ready, journey, seconds });
    return ready;
  };
  const answerTo = (verdict: Verdict): Answer | Promise<Answer> => {
    const settled = settle(verdict, { policy, journey, tokens });
    return settled instanceof Promise ? settled.then(conclude) : conclude(settled);
  };
  const decided =
    asked === undefined
      ? new GatewayRefusal("body_refused")
      : asked instanceof GatewayRefusal
        ? asked
        : decide(asked, journey, { policy, failures: parts.failures });
  return decided instanceof Promise ? decided.then(answerTo) : answerTo(decided);
}

/**
 * What the client asked for, where the proxy repeats the request itself: what follows the prefix.
 * Undefined for any other path of this listener.
 */
function toTarget({ proxy, prefix }: Policy, { url = "" }: IncomingMessage): string | undefined {
  if (proxyKinds[proxy].reads === "headers") return url === prefix ? "" : undefined;
  return url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : undefined;
}

/** A subrequest has no body. One that was sent would fill memory, or be the next request. */
function hasBody(headers: SentHeaders): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

interface Writing {
  /** What follows on the connection may be a body. */
  readonly isLast: boolean;
  readonly needsRestoring: boolean;
}

/** All headers in one call: `setHeader` for each costs more than the decision. */
function write(response: ServerResponse, answer: Answer, { isLast, needsRestoring }: Writing): void {
  if (response.destroyed) return;
  const lines = answer.lines ?? toLines(answer, needsRestoring);
  response.writeHead(answer.status, (isLast ? [...lines, "connection", "close"] : lines) as string[]);
  response.end(answer.body);
}
