// Answers of Redis about streams, in the shapes of both protocols: nothing in them is trusted.

/** An entry of the log. */
export interface ChainEntry {
  readonly id: string;
  readonly data: string;
  /** Undefined for an entry that another writer added. */
  readonly name: string | undefined;
  /** The name of the entry before. */
  readonly before: string | undefined;
}

/**
 * The entries of the only stream in an answer to `XREAD`: a list of pairs in RESP 2, an object or a
 * map in RESP 3. Never throws; what has another shape is left out.
 */
export function readEntries(answer: unknown): readonly ChainEntry[] {
  return readList(readStream(answer)).flatMap((entry) => {
    const [id, fields] = readList(entry);
    const [text] = readTexts([id]);
    if (text === undefined) return [];
    const texts = readTexts(fields);
    const read = (name: string): string | undefined => {
      const at = texts.findIndex((text, index) => index % 2 === 0 && text === name);
      return at === -1 ? undefined : texts[at + 1];
    };
    // A name is short; what is not was written by something else.
    const name = read("n");
    const isName = name !== undefined && name.length <= 64;
    return [{ id: text, data: read("d") ?? "", name: isName ? name : undefined, before: read("p") }];
  });
}

function readStream(answer: unknown): unknown {
  if (Array.isArray(answer)) {
    const [first] = answer as readonly unknown[];
    // A flat list of key and entries is how some clients give a map.
    return Array.isArray(first) ? first[1] : answer[1];
  }
  if (answer instanceof Map) return [...answer.values()][0];
  if (typeof answer === "object" && answer !== null) return Object.values(answer)[0];
  return undefined;
}

/**
 * Texts of a list; what is not a text is undefined. Clients can be told to leave texts as bytes.
 * Never throws.
 */
export function readTexts(value: unknown): readonly (string | undefined)[] {
  return readList(value).map((one) => {
    if (one instanceof Uint8Array) return new TextDecoder().decode(one);
    return typeof one === "string" ? one : undefined;
  });
}

function readList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
