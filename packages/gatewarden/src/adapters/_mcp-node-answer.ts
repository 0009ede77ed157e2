// MCP on node:http: watches what the transport writes. The transports of both SDKs write their
// answers themselves, so the methods that they call are replaced on this one response.
import type { ServerResponse } from "node:http";
import { type AnswerPlan, type AnswerWatch, planAnswer } from "./_mcp-answers.js";
import type { McpAdmitted, McpCheck } from "./_mcp-check.js";

/** Replaces the methods that begin, continue and end the answer. */
export function watchNodeAnswer(check: McpCheck, admitted: McpAdmitted, response: ServerResponse): void {
  const answer = new NodeAnswer(check, admitted, response);
  const replacements = {
    writeHead: (status: number, ...rest: unknown[]) => answer.writeHead(status, rest),
    flushHeaders: () => answer.flushHeaders(),
    write: (chunk: unknown, ...rest: unknown[]) => answer.write(chunk, rest),
    end: (...given: unknown[]) => answer.end(given),
  };
  Object.assign(response, replacements);
}

/** What the response itself does, or what a middleware before has put in its place. */
interface OwnMethods {
  readonly writeHead: (this: ServerResponse, status: number, ...rest: unknown[]) => ServerResponse;
  readonly flushHeaders: (this: ServerResponse) => void;
  readonly write: (this: ServerResponse, chunk: unknown, ...rest: unknown[]) => boolean;
  readonly end: (this: ServerResponse, ...given: unknown[]) => ServerResponse;
}

class NodeAnswer {
  readonly #check: McpCheck;
  readonly #admitted: McpAdmitted;
  readonly #response: ServerResponse;
  readonly #own: OwnMethods;
  #plan: AnswerPlan | undefined;
  #watch: AnswerWatch | undefined;
  #isOver = false;
  #isEnding = false;

  constructor(check: McpCheck, admitted: McpAdmitted, response: ServerResponse) {
    this.#check = check;
    this.#admitted = admitted;
    this.#response = response;
    const { writeHead, flushHeaders, write, end } = response;
    this.#own = { writeHead, flushHeaders, write, end } as OwnMethods;
  }

  writeHead(status: number, rest: readonly unknown[]): ServerResponse {
    const response = this.#response;
    response.statusCode = status;
    const reason = typeof rest[0] === "string" ? rest[0] : undefined;
    const headers = reason === undefined ? (rest[0] ?? rest[1]) : rest[1];
    for (const [name, value] of toPairs(headers)) response.setHeader(name, value);
    this.#begin();
    return this.#own.writeHead.call(response, status, ...(reason === undefined ? [] : [reason]));
  }

  flushHeaders(): void {
    this.#begin();
    this.#own.flushHeaders.call(this.#response);
  }

  write(chunk: unknown, rest: readonly unknown[]): boolean {
    if (this.#isEnding) return this.#own.write.call(this.#response, chunk, ...rest);
    const plan = this.#begin();
    const done = rest.find((one) => typeof one === "function") as (() => void) | undefined;
    const isOpen = !this.#isOver && (this.#watch?.isOpen() ?? true);
    if (isOpen && !plan.filter) return this.#own.write.call(this.#response, chunk, ...rest);
    const shown = isOpen ? plan.filter?.push(toBytes(chunk, rest[0])) : undefined;
    if (shown && shown.length > 0) return this.#own.write.call(this.#response, shown, ...(done ? [done] : []));
    if (done) queueMicrotask(done);
    return true;
  }

  end(given: readonly unknown[]): ServerResponse {
    const { filter } = this.#begin();
    const [first] = given;
    const hasChunk = first !== undefined && first !== null && typeof first !== "function";
    const done = given.filter((one) => typeof one === "function");
    const isOpen = !this.#isOver && (this.#watch?.isOpen() ?? true);
    this.#isOver = true;
    this.#watch?.close();
    if (!isOpen) return this.#endOwn(done);
    if (!filter) return this.#endOwn(given);
    if (hasChunk) this.#writeFiltered(filter.push(toBytes(first, given[1])));
    this.#writeFiltered(filter.end());
    return this.#endOwn(done);
  }

  /** The `end` of HTTP/2, and of some middleware, calls `write` with what it was given. */
  #endOwn(given: readonly unknown[]): ServerResponse {
    this.#isEnding = true;
    try {
      return this.#own.end.call(this.#response, ...given);
    } finally {
      this.#isEnding = false;
    }
  }

  #writeFiltered(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#own.write.call(this.#response, bytes);
  }

  /** At the first sign of an answer, while its headers can still change. */
  #begin(): AnswerPlan {
    if (this.#plan) return this.#plan;
    const response = this.#response;
    const readHeader = (name: string) => {
      const value = response.getHeader(name);
      return value === undefined ? undefined : [value].flat().join(", ");
    };
    const { statusCode: status } = response;
    this.#plan = planAnswer(this.#check, this.#admitted, { status, readHeader });
    if (this.#plan.filter && !response.headersSent) response.removeHeader("content-length");
    this.#watch = this.#plan.watch?.(() => this.#finish());
    // HTTP/2's compatibility objects say only by their socket that they are closed.
    if (!response.socket || response.destroyed) this.#watch?.close();
    else if (this.#watch) response.once("close", () => this.#watch?.close());
    return this.#plan;
  }

  /** The token has expired: the client comes again with a new one. */
  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endOwn([]);
  }
}

/** The headers that `writeHead` takes: an object, pairs, or names and values in turn. */
function toPairs(headers: unknown): readonly (readonly [string, string | number | readonly string[]])[] {
  if (typeof headers !== "object" || headers === null) return [];
  const list: readonly unknown[] = Array.isArray(headers) ? headers : Object.entries(headers);
  // In a flat list, a value may be a list itself.
  const flat = Array.isArray(list[0]) ? list.flat() : list;
  const pairs = new Map<string, unknown[]>();
  for (let index = 0; index < flat.length; index += 2) {
    const name = String(flat[index]).toLowerCase();
    const value = flat[index + 1];
    if (value !== undefined) pairs.set(name, [...(pairs.get(name) ?? []), ...[value].flat()]);
  }
  return [...pairs].map(([name, values]) => [name, (values.length > 1 ? values : values[0]) as string]);
}

function toBytes(chunk: unknown, encoding: unknown): Uint8Array {
  if (typeof chunk === "string")
    return Buffer.from(chunk, typeof encoding === "string" ? (encoding as "utf8") : "utf8");
  return chunk as Uint8Array;
}
