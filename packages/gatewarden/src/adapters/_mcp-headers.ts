// MCP: the headers that repeat what the body says, so that proxies need not parse it. A proxy may
// have decided by them, so they must agree with the body (MCP 2026-07-28, "Server Validation").
import type { McpMessage } from "./_mcp-messages.js";

/** Returns a header's value by its lower-case name. */
export type ReadHeader = (name: string) => string | undefined;

/** The first revision that requires the headers. */
const firstRevision = "2026-07-28";
const versionMember = "io.modelcontextprotocol/protocolVersion";

/**
 * The header at fault, or undefined. Present headers must agree with the body in every revision;
 * from 2026-07-28 on, a request must have them.
 */
export function findHeaderMismatch(
  messages: readonly McpMessage[],
  isBatch: boolean,
  read: ReadHeader,
): string | undefined {
  const [version, method, name] = [read("mcp-protocol-version"), read("mcp-method"), read("mcp-name")];
  const [message] = messages;
  if (message === undefined) return undefined;
  if (isBatch) {
    // One header cannot name several messages, and the revision knows no batches.
    if (isModern(version) || messages.some((one) => isModern(readVersion(one)))) return "MCP-Protocol-Version";
    return method === undefined ? (name === undefined ? undefined : "Mcp-Name") : "Mcp-Method";
  }
  const claimed = readVersion(message);
  if (version !== undefined && claimed !== undefined && version !== claimed) return "MCP-Protocol-Version";
  const isRequired =
    message.id !== undefined && message.method !== undefined && (isModern(version) || isModern(claimed));
  if (isRequired && version === undefined) return "MCP-Protocol-Version";
  if (method === undefined ? isRequired : message.method !== undefined && method !== message.method)
    return "Mcp-Method";
  const expected = readName(message);
  if (name === undefined)
    return isRequired && expected.isRequired && expected.name !== undefined ? "Mcp-Name" : undefined;
  const actual = readValue(name);
  return actual === undefined || (expected.name !== undefined && actual !== expected.name) ? "Mcp-Name" : undefined;
}

/** Revisions are dates, so later ones are greater. */
function isModern(version: string | undefined): boolean {
  return version !== undefined && /^\d{4}-\d\d-\d\d$/.test(version) && version >= firstRevision;
}

function readVersion({ params }: McpMessage): string | undefined {
  const meta = readMember(params, "_meta");
  const version = readMember(meta, versionMember);
  return typeof version === "string" ? version : undefined;
}

/** The member of the body that `Mcp-Name` repeats, and whether it must be repeated. */
function readName({ method, params }: McpMessage): { readonly name: string | undefined; readonly isRequired: boolean } {
  const isRequired = method === "tools/call" || method === "prompts/get" || method === "resources/read";
  const names = ["name", "uri", "taskId"].map((member) => readMember(params, member));
  const name = method === "resources/read" ? names[1] : names.find((one) => one !== undefined);
  return { name: typeof name === "string" ? name : undefined, isRequired };
}

function readMember(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** What a header carries, decoded. Undefined if it has no valid form ("Value Encoding"). */
function readValue(header: string): string | undefined {
  if (!/^[\t\x20-\x7e]*$/.test(header)) return undefined;
  if (!header.startsWith("=?base64?") || !header.endsWith("?=") || header.length < 11) return header;
  try {
    const text = atob(header.slice(9, -2));
    // Only the canonical form: another one could be read in another way elsewhere.
    if (btoa(text) !== header.slice(9, -2)) return undefined;
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(text, (character) => character.charCodeAt(0)),
    );
  } catch {
    return undefined;
  }
}
