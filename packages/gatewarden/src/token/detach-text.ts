// Text that outlives its request. A slice would keep the whole header, or more, in memory as long
// as it is stored.

/** The same text as an independent string. ASCII only, as all parts of a compact JWS are. */
export function detachText(text: string): string {
  return typeof Buffer === "function" ? Buffer.from(text, "latin1").toString("latin1") : `${text} `.slice(0, -1);
}
