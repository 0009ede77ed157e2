// The transmitter: all streams of the tenant, and the events that go onto them.
import { randomUUID } from "node:crypto";
import type { Persona } from "../config/model.js";
import { type EventName, eventTypes, verificationType } from "./event-types.js";
import { startPush } from "./push-delivery.js";
import type { SignEvent } from "./sign-event.js";
import { Stream, type StreamSettings } from "./stream.js";
import { type Subject, toSubject, toSubjects } from "./subject.js";

const maxStreams = 32;

/** Something that happened to a person. */
export interface PersonEvent {
  readonly name: EventName;
  readonly persona: Persona;
  /** Members of the event besides its time. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

export interface TransmitterOptions {
  readonly issuer: string;
  readonly sign: SignEvent;
  /** Hears of events that a receiver did not take. */
  readonly onProblem: (problem: string) => void;
}

export class Transmitter {
  readonly #options: TransmitterOptions;
  readonly #streams = new Map<string, { readonly stream: Stream; readonly wake: () => void }>();

  constructor(options: TransmitterOptions) {
    this.#options = options;
  }

  get streams(): readonly Stream[] {
    return [...this.#streams.values()].map(({ stream }) => stream);
  }

  /** A new stream; undefined when there are as many as the tenant keeps (CWE-770). */
  create(clientId: string, settings: StreamSettings): Stream | undefined {
    if (this.#streams.size >= maxStreams) return undefined;
    const stream = new Stream(clientId, settings);
    const { wake } = startPush(stream, this.#options.onProblem);
    this.#streams.set(stream.id, { stream, wake });
    return stream;
  }

  /** A stream of this client. Another client's is as if it did not exist (SSF 1.0 §8). */
  find(clientId: string, id: string): Stream | undefined {
    const stream = this.#streams.get(id)?.stream;
    return stream?.clientId === clientId ? stream : undefined;
  }

  /** The stream's settings or status changed: what waits may be delivered now. */
  resume(stream: Stream): void {
    this.#streams.get(stream.id)?.wake();
  }

  remove(stream: Stream): void {
    this.#streams.delete(stream.id);
    stream.close();
  }

  /** Puts an event on every stream that wants it; returns how many those are. */
  async emit({ name, persona, details }: PersonEvent): Promise<number> {
    const { issuer } = this.#options;
    const [type, subjects] = [eventTypes[name], toSubjects(issuer, persona)];
    const event = { event_timestamp: Math.floor(Date.now() / 1000), ...details };
    const txn = randomUUID();
    const wanting = this.streams.filter((stream) => stream.wants(type, subjects));
    for (const stream of wanting) {
      await this.#enqueue(stream, { subject: toSubject(issuer, persona), type, event, txn });
    }
    return wanting.length;
  }

  /** Puts a verification event on a stream (SSF 1.0 §8.1.4.1). */
  async verify(stream: Stream, state: string | undefined): Promise<void> {
    const subject = { format: "opaque", id: stream.id };
    const event = state === undefined ? {} : { state };
    await this.#enqueue(stream, { subject, type: verificationType, event, txn: randomUUID() });
  }

  close(): void {
    for (const { stream } of this.#streams.values()) stream.close();
    this.#streams.clear();
  }

  async #enqueue(stream: Stream, { subject, type, event, txn }: Enqueued): Promise<void> {
    const jti = randomUUID();
    const claims = { jti, aud: stream.clientId, txn, sub_id: subject, events: { [type]: event } };
    const { token, isRepeated } = await this.#options.sign(claims);
    if (!stream.closed.aborted) stream.queue.add({ jti, token, isRepeated });
  }
}

interface Enqueued {
  readonly subject: Subject;
  readonly type: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly txn: string;
}
