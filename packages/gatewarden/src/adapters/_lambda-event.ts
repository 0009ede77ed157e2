// Events of AWS Lambda → GuardRequest: API Gateway's payload formats 1.0 and 2.0, function URLs and
// load balancers. They hold what AWS wrote, as long as only AWS may invoke the function.
import { ConfigError, type Connection, type GuardRequest } from "../index.js";

/** Headers of an event, with one value for each name. */
type SingleHeaders = Readonly<Record<string, string | undefined>>;
/** Headers of an event, with every value for each name. */
type MultiHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/** A certificate that API Gateway asked the client for. */
interface ClientCert {
  readonly clientCertPem?: string;
}

/** API Gateway's payload format 1.0: REST APIs, and HTTP APIs that ask for it. */
export interface RestEvent {
  readonly httpMethod: string;
  readonly path: string;
  readonly headers?: SingleHeaders | null;
  readonly multiValueHeaders?: MultiHeaders | null;
  readonly requestContext: {
    readonly domainName?: string | undefined;
    /** The path that the client sent, with the stage. */
    readonly path?: string;
    readonly identity?: { readonly sourceIp?: string; readonly clientCert?: ClientCert | null };
  };
}

/** Payload format 2.0: HTTP APIs and function URLs. */
export interface HttpEvent {
  readonly version: string;
  readonly rawPath: string;
  readonly cookies?: readonly string[];
  readonly headers: SingleHeaders;
  readonly requestContext: {
    readonly domainName: string;
    readonly http: { readonly method: string; readonly sourceIp?: string };
    readonly authentication?: { readonly clientCert?: ClientCert | null } | null;
  };
}

/** An event of an Application Load Balancer. It has `headers` or `multiValueHeaders`. */
export interface LoadBalancerEvent {
  readonly httpMethod: string;
  readonly path: string;
  readonly headers?: SingleHeaders | undefined;
  readonly multiValueHeaders?: MultiHeaders | undefined;
  readonly requestContext: { readonly elb: object };
}

/** The events that `protect` takes. Those of `@types/aws-lambda` are assignable. */
export type LambdaEvent = RestEvent | HttpEvent | LoadBalancerEvent;

/** Which answer the sender of an event expects. */
export type LambdaShape = "rest" | "http" | "alb" | "alb-multi";

/** What tells the kinds of events apart. */
interface EventMarks {
  readonly version?: unknown;
  readonly httpMethod?: unknown;
  readonly multiValueHeaders?: unknown;
  readonly requestContext?: {
    readonly elb?: unknown;
    readonly http?: { readonly method?: unknown };
    readonly connectionId?: unknown;
  };
}

/**
 * Which answer the event expects. Throws `ConfigError` for any other event, such as one of a queue
 * or of a WebSocket API: it has no request that could be checked.
 */
export function requireShape(event: LambdaEvent): LambdaShape {
  const marks: EventMarks | null | undefined = event as EventMarks;
  const { elb, http, connectionId } = marks?.requestContext ?? {};
  if (marks?.version === "2.0" && typeof http?.method === "string") return "http";
  if (typeof marks?.httpMethod === "string" && connectionId === undefined) {
    if (elb !== undefined) return marks.multiValueHeaders ? "alb-multi" : "alb";
    if (marks.requestContext) return "rest";
  }
  throw new ConfigError({
    option: "The event",
    problem: "is not an HTTP request of API Gateway (format 1.0 or 2.0), a function URL or a load balancer",
    example: "a route of an HTTP API, with the payload format 2.0",
  });
}

/**
 * Converts an event for the guard. `basePath` is what an API mapping took from the path, which
 * format 2.0 does not tell.
 */
export function toLambdaRequest(event: LambdaEvent, shape: LambdaShape, basePath: string): GuardRequest {
  if (shape === "http") return toHttpRequest(event as HttpEvent, basePath);
  const { httpMethod, path, headers, multiValueHeaders } = event as RestEvent & LoadBalancerEvent;
  // With both, as API Gateway sends them, `headers` holds only the last of several values.
  const all = toEventHeaders({ ...headers, ...multiValueHeaders } as SingleHeaders & MultiHeaders);
  const common = { method: httpMethod, headers: all, incoming: event };
  if (shape !== "rest") {
    // A load balancer writes this header itself, so it is the client's protocol.
    const isEncrypted = all["x-forwarded-proto"] === "https";
    return { ...common, url: basePath + path, connection: { isEncrypted } };
  }
  const { domainName, identity, path: sent = path } = (event as RestEvent).requestContext;
  const connection = new GatewayConnection(identity?.sourceIp, identity?.clientCert);
  return { ...common, url: toUrl(domainName, basePath + sent), connection };
}

function toHttpRequest(event: HttpEvent, basePath: string): GuardRequest {
  const { requestContext, rawPath, cookies, headers } = event;
  const { domainName, http, authentication } = requestContext;
  return {
    method: http.method,
    url: toUrl(domainName, basePath + rawPath),
    // HTTP APIs take the cookies out of the headers.
    headers: cookies ? { ...headers, cookie: cookies.join("; ") } : headers,
    connection: new GatewayConnection(http.sourceIp, authentication?.clientCert),
    incoming: event,
  };
}

/** Only a path without a domain. The guard then takes the host from the headers. */
function toUrl(domainName: string | undefined, path: string): string {
  return domainName === undefined ? path : `https://${domainName}${path}`;
}

/** A list of one value is that value. Two values of one header stay apart (RFC 6750 §2). */
function toEventHeaders(headers: SingleHeaders & MultiHeaders): Record<string, string | readonly string[]> {
  const single = (values: readonly string[]) => (values.length === 1 ? (values[0] ?? "") : values);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]: [string, string | readonly string[] | null | undefined]) =>
      value === undefined || value === null ? [] : [[name, Array.isArray(value) ? single(value) : value]],
    ),
  );
}

const pem = /^\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/;

/** API Gateway ends TLS itself, and takes no plain http. Decodes the certificate on demand. */
class GatewayConnection implements Connection {
  readonly isEncrypted = true;
  readonly address: string | undefined;
  readonly #cert: ClientCert | null | undefined;

  constructor(address: string | undefined, cert: ClientCert | null | undefined) {
    this.address = address;
    this.#cert = cert;
  }

  /** Undefined where it is absent or cannot be read: tokens bound to one are then refused. */
  get certificate(): Uint8Array | undefined {
    const text = this.#cert?.clientCertPem;
    const body = typeof text === "string" ? pem.exec(text)?.[1] : undefined;
    if (body === undefined) return undefined;
    try {
      return Uint8Array.from(atob(body.replace(/\s/g, "")), (character) => character.charCodeAt(0));
    } catch {
      return undefined;
    }
  }
}
