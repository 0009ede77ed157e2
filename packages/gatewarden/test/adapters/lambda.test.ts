// Conformance of gatewarden/lambda, with events as AWS documents them.

import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { afterAll, beforeAll } from "vitest";
import { type LambdaEvent, type LambdaHandler, type ProtectOptions, protect } from "../../src/adapters/lambda.js";
import { createIdentity } from "../support/certificates.js";
import { listenWith, toTlsOptions } from "../support/listen.js";
import { type Adapter, answerOf, type Route, routes, type Setting, toOptions } from "./_application.js";
import { describeConformance } from "./_conformance.js";
import { readSent, type Sender, toEvent, writeResult } from "./_lambda-gateway.js";

type Handler = LambdaHandler<LambdaEvent, unknown, unknown>;

const onRefusal: NonNullable<ProtectOptions["onRefusal"]> = (error, result) => ({
  ...result,
  body: JSON.stringify({ problem: error.reason }),
});

interface WithBody {
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

function toHandler(sender: Sender, { need, path, method }: Route, { guard, reshape }: Setting): Handler {
  const options = reshape ? { onRefusal, ...toOptions(need) } : need[0];
  const answer = (event: LambdaEvent & WithBody, auth?: Parameters<typeof answerOf>[0]) => {
    const text = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8").toString();
    const body = answerOf(auth, method === "POST" ? text : undefined);
    // Format 2.0 takes a result without a status.
    if (sender === "http" && path === "/optional") return body;
    const headers = { "content-type": "application/json" };
    const multiValueHeaders = { "content-type": ["application/json"] };
    return {
      statusCode: 200,
      body: JSON.stringify(body),
      ...(sender === "alb-multi" ? { multiValueHeaders } : { headers }),
    };
  };
  const handler = options ? protect(guard, options, answer) : protect(guard, answer);
  return path === "/twice" ? protect(guard, (event: LambdaEvent, _auth, context) => handler(event, context)) : handler;
}

const isBalanced = (sender: Sender) => sender.startsWith("alb");
const server = createIdentity("gateway");

function createAdapter(sender: Sender): Adapter {
  return {
    cannot: {
      setEarlierChallenge: "a handler is all there is; what goes around it adds to its result",
      checkBeforeBody: "the gateway has read the body before it invokes the function",
      ...(isBalanced(sender) && { readCertificate: "an event of a load balancer has none" }),
      ...(sender === "alb" && { readDuplicates: "the load balancer keeps the last of several headers" }),
    },
    start: (setting) => {
      const handlers = new Map(
        routes.map((route) => [`${route.method} ${route.path}`, toHandler(sender, route, setting)]),
      );
      // API Gateway takes nothing but https.
      const tls = setting.tls ?? (isBalanced(sender) ? undefined : server);
      const listener: Parameters<typeof createServer>[1] = async (request, response) => {
        const sent = await readSent(request);
        const method = sent.method === "HEAD" ? "GET" : sent.method;
        const handler = handlers.get(`${method} ${sent.target.split("?")[0]}`);
        try {
          writeResult(sender, await handler?.(toEvent(sender, sent), {}), response);
        } catch (error) {
          response.writeHead(502).end(String(error));
        }
      };
      return listenWith(tls ? createTlsServer(toTlsOptions(tls), listener) : createServer(listener));
    },
  };
}

// Tests that use the global fetch do not know the certificate.
beforeAll(() => void Object.assign(process.env, { NODE_TLS_REJECT_UNAUTHORIZED: "0" }));
afterAll(() => void delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"]);

describeConformance("gatewarden/lambda, payload format 1.0", createAdapter("rest"));
describeConformance("gatewarden/lambda, payload format 2.0 and function URLs", createAdapter("http"));
describeConformance("gatewarden/lambda, a load balancer", createAdapter("alb"));
describeConformance("gatewarden/lambda, a load balancer with multi-value headers", createAdapter("alb-multi"));
