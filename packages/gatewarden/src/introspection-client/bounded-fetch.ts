// A fetch whose answers end after a bound, whatever the server goes on to send (CWE-770).

type Fetch = (url: string, options: object) => Promise<Response>;

const maxBytes = 512 * 1024;

/** An answer that went on and on. */
export class AnswerTooLarge extends Error {
  override readonly name = "AnswerTooLarge";
}

/** The same fetch, but reading more than 512 KiB of an answer fails. Counted after decompression. */
export function withinBounds(fetch: typeof globalThis.fetch): Fetch {
  return async (url, options) => {
    const response = await fetch(url, options);
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(createBound()), { status, statusText, headers });
  };
}

function createBound(): TransformStream<Uint8Array, Uint8Array> {
  let size = 0;
  return new TransformStream({
    transform(chunk, controller) {
      size += chunk.byteLength;
      if (size > maxBytes) controller.error(new AnswerTooLarge(`the answer has more than ${maxBytes / 1024} KiB`));
      else controller.enqueue(chunk);
    },
  });
}
