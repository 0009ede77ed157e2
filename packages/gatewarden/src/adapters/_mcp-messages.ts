// MCP: which messages a request carries, and what they ask for by name. The shape of a body is
// never trusted.

/** The kinds of things that have names. */
export type Kind = "tools" | "resources" | "prompts";

/** What a message asks for by name. */
export interface McpAsked {
  readonly kind: Kind;
  readonly name: string;
}

/** The parts of a request that are read. `body` is the result of a parser. */
export interface ReceivedRequest {
  readonly method?: string | undefined;
  readonly headers: { readonly "content-type"?: string | undefined };
  readonly body?: unknown;
}

/** A JSON-RPC message, as far as it is read here. */
export interface McpMessage {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: unknown;
}

/** The limit of the SDKs' transports. */
const maxBatch = 100;

/**
 * The messages of a request; none for a request without a body that is not a POST. Otherwise the
 * reason to refuse the body: what cannot be read here, the transport could still read from the
 * socket (CWE-436). Express 4 sets `{}` if nothing was parsed.
 */
export function readMessages(request: ReceivedRequest): readonly McpMessage[] | "unparsed" | "malformed" {
  try {
    const { method, headers, body } = request;
    if (method !== "POST" && isEmpty(body)) return [];
    if (body === undefined) return "unparsed";
    if (foreignCharset.test(headers["content-type"] ?? "")) return "malformed";
    const messages: readonly unknown[] = Array.isArray(body) ? body : [body];
    return messages.length > 0 && messages.length <= maxBatch && messages.every(isMessage) ? messages : "malformed";
  } catch {
    // The application's parser may have produced an object with throwing members.
    return "malformed";
  }
}

/**
 * JSON is UTF-8 (RFC 8259 §8.1). In another charset, parser and transport could read different
 * names from the same bytes.
 */
const foreignCharset = /;\s*charset\s*=(?!\s*(?:utf-8|"utf-8")\s*(?:;|$))/i;

/** A JSON object. */
export const isMcpObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isEmpty(body: unknown): boolean {
  return body === undefined || (isMcpObject(body) && Object.keys(body).length === 0);
}

/** JSON-RPC 2.0 §4 and §5: a request or notification, or a response. */
function isMessage(value: unknown): value is McpMessage {
  if (!isMcpObject(value)) return false;
  const { jsonrpc, method } = value;
  if (jsonrpc !== "2.0") return false;
  return method === undefined ? "result" in value || "error" in value : typeof method === "string";
}

/** What a message asks for by name. A malformed name becomes "", which is on no list. */
export function readAsked({ method, params }: McpMessage): readonly McpAsked[] {
  const given = toObject(params);
  switch (method) {
    case "tools/call":
      return [{ kind: "tools", name: toName(given["name"]) }];
    case "prompts/get":
      return [{ kind: "prompts", name: toName(given["name"]) }];
    case "resources/read":
    case "resources/subscribe":
    case "resources/unsubscribe":
      return [{ kind: "resources", name: toName(given["uri"]) }];
    case "subscriptions/listen":
      return readSubscriptions(toObject(given["notifications"])["resourceSubscriptions"]);
    case "completion/complete":
      return readCompletion(toObject(given["ref"]));
    default:
      return [];
  }
}

function readSubscriptions(uris: unknown = []): readonly McpAsked[] {
  return (Array.isArray(uris) ? uris : [uris]).map((uri) => ({ kind: "resources", name: toName(uri) }));
}

/** Completions tell what a prompt or resource takes, so they need what its use needs. */
function readCompletion({ type, name, uri }: Readonly<Record<string, unknown>>): readonly McpAsked[] {
  if (type === "ref/prompt") return [{ kind: "prompts", name: toName(name) }];
  if (type === "ref/resource") return [{ kind: "resources", name: toName(uri) }];
  return [
    { kind: "prompts", name: "" },
    { kind: "resources", name: "" },
  ];
}

function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return isMcpObject(value) ? value : {};
}

/** A malformed name becomes "", which is on no list. */
export function toName(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Whether an answer to the message lists things by name. */
export function isListRequest({ method }: McpMessage): boolean {
  return method !== undefined && mcpListMethods.includes(method);
}

const mcpListMethods = ["tools/list", "prompts/list", "resources/list", "resources/templates/list"];
