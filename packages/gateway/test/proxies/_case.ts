// The shape of the corpus, and how its requests are written.

/** An attack, and the nearest valid request, which must get through. */
export interface AttackCase {
  readonly name: string;
  /** Advisory, CVE, CWE or section of a specification. */
  readonly source: string;
  /** Bytes (latin1). `{alice}` and `{bob}` are replaced by their tokens. */
  readonly attack: string;
  /** `refused`: nothing reaches the upstream. `harmless`: what does reach it is authorized. */
  readonly outcome: "refused" | "harmless";
  readonly valid: string;
}

/** The header of a persona: alice may read `/admin/**`, bob may not. */
export const alice = "Authorization: Bearer {alice}";
export const bob = "Authorization: Bearer {bob}";

/** A whole request on a connection of its own. */
export function toRequest(method: string, target: string, headers: readonly string[] = [], body = ""): string {
  const isConnection = headers.some((line) => /^connection:/i.test(line));
  const isHost = headers.some((line) => /^host:/i.test(line));
  const lines = [
    ...(isHost ? [] : ["Host: api.example.com"]),
    ...headers,
    ...(isConnection ? [] : ["Connection: close"]),
  ];
  return `${method} ${target} HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n${body}`;
}

/** A GET. */
export function get(target: string, ...headers: readonly string[]): string {
  return toRequest("GET", target, headers);
}
