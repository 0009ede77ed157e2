// A client of gRPC in the role of Envoy, over a real connection. It sends what Envoy's filter sends
// (source/extensions/filters/common/ext_authz/check_request_utils.cc), and applies the answer as the
// filter does (…/ext_authz/ext_authz_grpc_impl.cc).
import { fileURLToPath } from "node:url";
import {
  type ChannelOptions,
  Client,
  credentials,
  type MethodDefinition,
  type ServiceDefinition,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { onTestFinished } from "vitest";
import { type StartedGateway, startTestGateway } from "../support/gateway.js";

/** A request of a client, as Envoy has read it. */
export interface ClientRequest {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly scheme?: string;
  /** Names in lower case; Envoy adds its own. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly address?: string;
  /** `encode_raw_headers` */
  readonly isRaw?: boolean;
  /** Members of the attributes, and of the HTTP request, in place of what Envoy would send. */
  readonly attributes?: object;
  readonly http?: object;
}

/** What the client or the upstream gets. */
export interface Outcome {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For the upstream; undefined where the request ends. */
  readonly upstream: readonly (readonly [name: string, value: string])[] | undefined;
  readonly removed: readonly string[];
}

interface SetHeader {
  readonly header: { readonly key: string; readonly value: string };
  readonly append: { readonly value: boolean } | null;
  readonly append_action: string;
}

interface Response {
  readonly status: { readonly code: number } | null;
  readonly denied_response?: { status: { code: number }; headers: readonly SetHeader[]; body: string };
  readonly ok_response?: {
    headers: readonly SetHeader[];
    headers_to_remove: readonly string[];
    response_headers_to_add: readonly SetHeader[];
  };
}

const folder = new URL(".", import.meta.url);
const load = (name: string) =>
  loadSync(fileURLToPath(new URL(name, folder)), { keepCase: true, defaults: true, enums: String, oneofs: true });
const authorization = load("_envoy.proto")["envoy.service.auth.v3.Authorization"] as ServiceDefinition;
const health = load("../../proto/health.proto")["grpc.health.v1.Health"] as ServiceDefinition;
/** How Envoy writes a question, and reads an answer. */
export const checkMethod = authorization["Check"] as MethodDefinition<object, Response>;
const healthMethod = health["Check"] as MethodDefinition<object, { readonly status: string }>;

export interface StartedEnvoy extends StartedGateway {
  readonly client: Client;
  readonly check: (request: ClientRequest) => Promise<Outcome>;
}

/** A gateway for Envoy, with a client that ends with the test. */
export async function startEnvoy(
  rules: string,
  options: Parameters<typeof startTestGateway>[1] = {},
): Promise<StartedEnvoy> {
  const started = await startTestGateway(rules, {
    ...options,
    overrides: { proxy: "envoy-grpc", ...options.overrides },
  });
  const client = connectTo(started.gateway.address);
  return { ...started, client, check: (request) => check(client, request) };
}

/** A connection to a gateway. */
export function connectTo(address: string, options: ChannelOptions = {}): Client {
  const client = new Client(address.replace(/^grpc:\/\//, ""), credentials.createInsecure(), {
    // Each client has a connection of its own.
    "grpc.use_local_subchannel_pool": 1,
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

export interface CallOptions {
  /** Milliseconds from now. */
  readonly patience?: number;
  readonly path?: string;
}

/** A call with the bytes of a message. Rejects with `ServiceError`. */
export function callWith(client: Client, message: Buffer, options: CallOptions = {}): Promise<Response> {
  const { path = checkMethod.path, patience = 20_000 } = options;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      (bytes: Buffer) => bytes,
      checkMethod.responseDeserialize,
      message,
      { deadline: Date.now() + patience },
      (error: ServiceError | null, response?: Response) => (error ? reject(error) : resolve(response as Response)),
    );
  });
}

/** The code with which a call fails; undefined for one that is answered. */
export function readFailure(call: Promise<unknown>): Promise<number | undefined> {
  return call.then(
    () => undefined,
    (error: ServiceError) => error.code,
  );
}

export async function check(client: Client, request: ClientRequest): Promise<Outcome> {
  const headers = toEnvoyHeaders(request);
  return apply(headers, await callWith(client, checkMethod.requestSerialize(toMessage(request, headers))));
}

/** Envoy's edge replaces `X-Forwarded-Proto`, and appends to `X-Forwarded-For`. */
function toEnvoyHeaders(request: ClientRequest): readonly (readonly [string, string])[] {
  const { method = "GET", path = "/", host = "api.example.com", scheme = "https", address = "192.0.2.1" } = request;
  const others = (request.headers ?? []).filter(([name]) => name !== "x-forwarded-proto");
  const before = others.filter(([name]) => name === "x-forwarded-for").map(([, value]) => value);
  return [
    [":authority", host],
    [":path", path],
    [":method", method],
    [":scheme", scheme],
    ...others.filter(([name]) => name !== "x-forwarded-for"),
    ["x-forwarded-for", [...before, address].join(",")],
    ["x-forwarded-proto", scheme],
    ["x-request-id", "6f1c2a5e-0000-4000-8000-000000000000"],
  ];
}

/** The whole message. Names come in the order in which Envoy writes fields. */
export function toMessage(
  request: ClientRequest,
  headers: readonly (readonly [string, string])[] = toEnvoyHeaders(request),
): object {
  const { method = "GET", path = "/", host = "api.example.com", scheme = "https", address = "192.0.2.1" } = request;
  const toPeer = (one: string) => ({ address: { socket_address: { address: one, port_value: 443 } } });
  const raw = {
    header_map: { headers: headers.map(([key, value]) => ({ key, raw_value: Buffer.from(value, "latin1") })) },
  };
  return {
    attributes: {
      source: toPeer(address),
      destination: { ...toPeer("192.0.2.200"), principal: "spiffe://cluster/ns/default" },
      request: {
        time: { seconds: 1, nanos: 2 },
        http: {
          id: "17446744073709551615",
          method,
          path,
          host,
          scheme,
          size: -1,
          protocol: "HTTP/2",
          ...(request.isRaw === true ? raw : { headers: toMap(headers) }),
          ...request.http,
        },
      },
      context_extensions: { route: "public", path: "/public" },
      tls_session: { sni: host },
      ...request.attributes,
    },
  };
}

/** Envoy joins headers of one name by a comma. */
function toMap(headers: readonly (readonly [string, string])[]): Record<string, string> {
  const map: Record<string, string> = {};
  for (const [name, value] of headers) map[name] = map[name] === undefined ? value : `${map[name]},${value}`;
  return map;
}

function apply(headers: readonly (readonly [string, string])[], response: Response): Outcome {
  if (response.status?.code !== 0) {
    const { status, headers: told = [], body = "" } = response.denied_response ?? {};
    return { status: status?.code || 403, headers: toRecord(told), body, upstream: undefined, removed: [] };
  }
  const {
    headers: set = [],
    headers_to_remove: removed = [],
    response_headers_to_add: told = [],
  } = response.ok_response ?? {};
  let upstream = headers.filter(([name]) => !name.startsWith(":"));
  for (const one of set) {
    if (!isReplacing(one)) throw new Error(`${one.header.key} would be appended`);
    upstream = [...upstream.filter(([name]) => name !== one.header.key), [one.header.key, one.header.value]];
  }
  upstream = upstream.filter(([name]) => !removed.includes(name));
  return { status: 200, headers: toRecord(told), body: "", upstream, removed };
}

/** The older field decides where it is present. */
function isReplacing({ append, append_action }: SetHeader): boolean {
  return append === null ? append_action.startsWith("OVERWRITE") : !append.value;
}

function toRecord(headers: readonly SetHeader[]): Record<string, string> {
  return Object.fromEntries(headers.map(({ header }) => [header.key, header.value]));
}

/** The status that the health protocol answers. */
export function askHealth(client: Client, service = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      healthMethod.path,
      healthMethod.requestSerialize,
      healthMethod.responseDeserialize,
      { service },
      (error: ServiceError | null, response?: { readonly status: string }) =>
        error ? reject(error) : resolve(String(response?.status)),
    );
  });
}
