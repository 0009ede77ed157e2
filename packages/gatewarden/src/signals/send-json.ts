// JSON to a transmitter and back, with limits on time and size (CWE-400, CWE-770). Redirects are
// not followed: they would take the Authorization header elsewhere.
import { DependencyError } from "../monitoring/dependency.js";
import { rejectOnAbort } from "../platform/abort.js";
import type { Awaitable } from "../platform/awaitable.js";
import type { Fetch, FetchAnswer } from "../platform/fetch.js";
import { loadText } from "../platform/load-text.js";

/** How a transmitter is asked. */
export interface Transport {
  readonly fetch: Fetch;
  /** The whole `Authorization` header, or a function that returns it. */
  readonly authorization: string | (() => Awaitable<string>) | undefined;
  /** Time limit in seconds. */
  readonly timeout: number;
  /** Ends the request early. */
  readonly signal?: AbortSignal;
}

/** One request. */
export interface JsonCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly body?: unknown;
}

/** An answer with a status from 200 to 299. */
export interface JsonReply {
  readonly status: number;
  /** Undefined without a body. */
  readonly document: unknown;
}

/** A transmitter answered with an error, or with something that is not what was asked for. */
export class TransmitterError extends DependencyError {
  /** Undefined where there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, status: number | undefined) {
    super(message);
    this.status = status;
  }
}

const maxBytes = 512 * 1024;

/** Sends the request. Rejects with `TransmitterError`, which names method, URL and status only. */
export async function sendJson(call: JsonCall, transport: Transport): Promise<JsonReply> {
  const what = `${call.method} ${call.url}`;
  const { timeout, signal: given } = transport;
  if (given?.aborted) throw new TransmitterError(`${what} was not tried`, undefined);
  const end = new AbortController();
  const stop = () => end.abort();
  const timer = setTimeout(stop, timeout * 1000);
  given?.addEventListener("abort", stop, { once: true });
  try {
    // A custom `fetch` may ignore the signal; the time limit applies all the same.
    return await Promise.race([rejectOnAbort(end.signal), send(what, call, { ...transport, signal: end.signal })]);
  } catch (error) {
    if (error instanceof TransmitterError) throw error;
    const problem = end.signal.aborted && !given?.aborted ? `did not finish within ${timeout} s` : "failed";
    throw new TransmitterError(`${what} ${problem}`, undefined);
  } finally {
    clearTimeout(timer);
    given?.removeEventListener("abort", stop);
  }
}

type Sending = Transport & { readonly signal: AbortSignal };

async function send(what: string, { method, url, body }: JsonCall, transport: Sending): Promise<JsonReply> {
  const { fetch, authorization, signal } = transport;
  const header = typeof authorization === "function" ? await authorization() : authorization;
  const headers = {
    accept: "application/json",
    ...(header !== undefined && { authorization: header }),
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  const terms = { method, headers, redirect: "manual", signal } as const;
  const answer = await fetch(url, body === undefined ? terms : { ...terms, body: JSON.stringify(body) });
  return parseReply(what, answer, signal);
}

async function parseReply(what: string, answer: FetchAnswer, signal: AbortSignal): Promise<JsonReply> {
  const { status } = answer;
  if (status < 200 || status > 299) {
    await answer.body?.cancel();
    throw new TransmitterError(`${what} answered with status ${status}`, status);
  }
  const text = await loadText(answer.body, { maxBytes, signal });
  if (text === undefined) throw new TransmitterError(`${what} answered with more than ${maxBytes / 1024} KiB`, status);
  if (text.trim() === "") return { status, document: undefined };
  try {
    return { status, document: JSON.parse(text) };
  } catch {
    throw new TransmitterError(`${what} answered with something that is not JSON`, status);
  }
}
