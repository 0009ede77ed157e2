// A fetch that asks widely, and whose answers end after a bound, whatever the server goes on to
// send (CWE-770).

type Fetch = (url: string, options: object) => Promise<Response>;

const maxBytes = 512 * 1024;

/** An answer that went on and on. */
export class AnswerTooLarge extends Error {
  override readonly name = "AnswerTooLarge";
  /** The answer, without its body. */
  readonly answer: Response;

  constructor(answer: Response) {
    super(`the answer has more than ${maxBytes / 1024} KiB`);
    this.answer = answer;
  }
}

/**
 * The same fetch, but an answer of more than 512 KiB is a failure. Counted after decompression. The body is read before it
 * resolves, so that a connection which breaks is never taken for an answer that makes no sense.
 */
export function withinBounds(fetch: typeof globalThis.fetch): Fetch {
  return async (url, options) => {
    const response = await fetch(url, askWidely(options));
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    const body = await readBody(response, response.body.getReader());
    return new Response(body, { status, statusText, headers });
  };
}

const signed = "application/token-introspection+jwt";

/**
 * Anything will do after what is wanted: some servers compare whole media types, and answer 406.
 * Where a signed answer is demanded, no other is asked for (RFC 9701 §4).
 */
function askWidely(options: { readonly headers?: Readonly<Record<string, string>> }): object {
  const { accept = signed, ...headers } = options.headers ?? {};
  return accept === signed ? options : { ...options, headers: { ...headers, accept: `${accept}, */*;q=0.1` } };
}

async function readBody(answer: Response, reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Blob> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(chunks);
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      throw new AnswerTooLarge(answer);
    }
    chunks.push(value as Uint8Array<ArrayBuffer>);
  }
}
