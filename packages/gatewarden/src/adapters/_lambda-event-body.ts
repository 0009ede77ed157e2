// The body of a Lambda event, which AWS has already read.
import type { ReceivedBody } from "../endpoint/endpoint.js";
import { toReceivedText } from "./_received-text.js";

/** Reads the body of an event, up to `maxBytes`. */
export function readEventBody(event: object, maxBytes: number): ReceivedBody {
  const { body, isBase64Encoded } = event as { readonly body?: unknown; readonly isBase64Encoded?: unknown };
  if (typeof body !== "string") return { problem: "unreadable" };
  // A third longer in base64.
  if (body.length > (isBase64Encoded === true ? (maxBytes * 4) / 3 + 4 : maxBytes)) return { problem: "too_large" };
  return isBase64Encoded === true ? readBase64Body(body) : { text: body };
}

function readBase64Body(body: string): ReceivedBody {
  try {
    return toReceivedText(Uint8Array.from(atob(body), (character) => character.charCodeAt(0)));
  } catch {
    return { problem: "unreadable" };
  }
}
