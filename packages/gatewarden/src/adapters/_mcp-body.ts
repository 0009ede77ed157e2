// MCP: the body of a request where no parser has read it. Bounded, since any size can be sent.
import { type McpAnswer, toMcpProblem } from "./_mcp-check.js";

/** As in the SDKs' transports: 4 MiB. */
const maxBytes = 4 * 1024 * 1024;

/** The result of a parser. */
export interface ParsedBody {
  readonly value: unknown;
}

/** A body and what its request says of it. */
export interface UnreadBody {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly contentType: string | undefined;
  /** Only a POST must have one. */
  readonly method: string;
}

/**
 * Reads JSON in UTF-8, or returns the answer of the protocol to what is not. Undefined for an empty
 * body of another method than POST.
 */
export async function parseBody({ bytes, contentType, method }: UnreadBody): Promise<ParsedBody | McpAnswer> {
  const isJson = /^\s*application\/json\s*(;|$)/i.test(contentType ?? "");
  if (method === "POST" && !isJson) return notJson;
  try {
    const text = await parseText(bytes);
    if (text === undefined) return tooLarge;
    if (text === "" && method !== "POST") return { value: undefined };
    return isJson ? { value: JSON.parse(text) } : notJson;
  } catch {
    // It broke off, or it is not JSON.
    return unreadable;
  }
}

/** Undefined if there is more than allowed. */
async function parseText(bytes: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.byteLength;
    if (length > maxBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

const notJson = toMcpProblem(415, -32000, "Unsupported Media Type: Content-Type must be application/json");
const tooLarge = toMcpProblem(413, -32000, "Payload Too Large: the body may have 4 MiB");
const unreadable = toMcpProblem(400, -32700, "Parse error: the body must be JSON");
