// HTTP → events of AWS Lambda and back, as API Gateway, function URLs and load balancers do it. Shapes and rules are those of AWS's documentation:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html (formats 1.0 and 2.0),
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html (REST),
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html (load balancers).
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";

/** Who sends the event. */
export type Sender = "rest" | "http" | "alb" | "alb-multi";

/** What a client sent. */
export interface Sent {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly host: string;
  readonly body?: Buffer | undefined;
  readonly certificate?: string | undefined;
  /** The stage in the path of the default domain. */
  readonly stage?: string;
}

function toLists(headers: Sent["headers"]): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const [name, value] of headers) lists[name] = [...(lists[name] ?? []), value];
  return lists;
}

const mapValues = <Value>(lists: Record<string, string[]>, map: (values: string[]) => Value): Record<string, Value> =>
  Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, map(values)]));

/** The event, as JSON would bring it. */
// biome-ignore lint/suspicious/noExplicitAny: each test takes it as the type of its sender.
export function toEvent(sender: Sender, sent: Sent): any {
  return JSON.parse(JSON.stringify(builders[sender](sent)));
}

function toBody({ body, headers }: Sent): object {
  const type = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  const isBase64Encoded = body !== undefined && body.length > 0 && !/json/.test(type);
  return { body: body?.length ? body.toString(isBase64Encoded ? "base64" : "utf8") : null, isBase64Encoded };
}

const lowerCase = (headers: Sent["headers"]) => headers.map(([name, value]) => [name.toLowerCase(), value] as const);

/** REST APIs keep the names as they were sent. */
function toRestEvent(sent: Sent): object {
  const { method, target, headers, host, certificate, stage } = sent;
  const [path = ""] = target.split("?");
  const lists = toLists(headers);
  return {
    resource: "/{proxy+}",
    path,
    httpMethod: method,
    headers: mapValues(lists, (values) => values.at(-1)),
    multiValueHeaders: lists,
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      accountId: "123456789012",
      apiId: "id",
      domainName: host,
      httpMethod: method,
      identity: {
        sourceIp: "192.0.2.1",
        userAgent: "test",
        clientCert: certificate ? { clientCertPem: certificate, subjectDN: "CN=client" } : null,
      },
      path: stage === undefined ? path : `/${stage}${path}`,
      protocol: "HTTP/1.1",
      requestId: "id",
      resourcePath: "/{proxy+}",
      stage: stage ?? "prod",
    },
    ...toBody(sent),
  };
}

function toHttpEvent(sent: Sent): object {
  const { method, target, headers, host, certificate, stage } = sent;
  const [path = "", query = ""] = target.split("?");
  const { cookie, ...lists } = toLists(lowerCase(headers));
  const rawPath = stage === undefined ? path : `/${stage}${path}`;
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString: query,
    ...(cookie && { cookies: cookie.flatMap((value) => value.split("; ")) }),
    headers: mapValues(lists, (values) => values.join(",")),
    requestContext: {
      accountId: "123456789012",
      apiId: "api-id",
      ...(certificate && { authentication: { clientCert: { clientCertPem: certificate } } }),
      domainName: host,
      domainPrefix: "id",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
      requestId: "id",
      routeKey: "$default",
      stage: stage ?? "$default",
    },
    ...toBody(sent),
  };
}

const toBalancedEvent =
  (isMulti: boolean) =>
  (sent: Sent): object => {
    const { method, target, headers } = sent;
    const [path = ""] = target.split("?");
    const lists = toLists(lowerCase(headers));
    // Its own: a client's does not get through.
    lists["x-forwarded-proto"] = [sent.certificate === undefined ? "http" : "https"];
    return {
      requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/a/1" } },
      httpMethod: method,
      path,
      ...(isMulti ? { multiValueHeaders: lists } : { headers: mapValues(lists, (values) => values.at(-1)) }),
      ...toBody(sent),
    };
  };

const builders: Readonly<Record<Sender, (sent: Sent) => object>> = {
  rest: toRestEvent,
  http: toHttpEvent,
  alb: toBalancedEvent(false),
  "alb-multi": toBalancedEvent(true),
};

/** Reads a request of node:http. */
export async function readSent(request: IncomingMessage): Promise<Sent> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers: [string, string][] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    headers.push([request.rawHeaders[index] ?? "", request.rawHeaders[index + 1] ?? ""]);
  }
  const socket = request.socket as Partial<TLSSocket>;
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    headers,
    host: request.headers.host ?? "",
    body: Buffer.concat(chunks),
    certificate: socket.encrypted ? (socket.getPeerX509Certificate?.()?.toString() ?? "") : undefined,
  };
}

/** Writes a result; one that AWS would refuse is answered 502, as AWS does. */
export function writeResult(sender: Sender, result: unknown, response: ServerResponse): void {
  const problem = findProblem(sender, result);
  if (problem) {
    response.writeHead(502).end(problem);
    return;
  }
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = toWhole(sender, result);
  response.statusCode = statusCode;
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) response.setHeader(name, values);
  response.end(Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8"));
}

interface Whole {
  readonly statusCode: number;
  readonly statusDescription?: string;
  readonly headers?: Record<string, string>;
  readonly multiValueHeaders?: Record<string, string[]>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** Format 2.0 makes an answer of anything that has no `statusCode`. */
function toWhole(sender: Sender, result: unknown): Whole {
  if (sender !== "http" || (typeof result === "object" && result !== null && "statusCode" in result)) {
    return result as Whole;
  }
  const body = typeof result === "string" ? result : JSON.stringify(result);
  return { statusCode: 200, headers: { "content-type": "application/json" }, body };
}

function findProblem(sender: Sender, result: unknown): string | undefined {
  const { statusCode, statusDescription, headers, multiValueHeaders, body } = toWhole(sender, result);
  const scalars = Object.values(headers ?? {});
  if (!Number.isInteger(statusCode)) return "the status is not a number";
  if (body !== undefined && typeof body !== "string") return "the body is not a string";
  if (scalars.some((value) => typeof value === "object" || value === undefined)) return "a header holds a list";
  if (!Object.values(multiValueHeaders ?? {}).every(Array.isArray)) return "a multi-value header holds no list";
  if (sender === "alb-multi" && headers && scalars.length > 0) return "headers where lists are expected";
  if ((sender === "alb" || sender === "http") && multiValueHeaders) return "lists where nobody reads them";
  const isBalanced = sender.startsWith("alb");
  if (isBalanced && statusDescription && !statusDescription.startsWith(`${statusCode} `)) return "the description";
  return undefined;
}
