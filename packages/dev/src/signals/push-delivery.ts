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
  let isRunning = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    try {
      for (let next = findNext(stream); next !== undefined; next = findNext(stream)) {
        await deliver(stream, next, onProblem);
      }
    } finally {
      isRunning = false;
    }
  };
  const wake = (): void => {
    if (!isRunning) run().catch(() => undefined);
  };
  stream.queue.listen(wake);
  return { wake };
}

interface Next {
  readonly event: QueuedEvent;
  readonly target: PushSettings;
}

function findNext({ queue, settings, status, closed }: Stream): Next | undefined {
  const [event] = queue.peek(1);
  const isOn = status === "enabled" && !closed.aborted;
  if (!isOn || event === undefined || settings.delivery === undefined) return undefined;
  return { event, target: settings.delivery };
}

async function deliver(stream: Stream, next: Next, onProblem: (problem: string) => void): Promise<void> {
  const { event, target } = next;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const { outcome, why } = await send(event.token, target, stream.closed);
    const now = findNext(stream);
    // Paused, changed or deleted in the meantime: what waits is looked at anew.
    if (now === undefined || now.event.jti !== event.jti) return;
    if (outcome === "taken") return stream.queue.settle(event.jti);
    const isLast = attempt === attempts || outcome === "refused";
    if (isLast) {
      onProblem(`An event for ${target.endpoint_url} is given up: ${why}`);
      return stream.queue.settle(event.jti);
    }
    await setTimeout(Math.min(firstDelay * 2 ** (attempt - 1), longestDelay), undefined, {
      signal: stream.closed,
      ref: false,
    }).catch(() => undefined);
  }
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
