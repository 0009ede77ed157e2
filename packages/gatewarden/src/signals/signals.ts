// `gatewarden/signals`: a receiver for Shared Signals (SSF 1.0, CAEP 1.0, RISC 1.0), by push
// (RFC 8935) and by poll (RFC 8936), and a client that sets up streams.
import { requireHttpHosts } from "../configuration/hosts.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import { ConfigError } from "../errors.js";
import { requireOptionNames, requireSeconds } from "../events/options.js";
import type { Guard } from "../guard.js";
import { DependencyError } from "../monitoring/dependency.js";
import { rejectOnAbort } from "../platform/abort.js";
import { findClock } from "../platform/guard-clock.js";
import { type SignalsPoll, startPoll } from "./poll.js";
import { createPushEndpoint } from "./push.js";
import { EventReceiver } from "./receiver.js";
import { requireSignalsOptions, requireStateSecret, type SignalsOptions } from "./signal-options.js";
import {
  requireTransmitterUrl,
  requireTransport,
  type StreamClient,
  type TransmitterOptions,
} from "./stream-client.js";
import { createVerificationStates } from "./verification.js";

export type { Endpoint, EndpointAnswer, EndpointRequest, ReceivedBody } from "../endpoint/endpoint.js";
export type { Revocation, Revoker } from "../revocation/revocation.js";
export { defaultActions, type SignalAction, type SignalActions, type SignalVerdict } from "./actions.js";
export type { SignalsPoll } from "./poll.js";
export type { Signal } from "./security-event.js";
export { TransmitterError } from "./send-json.js";
export type { SignalsOptions } from "./signal-options.js";
export type { SignalReport } from "./signal-report.js";
export {
  createStreamClient,
  type PollDelivery,
  type PushDelivery,
  type SignalStream,
  type StreamClient,
  type StreamClientOptions,
  type StreamRequest,
  type StreamStatus,
  type TransmitterMetadata,
  type TransmitterOptions,
} from "./stream-client.js";
export type { SignalSubject, SignalTarget } from "./subject.js";

/** Options of a poll. */
export interface PollOptions extends Omit<TransmitterOptions, "timeout"> {
  /** The `endpoint_url` of the stream's delivery. */
  readonly endpoint: string;
  /** How many tokens one answer may have. Default 25. */
  readonly maxEvents?: number;
  /**
   * Seconds between polls where the transmitter answers at once that it has nothing. Default 5.
   */
  readonly interval?: number;
  /**
   * Asks the transmitter to answer at once instead of waiting for events (RFC 8936 §2.2). Default
   * false.
   */
  readonly returnImmediately?: boolean;
  /** Seconds that one request may take, the transmitter's wait included. Default 90. */
  readonly timeout?: number;
}

/** A receiver of events. */
export interface SignalsReceiver {
  /**
   * The endpoint for push delivery, for `serveEndpoint` of an adapter, outside of the guard's own
   * check. Answers 202 once an event was carried out; 400 with `err` and `description` (RFC 8935
   * §2.4) for one that was refused; 503 while it cannot be carried out.
   */
  readonly push: Endpoint;
  /** Polls a stream until it is closed, in one loop that backs off while it fails. */
  poll(options: PollOptions): SignalsPoll;
  /**
   * Requests a verification event for a stream, and resolves when it has arrived here by push or
   * poll. Rejects if the transmitter refuses, or after `seconds`, by default 30.
   */
  verify(client: StreamClient, streamId: string, seconds?: number): Promise<void>;
}

/**
 * A receiver for events of the guard's issuers. The guard may be the API's own, where its issuer is
 * the transmitter; or one more, for the transmitter alone: `createGuard({ issuer, audience,
 * discoveryUrl: "https://…/.well-known/ssf-configuration" })`. Throws `ConfigError`.
 */
export function createSignalsReceiver(guard: Guard<unknown>, options: SignalsOptions): SignalsReceiver {
  const now = findClock(guard);
  const terms = requireSignalsOptions(options);
  const states = createVerificationStates(requireStateSecret(options.stateSecret));
  const receiver = new EventReceiver(guard, terms, states);
  return {
    push: createPushEndpoint(receiver, terms.authorizations),
    poll: (given) => startPoll(receiver, { ...requirePollOptions(given), now: now ?? (() => Date.now() / 1000) }),
    async verify(client, streamId, seconds = 30) {
      // Before a state is waited for, which would stay if this threw.
      const signal = AbortSignal.timeout(seconds * 1000);
      const { state, arrived, cancel } = await states.begin();
      try {
        await client.requestVerification(streamId, state);
        await Promise.race([arrived, rejectOnAbort(signal)]);
      } catch (error) {
        if (!signal.aborted) throw error;
        throw new DependencyError(`The verification event did not arrive within ${seconds} s`);
      } finally {
        cancel();
      }
    },
  };
}

const pollNames = [
  ...["endpoint", "maxEvents", "interval", "returnImmediately", "timeout"],
  ...["authorization", "insecureHttpHosts", "fetch"],
];

function requirePollOptions(options: PollOptions) {
  requireOptionNames("poll", options, pollNames);
  const { endpoint, maxEvents = 25, interval = 5, returnImmediately = false } = options;
  requireTransmitterUrl("endpoint", endpoint, requireHttpHosts(options.insecureHttpHosts));
  if (!Number.isInteger(maxEvents) || maxEvents < 1 || maxEvents > 1000) {
    const problem = "must be a whole number from 1 to 1000";
    throw new ConfigError({ option: "maxEvents", problem, example: "maxEvents: 25" });
  }
  const transport = requireTransport(options, 90);
  return { endpoint, transport, maxEvents, interval: requireSeconds("interval", interval, 3600), returnImmediately };
}
