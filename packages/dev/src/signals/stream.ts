// One stream: what a receiver asked for, and what waits for it (SSF 1.0 §8.1.1).
import { randomUUID } from "node:crypto";
import { EventQueue } from "./event-queue.js";
import { eventTypes } from "./event-types.js";
import { type Subject, toSubjectKey } from "./subject.js";

export const pushMethod = "urn:ietf:rfc:8935";
export const pollMethod = "urn:ietf:rfc:8936";

export interface PushSettings {
  readonly method: typeof pushMethod;
  readonly endpoint_url: string;
  /** Sent as `Authorization` with each event. */
  readonly authorization_header?: string | undefined;
}

/** What the receiver supplies. */
export interface StreamSettings {
  /** Undefined: poll, whose address the tenant supplies. */
  readonly delivery: PushSettings | undefined;
  /** Undefined: all that there are. */
  readonly events_requested: readonly string[] | undefined;
  readonly description: string | undefined;
}

export type StreamStatus = "enabled" | "paused" | "disabled";

const supported: readonly string[] = Object.values(eventTypes);
const maxSubjects = 1000;

export class Stream {
  readonly id: string = randomUUID();
  /** The client that manages it, and the audience of its events. */
  readonly clientId: string;
  readonly queue: EventQueue = new EventQueue();
  readonly #closed = new AbortController();
  readonly #removed = new Set<string>();
  settings: StreamSettings;
  status: StreamStatus = "enabled";
  reason: string | undefined;

  constructor(clientId: string, settings: StreamSettings) {
    this.clientId = clientId;
    this.settings = settings;
  }

  /** Aborted when the stream is deleted, or the tenant closes. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  get delivered(): readonly string[] {
    const { events_requested: requested } = this.settings;
    return requested === undefined ? supported : supported.filter((type) => requested.includes(type));
  }

  /** Whether an event of this type about these subjects belongs on the stream. */
  wants(type: string, subjects: readonly Subject[]): boolean {
    if (this.status === "disabled" || !this.delivered.includes(type)) return false;
    return !subjects.some((subject) => this.#removed.has(toSubjectKey(subject)));
  }

  /** All subjects are on a new stream; this one is so again. */
  addSubject(subject: Subject): void {
    this.#removed.delete(toSubjectKey(subject));
  }

  /** Returns false when the stream remembers no more of them (CWE-770). */
  removeSubject(subject: Subject): boolean {
    if (this.#removed.size >= maxSubjects) return false;
    this.#removed.add(toSubjectKey(subject));
    return true;
  }

  /** A disabled stream holds nothing (SSF 1.0 §8.1.2.1). */
  setStatus(status: StreamStatus, reason: string | undefined): void {
    this.status = status;
    this.reason = reason;
    if (status === "disabled") this.queue.clear();
  }

  close(): void {
    this.#closed.abort();
    this.queue.clear();
  }

  /** The configuration as the receiver reads it. */
  describe(issuer: string): Readonly<Record<string, unknown>> {
    const { delivery, description, events_requested } = this.settings;
    const poll = { method: pollMethod, endpoint_url: new URL(`/ssf/poll/${this.id}`, issuer).href };
    return {
      stream_id: this.id,
      iss: issuer,
      aud: this.clientId,
      events_supported: supported,
      ...(events_requested !== undefined && { events_requested }),
      events_delivered: this.delivered,
      delivery: delivery ?? poll,
      ...(description !== undefined && { description }),
    };
  }
}
