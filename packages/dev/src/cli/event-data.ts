// The data of server-sent events (HTML §9.2.5), as far as a tenant sends them: one line each.
// Not `node:readline`, whose newer versions end a line at U+2028 too, which JSON may contain.
import { TenantError } from "../errors.js";

const maxLine = 1024 * 1024;

/** Throws what the connection throws, and a {@link TenantError} for a line without end (CWE-770). */
export async function* loadEventData(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? "";
    if (rest.length > maxLine) throw new TenantError("invalid_request", "The tenant sent a line without end.");
    for (const line of lines) if (line.startsWith("data:")) yield line.slice("data:".length).trim();
  }
}
