// Poll delivery (RFC 8936): the receiver acknowledges what it has, and gets what waits.
import { z } from "zod";
import type { Stream } from "./stream.js";

const mostEvents = 100;
const longestWait = 30_000;

/** RFC 8936 §2.2. */
export interface PollRequest {
  /** How many events the answer may have; 0 only acknowledges. */
  readonly maxEvents?: number | undefined;
  readonly returnImmediately?: boolean | undefined;
  /** The events that the receiver has. */
  readonly ack?: readonly string[] | undefined;
  /** The events that it refuses, and why (§2.6). */
  readonly setErrs?: Readonly<Record<string, unknown>> | undefined;
}

const setError = z.object({ err: z.string(), description: z.string().optional() });

/** Members that are not known are ignored. */
export const pollRequest: z.ZodType<PollRequest> = z.object({
  maxEvents: z.int().nonnegative().optional(),
  returnImmediately: z.boolean().optional(),
  ack: z.array(z.string()).max(1000).optional(),
  setErrs: z.record(z.string(), setError).optional(),
});

export interface PollAnswer {
  readonly sets: Readonly<Record<string, string>>;
  readonly moreAvailable?: true;
}

/**
 * Answers a poll. Without anything to give it waits, but no longer than `gone` and half a minute
 * allow. What is not acknowledged comes again with the next poll (§2.4).
 */
export async function poll(stream: Stream, request: PollRequest, gone: AbortSignal): Promise<PollAnswer> {
  for (const jti of [...(request.ack ?? []), ...Object.keys(request.setErrs ?? {})]) stream.queue.settle(jti);
  const most = Math.min(request.maxEvents ?? mostEvents, mostEvents);
  if (most > 0 && request.returnImmediately !== true && !hasEvents(stream)) await waitForEvent(stream, gone);
  if (most === 0 || !hasEvents(stream)) return { sets: {} };
  const events = stream.queue.peek(most);
  return {
    sets: Object.fromEntries(events.map(({ jti, token }) => [jti, token])),
    ...(stream.queue.size > events.length && { moreAvailable: true }),
  };
}

function hasEvents({ queue, status }: Stream): boolean {
  return status === "enabled" && queue.size > 0;
}

function waitForEvent(stream: Stream, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const ends = AbortSignal.any([gone, stream.closed]);
    const finish = (): void => {
      stopListening();
      clearTimeout(timer);
      ends.removeEventListener("abort", finish);
      resolve();
    };
    const stopListening = stream.queue.listen(() => hasEvents(stream) && finish());
    const timer = setTimeout(finish, longestWait);
    ends.addEventListener("abort", finish);
    if (ends.aborted) finish();
  });
}
