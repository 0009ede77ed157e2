// Long-running answers: they end with the session of their token, as connections do. Loaded with
// the first of them.
import { type Auth, AuthError, type Guard, type GuardRequest, type Requirement } from "../index.js";
import { toOpeningOf } from "./_opening.js";
import { LiveSession } from "./_session.js";
import type { Ending } from "./_session-limits.js";

/** The check that a long-running answer depends on. */
export interface StreamTerms<Claims> {
  readonly guard: Guard<Claims>;
  readonly requirement: Requirement | undefined;
  readonly auth: Auth<Claims>;
  readonly guardRequest: GuardRequest;
}

/**
 * Yields the source's items until the token expires, is revoked or loses what is needed, and none
 * after that (CWE-613). `toLast` creates the client's last item, or throws.
 */
export function endWithToken<Claims, Item>(
  source: AsyncIterable<Item>,
  terms: StreamTerms<Claims>,
  toLast: (ending: Ending) => Item,
): AsyncGenerator<Item> {
  return new BoundedStream(source[Symbol.asyncIterator](), { begin: (onEnd) => begin(terms, onEnd), toLast });
}

/** Calls back once the client is gone: at once where it is already. */
export type WhenGone = (close: () => void) => void;

/** Aborts when the token expires or is revoked, unless the client is gone before. */
export function abortWithToken<Claims>(
  controller: AbortController,
  terms: StreamTerms<Claims>,
  whenGone: WhenGone,
): void {
  const session = begin(terms, (ending) => controller.abort(toEndError(ending)));
  whenGone(() => session.close());
  session.start();
}

/**
 * The refusal that ended a session. It is one of the guard's reasons, since nothing else limits it
 * here.
 */
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

/** Not a generator: `return` on a generator waits until a pending `next` of its source settles. */
class BoundedStream<Item> implements AsyncGenerator<Item> {
  readonly #source: AsyncIterator<Item>;
  readonly #session: LiveSession<unknown>;
  readonly #toLast: (ending: Ending) => Item;
  /**
   * Callers waiting for an item. Each is removed afterwards: racing one long-lived promise instead
   * would retain every caller.
   */
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
      // Both calls check the clock: the session may have ended between calls, or before its timer
      // fired.
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

  /** The source's next item. Undefined if the session ends first. */
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

  /** Not awaited: a source may be waiting for its next item. */
  #leave(): void {
    Promise.resolve(this.#source.return?.()).catch(() => {});
  }
}
