// MCP: which messages a request carries, which tools they call, and what that needs. The shape of a
// body is never trusted.
import { all, any, ConfigError, checkRequirement, not, type Requirement, role } from "../index.js";

/** What MCP messages need beyond a valid token. */
export interface McpRequirements {
  /** What every message needs. */
  readonly requirement?: Requirement;
  /**
   * What calling each tool needs besides; `true` adds nothing. A call of a tool that is not listed
   * is refused (403), so a misspelt name opens no tool. The list covers `tools/call` only:
   * resources, prompts and everything else need what every message needs.
   *
   * The body must be parsed beforehand, as `express.json()` does, and passed to the transport:
   * `handleRequest(request, response, request.body)`. A POST whose parsed body is not a JSON-RPC
   * message, or a batch of at most 100, is answered 400 with the JSON-RPC error -32600.
   */
  readonly tools?: Readonly<Record<string, Requirement | true>>;
}

/** The parts of a request that are read. `body` is the result of the application's parser. */
export interface ReceivedRequest {
  readonly method?: string | undefined;
  readonly headers: { readonly "content-type"?: string | undefined };
  readonly body?: unknown;
}

/** The needs of an endpoint, read once. */
export interface McpNeeds {
  /** What every message needs. */
  readonly base: Requirement | undefined;
  /**
   * What all the messages need together: each call of a batch must be allowed. Undefined if no
   * tools are listed.
   */
  readonly read: ((messages: readonly McpMessage[]) => Requirement | undefined) | undefined;
}

/** Reads the requirements. Throws `ConfigError` for values that would protect nothing. */
export function createNeeds(requirements: McpRequirements): McpNeeds {
  const { requirement, tools } = requireMcpRequirements(requirements);
  const common = requirement ? [requirement] : [];
  const base = requirement;
  if (!tools) return { base, read: undefined };
  const byTool = new Map(
    Object.entries(tools).map(([name, need]) => [name, combine(need === true ? common : [...common, need])]),
  );
  const read = (messages: readonly McpMessage[]) => {
    const names = new Set(messages.flatMap(readToolName));
    if (names.size === 0) return base;
    const needs = [...names].map((name) => (byTool.has(name) ? byTool.get(name) : nothingMeets));
    return combine(needs.filter((need) => need !== undefined));
  };
  return { base, read };
}

// "Has the role and does not have it": no token meets this.
const nothingMeets = not(any(role("none"), not(role("none"))));

function combine(parts: readonly Requirement[]): Requirement | undefined {
  return parts.length > 1 ? all(...parts) : parts[0];
}

const isJsonObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An undefined member or a misspelt name must not open anything. */
function requireMcpRequirements(requirements: McpRequirements): McpRequirements {
  const isKnown =
    isJsonObject(requirements) && Object.keys(requirements).every((name) => name === "requirement" || name === "tools");
  if (!isKnown) throw new ConfigError(unknownMember);
  const { requirement, tools } = requirements;
  if (Object.hasOwn(requirements, "requirement")) checkRequirement(requirement as Requirement);
  if (!Object.hasOwn(requirements, "tools")) return requirements;
  if (!isJsonObject(tools)) throw new ConfigError(noTools);
  for (const need of Object.values(tools)) if (need !== true) checkRequirement(need);
  return requirements;
}

const example = 'protect(guard, { requirement: permission("use:mcp"), tools: { whoami: true } })';
const unknownMember = { option: "requirements", problem: "may have `requirement` and `tools` only", example };
const noTools = { option: "tools", problem: "must be an object of tool names", example };

/** A JSON-RPC message, as far as it is read here. */
export interface McpMessage {
  readonly method?: string;
  readonly params?: unknown;
}

/** The limit of the SDK's transport. */
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

function isEmpty(body: unknown): boolean {
  return body === undefined || (isJsonObject(body) && Object.keys(body).length === 0);
}

/** JSON-RPC 2.0 §4 and §5: a request or notification, or a response. */
function isMessage(value: unknown): value is McpMessage {
  if (!isJsonObject(value)) return false;
  const { jsonrpc, method } = value as { jsonrpc?: unknown; method?: unknown };
  if (jsonrpc !== "2.0") return false;
  return method === undefined ? "result" in value || "error" in value : typeof method === "string";
}

/** The tool that a message calls. A malformed name becomes "", which is on no list. */
function readToolName({ method, params }: McpMessage): readonly string[] {
  if (method !== "tools/call") return [];
  const name = (params as { name?: unknown } | null | undefined)?.name;
  return [typeof name === "string" ? name : ""];
}
