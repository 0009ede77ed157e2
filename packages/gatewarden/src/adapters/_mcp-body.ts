// MCP: the body of a request where no parser has read it. Bounded, since any size can be sent.
import { type McpAnswer, toMcpProblem } from "./_mcp-check.js";

/** As in the SDKs' transports: 4 MiB. */
const maxBytes = 4 * 1024 * 1024;

/** The result of a parser. */
export interface ParsedBody {
  readonly value: unknown;
}

/** Reads JSON in UTF-8, or returns the answer of the protocol to what is not. */
export async function parseBody(
  body: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
): Promise<ParsedBody | McpAnswer> {
  if (!/^\s*application\/json\s*(;|$)/i.test(contentType ?? "")) return notJson;
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  try {
    for await (const chunk of body) {
      length += chunk.byteLength;
      if (length > maxBytes) return tooLarge;
      text += decoder.decode(chunk, { stream: true });
    }
    return { value: JSON.parse(text + decoder.decode()) };
  } catch {
    return unreadable;
  }
}

const notJson = toMcpProblem(415, -32000, "Unsupported Media Type: Content-Type must be application/json");
const tooLarge = toMcpProblem(413, -32000, "Payload Too Large: the body may have 4 MiB");
const unreadable = toMcpProblem(400, -32700, "Parse error: the body must be JSON");
