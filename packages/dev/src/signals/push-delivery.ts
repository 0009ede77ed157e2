// Push delivery (RFC 8935): one event after the other, each until the receiver has taken or refused
// it, or several attempts failed.
import { setTimeout } from "node:timers/promises";
import type { QueuedEvent } from "./event-queue.js";
import type { PushSettings, Stream } from "./stream.js";

const attempts = 8;
const firstDelay = 200;
const longestDelay = 10_000;
const timeout = 5000;

type Outcome = "taken" | "refused" | "failed";

/** Delivers the events of a stream while it pushes. `onProblem` hears of each event that is lost. */
export function startPush(stream: Stream, onProblem: (problem: string) => void): { wake(): void } {
  let pause: AbortController | undefined;
  let isRunning = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    let last: Attempt | undefined;
    try {
      // Looked up anew each time: the stream may have been paused, changed or deleted meanwhile.
      for (let next = findNext(stream, last); next !== undefined; next = findNext(stream, last)) {
        last = next;
        if (await attempt(stream, next, onProblem)) continue;
        pause = new AbortController();
        const delay = Math.min(firstDelay * 2 ** (next.count - 1), longestDelay);
        const signal = AbortSignal.any([pause.signal, stream.closed]);
        await setTimeout(delay, undefined, { signal, ref: false }).catch(() => undefined);
      }
    } finally {
      // In the same turn as the look-up that found nothing: an event that comes now starts anew.
      isRunning = false;
    }
  };
  const start = (): void => {
    // A listener of problems may throw, which must not end the process (CWE-248).
    if (!isRunning) run().catch(() => undefined);
  };
  stream.queue.listen(start);
  return {
    wake: () => {
      pause?.abort();
      start();
    },
  };
}

/** One event on its way to one address. */
interface Attempt {
  readonly event: QueuedEvent;
  readonly target: PushSettings;
  readonly count: number;
}

function findNext({ queue, settings, status, closed }: Stream, last: Attempt | undefined): Attempt | undefined {
  const [event] = queue.peek(1);
  const isOn = status === "enabled" && !closed.aborted;
  const { delivery: target } = settings;
  if (!isOn || event === undefined || target === undefined) return undefined;
  const isSame = last?.event === event && last.target === target;
  return { event, target, count: isSame ? last.count + 1 : 1 };
}

/** Returns whether the event is done with: it was taken, or is given up. */
async function attempt(
  { closed, queue }: Stream,
  { event, target, count }: Attempt,
  onProblem: (problem: string) => void,
): Promise<boolean> {
  const { outcome, why } = await send(event.token, target, closed);
  const isLost = outcome === "refused" || (outcome === "failed" && count >= attempts);
  const isDone = outcome === "taken" || isLost;
  if (isDone) queue.settle(event.jti);
  if (isLost && !closed.aborted) onProblem(`An event for ${target.endpoint_url} is given up: ${why}`);
  return isDone;
}

async function send(
  token: string,
  { endpoint_url, authorization_header }: PushSettings,
  closed: AbortSignal,
): Promise<{ outcome: Outcome; why: string }> {
  try {
    const response = await fetch(endpoint_url, {
      method: "POST",
      redirect: "manual",
      headers: {
        "content-type": "application/secevent+jwt",
        accept: "application/json",
        ...(authorization_header !== undefined && { authorization: authorization_header }),
      },
      body: token,
      signal: AbortSignal.any([closed, AbortSignal.timeout(timeout)]),
    });
    await response.body?.cancel();
    return { outcome: toOutcome(response.status), why: `status ${response.status}` };
  } catch {
    return { outcome: "failed", why: "no answer" };
  }
}

/**
 * 202 acknowledges (RFC 8935 §2.2). With 400 the same event would fail again (§2.3), and any other
 * status may be of passing nature.
 */
function toOutcome(status: number): Outcome {
  if (status >= 200 && status < 300) return "taken";
  return status === 400 ? "refused" : "failed";
}
