// A `fetch` that remembers what came, so that the library's own code does the asking, and doctor
// can say why it refused.
import type { Fetch, FetchBody, FetchInit } from "../../platform/fetch.js";

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
  readonly fetch: Fetch;
  /** URLs as they were asked for, answered or not. */
  readonly asked: readonly string[];
  /** In the order of the answers. */
  readonly exchanges: readonly Exchange[];
  /** Another `fetch`, recorded beside the own one. */
  readonly record: (fetch: Fetch) => (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
}

const maxRecorded = 512 * 1024;

export function createRecorder(machine: { readonly fetch: Fetch; readonly now: () => number }): Recorder {
  const { now } = machine;
  const exchanges: Exchange[] = [];
  const asked: string[] = [];
  const record: Recorder["record"] = (fetch) => async (input, init) => {
    const sentAt = now();
    const url = input instanceof Request ? input.url : String(input);
    asked.push(url);
    // What others write for the global `fetch` is more than this library asks with.
    const response = await fetch(input as string, init as FetchInit);
    const headers = new Headers();
    response.headers.forEach((value, name) => void headers.append(name, value));
    const { text, body } = recordBody(response.body);
    exchanges.push({ url, sentAt, receivedAt: now(), status: response.status, headers, text });
    return new Response(body, { status: response.status, headers });
  };
  return { asked, exchanges, record, fetch: record(machine.fetch) as Fetch };
}

/** Runs a task with the recorder as the global `fetch`, which the developer's own code uses. */
export async function recordGlobalFetch<Value>(recorder: Recorder, task: () => Promise<Value>): Promise<Value> {
  const { fetch } = globalThis;
  // Around the one of the moment: the recorder's own may look the global one up, and would find
  // itself.
  const recording = recorder.record(fetch) as typeof globalThis.fetch;
  globalThis.fetch = recording;
  try {
    return await task();
  } finally {
    if (globalThis.fetch === recording) globalThis.fetch = fetch;
  }
}

function recordBody(body: FetchBody | null) {
  const decoder = new TextDecoder();
  let text = "";
  if (body === null) return { text: () => text, body };
  const reader = body.getReader();
  const recording = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      if (text.length < maxRecorded) text += decoder.decode(value, { stream: true });
      controller.enqueue(value);
    },
    cancel: async () => void (await reader.cancel()),
  });
  return { text: () => text, body: recording };
}
