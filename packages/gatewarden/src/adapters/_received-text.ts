// Bytes of a body → text, on every host.
import type { ReceivedBody } from "../endpoint/endpoint.js";

/** UTF-8, strictly: of two readers of broken text, each would read another one. */
export function toReceivedText(bytes: Uint8Array): ReceivedBody {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { problem: "unreadable" };
  }
}
