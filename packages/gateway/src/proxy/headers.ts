// The headers of a request as they were sent: node:http drops or joins those that came twice.

/** By lower-case name. A list where a header came several times. Of one request only. */
export type SentHeaders = Record<string, string | readonly string[] | undefined>;

/** All headers. The record has no prototype, so that `__proto__` is just a name (CWE-1321). */
export function toSentHeaders(rawHeaders: readonly string[]): SentHeaders {
  const sent: Record<string, string | string[] | undefined> = Object.create(null);
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    const value = rawHeaders[index + 1] as string;
    const before = sent[name];
    if (before === undefined) sent[name] = value;
    else if (typeof before === "string") sent[name] = [before, value];
    else before.push(value);
  }
  return sent;
}
