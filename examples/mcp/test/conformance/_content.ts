// What the conformance suite reads back: the smallest contents of each kind.
import type { ContentBlock } from "@modelcontextprotocol/server";

/** One pixel. */
export const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

/** A header without samples. */
export const wav = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";

export const image = { type: "image", data: png, mimeType: "image/png" } as const;

export function toText(text: string): ContentBlock & { type: "text" } {
  return { type: "text", text };
}

export function toEmbedded(uri: string, text: string, mimeType = "text/plain"): ContentBlock & { type: "resource" } {
  return { type: "resource", resource: { uri, mimeType, text } };
}
