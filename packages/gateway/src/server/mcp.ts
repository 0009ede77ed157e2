// MCP: what an operation needs, from the headers that repeat the body (MCP 2026-07-28, "Standard
// Request Headers"). The body is not read here: a server of that revision refuses a request whose
// headers disagree with it, and no earlier one does. So POST requests must state the revision.
import { all, type LastArgument, type Need, type Requirement } from "gatewarden";
import type { SentHeaders } from "../proxy/headers.js";
import { GatewayRefusal } from "../refusals.js";
import type { McpRules } from "../rules/rule.js";

const firstRevision = "2026-07-28";

/** Throws `GatewayRefusal`: `mcp_*`. */
export function toMcpNeed(rules: McpRules, method: string, headers: SentHeaders): LastArgument<Need> {
  const isListed = rules.tools !== undefined || rules.prompts !== undefined || rules.resources !== undefined;
  if (method !== "POST" || !isListed) return toNeed(rules.requirement, true);
  const version = parseHeader(headers, "mcp-protocol-version");
  if (!/^\d{4}-\d\d-\d\d$/.test(version) || version < firstRevision) throw new GatewayRefusal("mcp_header_malformed");
  const operations = findOperations(rules, parseMethod(parseHeader(headers, "mcp-method")));
  if (operations === undefined) return toNeed(rules.requirement, true);
  const need = operations.get(parseName(parseHeader(headers, "mcp-name")));
  if (need === undefined) throw new GatewayRefusal("mcp_not_listed");
  return toNeed(rules.requirement, need);
}

function toNeed(base: Requirement | undefined, own: Requirement | true): LastArgument<Need> {
  if (own === true) return base === undefined ? [] : [base];
  return [base === undefined ? own : all(base, own)];
}

/** Subscribing to a resource shows what reading it would. */
function findOperations({ tools, prompts, resources }: McpRules, method: string): McpRules["tools"] {
  switch (method) {
    case "tools/call":
      return tools;
    case "prompts/get":
      return prompts;
    case "resources/read":
    case "resources/subscribe":
      return resources;
    default:
      return undefined;
  }
}

function parseHeader(headers: SentHeaders, name: string): string {
  const value = headers[name];
  if (value === undefined || value === "") throw new GatewayRefusal("mcp_header_missing");
  if (typeof value !== "string") throw new GatewayRefusal("mcp_header_malformed");
  return value;
}

/**
 * Proxies that join headers of one name by commas make one value of two methods. It would name no
 * operation here, and one for an upstream that reads the first or the last (CWE-444).
 */
function parseMethod(header: string): string {
  if (!/^[\x21-\x2b\x2d-\x7e]+$/.test(header)) throw new GatewayRefusal("mcp_header_malformed");
  return header;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Plain ASCII, or base64 in its canonical form between `=?base64?` and `?=` ("Value Encoding"). */
function parseName(header: string): string {
  if (!/^[\t\x20-\x7e]*$/.test(header)) throw new GatewayRefusal("mcp_header_malformed");
  const encoded = /^=\?base64\?(.*)\?=$/.exec(header)?.[1];
  if (encoded === undefined) return header;
  try {
    const bytes = Buffer.from(encoded, "base64");
    if (bytes.toString("base64") !== encoded) throw new TypeError("is not canonical");
    return utf8.decode(bytes);
  } catch {
    throw new GatewayRefusal("mcp_header_malformed");
  }
}
