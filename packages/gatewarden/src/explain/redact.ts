// What may be shown of input: claims, but no whole token, no signature and nothing unbounded
// (CWE-532, CWE-200).
import { describeValue } from "./describe-value.js";

const longestText = 1000;
const mostEntries = 50;
/** The maximum depth of a token's claims. */
const mostLevels = 32;
/**
 * A JWT or its beginning, anywhere in a text: `eyJ` and `eyA` are base64 for the brace that opens a
 * header.
 */
const tokens = /\bey[JA][\w-]{5,}[\w.~+/=-]*/g;

/** The text with each token replaced. */
export function hideTokens(text: string, instead: string): string {
  return text.replace(tokens, instead);
}

/**
 * The value with tokens cut to a few characters, and long texts and lists shortened. Always
 * representable in JSON.
 */
export function redact(value: unknown): unknown {
  try {
    return redactWithin(value, mostLevels);
  } catch {
    // A member that cannot be read. Tokens have none, but callers may pass any value.
    return describeValue(value);
  }
}

function redactWithin(value: unknown, levels: number): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  if (typeof value !== "object") return describeValue(value);
  if (levels === 0) return "…";
  if (Array.isArray(value)) return value.slice(0, mostEntries).map((one) => redactWithin(one, levels - 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, mostEntries)
      .map(([name, one]) => [redactText(name), redactWithin(one, levels - 1)]),
  );
}

function redactText(text: string): string {
  return shorten(hideTokens(text, "ey…"));
}

/** A value for a sentence: quoted, redacted, on one line. */
export function quote(value: unknown): string {
  const text = value === undefined ? "nothing" : describeValue(value);
  return `\`${redactText(text).replace(/[^\x20-\x7e]/g, "?")}\``;
}

function shorten(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}
