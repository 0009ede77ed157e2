// A `fetch` that records answers. The library's own code makes the requests, and doctor can explain
// why it refused an answer.

/** One request and its answer. */
export interface Exchange {
  readonly url: string;
  /** Seconds since 1970, on this machine's clock. */
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly status: number;
  readonly headers: Headers;
  /** The part of the body that was read. */
  readonly text: () => string;
}

/** A recording `fetch`. */
export interface Recorder {
  readonly fetch: typeof globalThis.fetch;
  /** All requested URLs, answered or not. */
  readonly asked: readonly string[];
  /** In the order of the answers. */
  readonly exchanges: readonly Exchange[];
}

const maxRecorded = 512 * 1024;

export function createRecorder({
  fetch,
  now,
}: {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
}): Recorder {
  const exchanges: Exchange[] = [];
  const asked: string[] = [];
  return {
    asked,
    exchanges,
    fetch: async (input, init) => {
      const sentAt = now();
      asked.push(input instanceof Request ? input.url : String(input));
      const response = await fetch(input, init);
      const { status, statusText, headers } = response;
      const { text, body } = recordBody(response.body);
      exchanges.push({ url: String(input), sentAt, receivedAt: now(), status, headers, text });
      return new Response(body, { status, statusText, headers });
    },
  };
}

/** Runs a task with the recorder as the global `fetch`, which the developer's own code uses. */
export async function recordGlobalFetch<Value>(recorder: Recorder, task: () => Promise<Value>): Promise<Value> {
  const { fetch } = globalThis;
  globalThis.fetch = recorder.fetch;
  try {
    return await task();
  } finally {
    if (globalThis.fetch === recorder.fetch) globalThis.fetch = fetch;
  }
}

function recordBody(body: ReadableStream<Uint8Array> | null) {
  const decoder = new TextDecoder();
  let text = "";
  const recording = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      if (text.length < maxRecorded) text += decoder.decode(chunk, { stream: true });
      controller.enqueue(chunk);
    },
  });
  return { text: () => text, body: body === null ? null : body.pipeThrough(recording) };
}
