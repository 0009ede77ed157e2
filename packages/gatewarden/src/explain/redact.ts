// What may be shown of what came: claims yes, but no whole token, no signature, nothing without end (CWE-532, CWE-200).

const longestText = 1000;
const mostEntries = 50;
/** A JWT or its beginning, wherever it stands: `eyJ` and `eyA` are how base64 spells the brace that opens a header. */
const tokens = /\bey[JA][\w-]{5,}[\w.~+/=-]*/g;

/** The text with something else in the place of each token. */
export function hideTokens(text: string, instead: string): string {
  return text.replace(tokens, instead);
}

/** The value with tokens within cut to a few characters, and long texts and lists shortened. */
export function redact(value: unknown): unknown {
  if (typeof value === "string") return shorten(hideTokens(value, "ey…"));
  if (Array.isArray(value)) return value.slice(0, mostEntries).map(redact);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, mostEntries)
      .map(([name, one]) => [name, redact(one)]),
  );
}

/** A value in a sentence: quoted, redacted, on one line. */
export function quote(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return `\`${String(redact(text)).replace(/[^\x20-\x7e]/g, "?")}\``;
}

function shorten(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}
