// Answers that go on for long: they end when the session of their token does, as connections do. Loaded with the first of them.
import { type Auth, AuthError, type Guard, type GuardRequest, type Requirement } from "../index.js";
import { toOpeningOf } from "./_opening.js";
import { LiveSession } from "./_session.js";
import type { Ending } from "./_session-limits.js";

/** What an answer goes on with. */
export interface StreamTerms<Claims> {
  readonly guard: Guard<Claims>;
  readonly requirement: Requirement | undefined;
  readonly auth: Auth<Claims>;
  readonly guardRequest: GuardRequest;
}

/**
 * The items of the source until the token expires, is revoked or loses what is needed; none of them
 * comes after that (CWE-613). `toLast` makes what the client gets last, and may throw instead.
 */
export function endWithToken<Claims, Item>(
  source: AsyncIterable<Item>,
  terms: StreamTerms<Claims>,
  toLast: (ending: Ending) => Item,
): AsyncGenerator<Item> {
  return new BoundedStream(source[Symbol.asyncIterator](), { begin: (onEnd) => begin(terms, onEnd), toLast });
}

/** Aborts when the token expires or is revoked. Ends with `request`. */
export function abortWithToken<Claims>(
  controller: AbortController,
  terms: StreamTerms<Claims>,
  request: AbortSignal,
): void {
  const session = begin(terms, (ending) => controller.abort(toEndError(ending)));
  request.addEventListener("abort", () => session.close(), { once: true });
  if (request.aborted) session.close();
  else session.start();
}

/** The refusal that ended a session: one of the guard's reasons, since nothing else bounds it here. */
export function toEndError({ body }: Ending): AuthError {
  return new AuthError(body.reason as AuthError["reason"]);
}

function begin<Claims>(
  { guard, requirement, auth, guardRequest }: StreamTerms<Claims>,
  onEnd: (ending: Ending) => void,
): LiveSession<Claims> {
  return new LiveSession({ guard, requirement, auth, opening: toOpeningOf(guardRequest), limits: {}, onEnd });
}

interface StreamBounds<Item> {
  readonly begin: (onEnd: (ending: Ending) => void) => LiveSession<unknown>;
  readonly toLast: (ending: Ending) => Item;
}

const done = { done: true, value: undefined } as const;

/** Not a generator: one that waits for its source cannot be returned from before that gives something. */
class BoundedStream<Item> implements AsyncGenerator<Item> {
  readonly #source: AsyncIterator<Item>;
  readonly #session: LiveSession<unknown>;
  readonly #toLast: (ending: Ending) => Item;
  /** Who waits for an item. Cleared each time: a promise that lasted as long as the stream would keep all who ever waited. */
  readonly #waiting = new Set<() => void>();
  #ending: Ending | undefined;
  #isOver = false;

  constructor(source: AsyncIterator<Item>, { begin, toLast }: StreamBounds<Item>) {
    this.#source = source;
    this.#toLast = toLast;
    this.#session = begin((ending) => {
      this.#ending = ending;
      for (const tell of this.#waiting) tell();
    });
    this.#session.start();
  }

  async next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#isOver) return done;
    try {
      // Both looks are at the clock: the session may have ended while nobody asked, or woke the timer.
      const item = this.#session.isOpen() ? await this.#wait() : undefined;
      if (item !== undefined && this.#session.isOpen() && !item.done) return item;
      if (this.#isOver || item?.done) {
        this.#close();
        return done;
      }
    } catch (error) {
      this.#close();
      throw error;
    }
    const ending = this.#ending;
    await this.return();
    return ending ? { done: false, value: this.#toLast(ending) } : done;
  }

  /** The source's next item; undefined where the session ends before. */
  #wait(): Promise<IteratorResult<Item> | undefined> {
    return new Promise((resolve, reject) => {
      const tell = () => resolve(undefined);
      this.#waiting.add(tell);
      this.#source
        .next()
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(tell));
    });
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    this.#close();
    this.#leave();
    return done;
  }

  async throw(error: unknown): Promise<IteratorResult<Item, undefined>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #close(): void {
    this.#isOver = true;
    this.#session.close();
    for (const tell of this.#waiting) tell();
  }

  /** Not waited for: a source may be busy waiting for its next item. */
  #leave(): void {
    Promise.resolve(this.#source.return?.()).catch(() => {});
  }
}
