// A fetch that accepts any media type, and limits the size of answers (CWE-770).

import type { CustomFetchOptions } from "oauth4webapi";
import type { Fetch, FetchReader } from "../platform/fetch.js";

type BoundedFetch = (
  url: string,
  options: CustomFetchOptions<string, URLSearchParams | undefined>,
) => Promise<Response>;

const maxBytes = 512 * 1024;

/** An answer that exceeded the size limit. */
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
 * The same fetch, but an answer of more than 512 KiB is a failure, counted after decompression.
 * Reads the body before it resolves, so that a broken connection is never taken for a malformed
 * answer. Creates a new `Response`, as oauth4webapi accepts only the runtime's own.
 */
export function withinBounds(fetch: Fetch): BoundedFetch {
  return async (url, { method, headers: sent, body: form, signal }) => {
    const init = { method, headers: askWidely(sent), redirect: "manual", ...(signal && { signal }) } as const;
    const answer = await fetch(url, form === undefined ? init : { ...init, body: String(form) });
    const { status, body, headers: received } = answer;
    const headers = new Headers();
    received.forEach((value, name) => void headers.append(name, value));
    const empty = new Response(null, { status, headers });
    return body === null ? empty : new Response(await loadBody(empty, body.getReader()), { status, headers });
  };
}

const signed = "application/token-introspection+jwt";

/**
 * Accepts any media type after the wanted one: some servers compare whole media types, and answer
 * 406. Where a signed answer is required, only that type is accepted (RFC 9701 §4).
 */
function askWidely(sent: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { accept = signed } = sent;
  return accept === signed ? sent : { ...sent, accept: `${accept}, */*;q=0.1` };
}

async function loadBody(answer: Response, reader: FetchReader): Promise<Blob> {
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
