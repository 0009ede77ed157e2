// MCP: list answers show a caller only what it may use. Bytes go in as the server sends them, as
// JSON or as server-sent events, and come out without the entries to hide.
import { warn } from "../platform/runtime.js";
import { isMcpObject, type Kind, toName } from "./_mcp-messages.js";

/** Whether the caller may use a thing. */
export type IsVisible = (kind: Kind, name: string) => boolean;

/** Takes an answer's body piece by piece. Each call returns what can be sent already. */
export interface BodyFilter {
  push(bytes: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

const nothing = new Uint8Array();
const encoder = new TextEncoder();

/** What a body is, and who may see what of it. */
export interface BodyTerms {
  /** Server-sent events rather than JSON. */
  readonly isStream: boolean;
  /** The answer to a failed request, which lists nothing. */
  readonly isFailure: boolean;
  readonly isVisible: IsVisible;
}

/** The filter for a body. */
export function createBodyFilter({ isStream, isFailure, isVisible }: BodyTerms): BodyFilter {
  return isStream ? new EventFilter(isVisible) : new JsonFilter(isVisible, isFailure);
}

class JsonFilter implements BodyFilter {
  readonly #parts: Uint8Array[] = [];
  readonly #isVisible: IsVisible;
  readonly #isFailure: boolean;

  constructor(isVisible: IsVisible, isFailure: boolean) {
    this.#isVisible = isVisible;
    this.#isFailure = isFailure;
  }

  push(bytes: Uint8Array): Uint8Array {
    // A copy, since the sender may use its buffer again. `slice` of a Buffer makes none.
    this.#parts.push(Uint8Array.from(bytes));
    return nothing;
  }

  end(): Uint8Array {
    const bytes = join(this.#parts);
    try {
      return encoder.encode(JSON.stringify(hideEntries(JSON.parse(new TextDecoder().decode(bytes)), this.#isVisible)));
    } catch {
      if (this.#isFailure || bytes.length === 0) return bytes;
      // What cannot be read cannot be shown in part (CWE-636).
      warn(
        "GATEWARDEN_MCP_ANSWER",
        "A list answer was dropped, for it is not plain JSON. Is it compressed after protect?",
      );
      return nothing;
    }
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Server-sent events (HTML, "Server-sent events"): each is passed on once it is complete. */
class EventFilter implements BodyFilter {
  readonly #decoder = new TextDecoder();
  readonly #isVisible: IsVisible;
  /** The line that has not ended yet. */
  #rest = "";
  #endsInReturn = false;
  #lines: string[] = [];

  constructor(isVisible: IsVisible) {
    this.#isVisible = isVisible;
  }

  push(bytes: Uint8Array): Uint8Array {
    return encoder.encode(this.#take(this.#decoder.decode(bytes, { stream: true }), false));
  }

  end(): Uint8Array {
    return encoder.encode(this.#take(this.#decoder.decode(), true));
  }

  /** Looks at new text only: what came before of an unfinished line has no end in it. */
  #take(text: string, isLast: boolean): string {
    let sent = "";
    // The other half of a line's end that came in two pieces.
    let from = this.#endsInReturn && text.startsWith("\n") ? 1 : 0;
    if (text !== "") this.#endsInReturn = text.endsWith("\r");
    for (const { 0: ending, index } of text.matchAll(/\r\n|\n|\r/g)) {
      if (index < from) continue;
      const line = this.#rest + text.slice(from, index);
      this.#rest = "";
      from = index + ending.length;
      if (line !== "") this.#lines.push(line);
      else sent += this.#flush();
    }
    this.#rest += text.slice(from);
    if (!isLast) return sent;
    if (this.#rest !== "") this.#lines.push(this.#rest);
    return this.#lines.length > 0 ? sent + this.#flush() : sent;
  }

  /** One event. What is not JSON is no answer of the protocol. */
  #flush(): string {
    const lines = this.#lines;
    this.#lines = [];
    const data = lines.filter((line) => dataField.test(line)).map((line) => line.replace(dataField, ""));
    let message: unknown;
    try {
      message = JSON.parse(data.join("\n"));
    } catch {
      return [...lines, "", ""].join("\n");
    }
    const shown = JSON.stringify(hideEntries(message, this.#isVisible));
    return [...lines.filter((line) => !dataField.test(line)), `data: ${shown}`, "", ""].join("\n");
  }
}

const dataField = /^data(?:: ?|$)/;

/** The member of a result that lists things, their kind, and the member that names each. */
const lists: readonly (readonly [list: string, kind: Kind, name: string])[] = [
  ["tools", "tools", "name"],
  ["prompts", "prompts", "name"],
  ["resources", "resources", "uri"],
  ["resourceTemplates", "resources", "uriTemplate"],
];

/** The same message or batch without the entries to hide. Every other member stays. */
function hideEntries(message: unknown, isVisible: IsVisible): unknown {
  if (Array.isArray(message)) return message.map((one) => hideEntries(one, isVisible));
  if (!isMcpObject(message) || !isMcpObject(message["result"])) return message;
  const result = { ...message["result"] };
  for (const [list, kind, name] of lists) {
    const entries = result[list];
    if (!Array.isArray(entries)) continue;
    const isShown = (entry: unknown) => isMcpObject(entry) && readVisible(isVisible, kind, toName(entry[name]));
    result[list] = entries.filter(isShown);
    // What one caller sees must not be kept for another (MCP 2026-07-28, "Cache Scope Field").
    if (Object.hasOwn(result, "cacheScope")) result["cacheScope"] = "private";
  }
  return { ...message, result };
}

/** A requirement that cannot be evaluated is not met (CWE-636). */
function readVisible(isVisible: IsVisible, kind: Kind, name: string): boolean {
  try {
    return isVisible(kind, name);
  } catch {
    return false;
  }
}
