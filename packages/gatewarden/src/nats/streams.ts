// The two streams of the revocations: the log, and the parts of snapshots.
import { DependencyError } from "../monitoring/dependency.js";
import { LogBrokenError } from "../revocation/log.js";
import { readBase64 } from "../token/base64url.js";
import { type JetStream, JetStreamError } from "./client.js";

/** A stream by its name. */
export interface Stream {
  readonly name: string;
  readonly js: JetStream;
}

/** What a stream holds. */
export interface StreamState {
  /** When the stream was made, as the server writes it: another stream has another. */
  readonly created: string;
  readonly first: number;
  readonly last: number;
  /** When the last message was stored, as the server writes it. */
  readonly lastTime: string;
}

/** A stored message. */
export interface StoredMessage {
  readonly data: Uint8Array;
  readonly seq: number;
  readonly subject: string;
  readonly time: string;
}

/** Which message is meant: a number of the stream, or the last one of a subject. */
export type MessageQuery = { readonly seq: number } | { readonly last_by_subj: string };

/**
 * Makes the stream, unless it is there. `needed`: settings without which it would lose or overwrite
 * messages; an existing stream without them is refused.
 */
export async function openStream({ js, name }: Stream, config: object, needed: object): Promise<StreamState> {
  const info = await js.ask(`STREAM.INFO.${name}`).catch((error: unknown) => {
    if (!(error instanceof JetStreamError && error.code === 404)) throw error;
    return js.ask(`STREAM.CREATE.${name}`, { name, ...config, ...needed });
  });
  const actual = (info["config"] ?? {}) as Readonly<Record<string, unknown>>;
  for (const [option, value] of Object.entries(needed)) {
    if (actual[option] !== value) throw new DependencyError(`The stream ${name} has not ${option} ${value}`);
  }
  return toState(info);
}

export async function findState({ js, name }: Stream): Promise<StreamState> {
  try {
    return toState(await js.ask(`STREAM.INFO.${name}`));
  } catch (error) {
    // Deleted, or lost by a server that keeps nothing.
    if (error instanceof JetStreamError && error.code === 404) throw new LogBrokenError(`The stream ${name} is gone`);
    throw error;
  }
}

/** Undefined where there is no such message. */
export async function findMessage({ js, name }: Stream, query: MessageQuery): Promise<StoredMessage | undefined> {
  try {
    const { message } = await js.ask(`STREAM.MSG.GET.${name}`, query);
    const { data = "", seq, subject, time } = (message ?? {}) as Readonly<Record<string, unknown>>;
    const bytes = typeof data === "string" ? readBase64(data) : undefined;
    if (bytes && typeof seq === "number" && typeof subject === "string" && typeof time === "string") {
      return { data: bytes, seq, subject, time };
    }
  } catch (error) {
    if (error instanceof JetStreamError && error.code === 404) return undefined;
    throw error;
  }
  throw new DependencyError("NATS gave an answer that is not of JetStream");
}

/** The server's clock, in seconds: a reader that ends by itself is made, and says when. */
export async function readServerTime({ js, name }: Stream): Promise<number> {
  const config = { ack_policy: "none", mem_storage: true, inactive_threshold: 1_000_000_000, deliver_policy: "new" };
  const { created } = await js.ask(`CONSUMER.CREATE.${name}`, { stream_name: name, config });
  return toServerSeconds(created);
}

/** NaN for what is not a time. */
export function toServerSeconds(time: unknown): number {
  return typeof time === "string" ? Date.parse(time) / 1000 : Number.NaN;
}

function toState(info: Readonly<Record<string, unknown>>): StreamState {
  const { created } = info;
  const { first_seq, last_seq, last_ts } = (info["state"] ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof created !== "string" || typeof first_seq !== "number" || typeof last_seq !== "number") {
    throw new DependencyError("NATS gave an answer that is not of JetStream");
  }
  return { created, first: first_seq, last: last_seq, lastTime: typeof last_ts === "string" ? last_ts : "" };
}
