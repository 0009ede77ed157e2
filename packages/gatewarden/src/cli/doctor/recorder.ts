// A `fetch` that remembers what came, so that the library's own code does the asking, and doctor can say why it refused.

/** One request and what came back. */
export interface Exchange {
  readonly url: string;
  /** Seconds since 1970, on this machine's clock. */
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly status: number;
  readonly headers: Headers;
  /** The body as far as it was read. */
  readonly text: () => string;
}

/** A recording `fetch`. */
export interface Recorder {
  readonly fetch: typeof globalThis.fetch;
  /** URLs as they were asked for, answered or not. */
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

/** Runs a task whose requests go through the recorder, whoever makes them: code of the developer's uses the global `fetch`. */
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
