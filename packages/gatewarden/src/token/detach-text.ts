// Text that outlives its request: a slice would keep the whole header, or more, alive as long as it is remembered.

/** The same text as a string of its own. ASCII only, as all parts of a compact JWS are. */
export function detachText(text: string): string {
  return typeof Buffer === "function" ? Buffer.from(text, "latin1").toString("latin1") : `${text} `.slice(0, -1);
}
