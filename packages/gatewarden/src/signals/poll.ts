// Poll delivery (RFC 8936): one loop that fetches tokens, carries them out and acknowledges them.
import { AuthError } from "../errors.js";
import { Dependency, DependencyError, type DependencyStatus } from "../monitoring/dependency.js";
import { backOffSeconds } from "../platform/back-off.js";
import { isObject, member } from "../token/json.js";
import { type EventReceiver, toDeliveryError } from "./receiver.js";
import { sendJson, type Transport } from "./send-json.js";

/** How a stream is polled. */
export interface PollTerms {
  readonly endpoint: string;
  readonly transport: Transport;
  readonly maxEvents: number;
  /** Seconds between polls where the transmitter answers at once and has nothing. */
  readonly interval: number;
  readonly returnImmediately: boolean;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** A poll that runs until it is closed. */
export interface SignalsPoll {
  /**
   * Ends the loop and its request, and resolves once the tokens at hand are carried out. What was
   * not acknowledged by then is delivered again to the next poll.
   */
  close(): Promise<void>;
  /** Counts of polls, and since when they fail. Makes no request. */
  status(): DependencyStatus;
}

/** What the next request tells about the tokens before (RFC 8936 §2.4). */
interface Receipts {
  readonly ack: string[];
  readonly setErrs: Record<string, { readonly err: string; readonly description: string }>;
}

/** Larger numbers of tokens in one answer than any transmitter sends. */
const mostSets = 1000;

/** Starts the loop. */
export function startPoll(receiver: EventReceiver, terms: PollTerms): SignalsPoll {
  const loop = new PollLoop(receiver, terms);
  const ended = loop.run();
  return {
    close() {
      loop.stop();
      return ended;
    },
    status: () => ({ ...loop.watch }),
  };
}

class PollLoop {
  readonly watch: Dependency;
  readonly #receiver: EventReceiver;
  readonly #terms: PollTerms;
  readonly #end = new AbortController();
  #receipts: Receipts = createReceipts();
  #failures = 0;

  constructor(receiver: EventReceiver, terms: PollTerms) {
    this.#receiver = receiver;
    this.#terms = terms;
    this.watch = new Dependency(terms.now);
  }

  stop(): void {
    this.#end.abort();
  }

  /** Resolves once it was stopped. Never rejects. */
  async run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      const pause = await this.#pollOnce();
      if (pause > 0) await sleep(pause, this.#end.signal);
    }
  }

  /** Seconds to wait before the next poll. */
  async #pollOnce(): Promise<number> {
    const began = performance.now();
    try {
      const sets = await this.#ask();
      this.watch.noteAnswer();
      const { isNew, isFailed } = await this.#receiveAll(sets);
      // A token that could not be carried out stays unacknowledged, and would come back at once.
      if (isFailed) return this.#backOff();
      this.#failures = 0;
      // Whatever else the transmitter repeats, without end, is asked for at intervals only.
      if (isNew) return 0;
      // After a long poll that waited, the next one follows at once.
      return performance.now() - began > this.#terms.interval * 1000 ? 0 : this.#terms.interval;
    } catch (error) {
      if (this.#end.signal.aborted) return 0;
      this.watch.noteFailure(error);
      return this.#backOff();
    }
  }

  #backOff(): number {
    this.#failures++;
    return backOffSeconds(this.#failures);
  }

  async #ask(): Promise<readonly [string, string][]> {
    const { endpoint, transport, maxEvents, returnImmediately } = this.#terms;
    const { ack, setErrs } = this.#receipts;
    const body = {
      maxEvents,
      returnImmediately,
      ...(ack.length > 0 && { ack }),
      ...(Object.keys(setErrs).length > 0 && { setErrs }),
    };
    const { signal } = this.#end;
    const { document } = await sendJson({ method: "POST", url: endpoint, body }, { ...transport, signal });
    // Only now does the transmitter know them; a request that failed is repeated with them.
    this.#receipts = createReceipts();
    return parsePollAnswer(document);
  }

  /** Whether any token is new, and whether one could not be carried out for the moment. */
  async #receiveAll(sets: readonly [string, string][]): Promise<{ isNew: boolean; isFailed: boolean }> {
    const found = { isNew: false, isFailed: false };
    for (const [jti, token] of sets) {
      const outcome = await this.#receiver.receive(token, { jti });
      if (!(outcome instanceof AuthError)) this.#receipts.ack.push(jti);
      else if (outcome.status < 500) this.#receipts.setErrs[jti] = toDeliveryError(outcome);
      else found.isFailed = true;
      if (outcome === "done") found.isNew = true;
    }
    return found;
  }
}

function createReceipts(): Receipts {
  // Without a prototype, since ids of tokens are its names (CWE-1321).
  return { ack: [], setErrs: Object.create(null) as Receipts["setErrs"] };
}

/** RFC 8936 §2.3. Throws for an answer of another form, which is then a failure of the poll. */
function parsePollAnswer(document: unknown): readonly [string, string][] {
  const sets = isObject(document) ? member(document, "sets") : undefined;
  if (!isObject(sets)) throw new DependencyError("The answer to the poll has no sets");
  const entries = Object.entries(sets);
  if (entries.length > mostSets) throw new DependencyError("The answer to the poll has too many sets");
  return entries.map(([jti, token]) => [jti, typeof token === "string" ? token : ""]);
}

/** Ends early when the signal aborts. */
function sleep(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, seconds * 1000);
    signal.addEventListener("abort", wake, { once: true });
  });
}
