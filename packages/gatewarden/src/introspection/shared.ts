// Answers about active tokens that processes share: what one process has asked, the others need not
// ask. A store that fails is as good as none: the server is asked.
import { rejectOnAbort } from "../platform/abort.js";
import { member } from "../token/json.js";
import type { IntrospectionStore, SharedQuestion } from "./introspect.js";
import { type ActiveResponse, isActiveResponse } from "./rules.js";

/** Bounds in seconds. */
export interface SharedBounds {
  readonly maxAge: number;
  readonly timeout: number;
}

/** A sound answer about an active token that is younger than `maxAge`, and its age. */
export interface FoundAnswer {
  readonly response: ActiveResponse;
  readonly age: number;
}

/** Never rejects. A store may hold anything, so its answer is checked as the server's is. */
export async function findShared(
  store: IntrospectionStore,
  question: SharedQuestion,
  { maxAge, timeout }: SharedBounds,
): Promise<FoundAnswer | undefined> {
  if (maxAge <= 0) return undefined;
  try {
    const loading = store.load(question);
    const found = await Promise.race([loading, rejectOnAbort(AbortSignal.timeout(timeout * 1000))]);
    if (found === undefined) return undefined;
    const { response, age } = found;
    const isFresh = typeof age === "number" && age >= 0 && age < maxAge;
    // A copy, so that it cannot be changed from outside.
    const copy: unknown = isFresh ? structuredClone(response) : undefined;
    return isActiveResponse(copy) && copy.active ? { response: copy, age } : undefined;
  } catch {
    return undefined;
  }
}

/** Stores an answer about an active token for no longer than it may be used (RFC 7662 §4). */
export function shareAnswer(
  store: IntrospectionStore,
  question: SharedQuestion,
  { response, maxAge, now }: { readonly response: ActiveResponse; readonly maxAge: number; readonly now: number },
): void {
  const exp = member(response, "exp");
  const lifetime = typeof exp === "number" ? Math.min(maxAge, exp - now) : maxAge;
  if (!(response.active && lifetime > 0)) return;
  try {
    Promise.resolve(store.save(question, structuredClone(response), lifetime)).catch(() => undefined);
  } catch {
    // The answer is there; only the others will have to ask.
  }
}
