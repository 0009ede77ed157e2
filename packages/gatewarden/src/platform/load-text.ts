// Reads the body of an answer, within bounds.
import type { FetchBody } from "./fetch.js";

/**
 * The text of a body, or undefined where it is longer than `maxBytes`, counted after decompression.
 * Stops reading when the signal aborts, also for a custom `fetch` that ignores the signal. Rejects
 * for bytes that are not UTF-8.
 */
export async function loadText(
  body: FetchBody | null,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  const reader = body?.getReader();
  const giveUp = () => void reader?.cancel().catch(() => {});
  if (signal.aborted) giveUp();
  else signal.addEventListener("abort", giveUp, { once: true });
  try {
    while (reader) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.byteLength;
      if (size > maxBytes) {
        await reader.cancel();
        return undefined;
      }
      text += decoder.decode(value, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    // What is left unread would keep the connection (CWE-772).
    giveUp();
    throw error;
  }
}
