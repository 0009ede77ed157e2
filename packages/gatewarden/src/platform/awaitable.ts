// A result, or a promise of it: only what must wait becomes a promise (see ARCHITECTURE.md,
// "Nothing waits that need not").

/** A value, or a promise of it. */
export type Awaitable<Value> = Value | Promise<Value>;

/** Continues with `next`: synchronously for a value, later for a promise. */
export function chain<Value, Next>(value: Awaitable<Value>, next: (value: Value) => Awaitable<Next>): Awaitable<Next> {
  return isPromise(value) ? Promise.resolve(value).then(next) : next(value);
}

/** The result of `attempt`. What it throws, or rejects with, goes to `recover`. */
export function rescue<Value>(
  attempt: () => Awaitable<Value>,
  recover: (error: unknown) => Awaitable<Value>,
): Awaitable<Value> {
  try {
    const value = attempt();
    return isPromise(value) ? Promise.resolve(value).catch(recover) : value;
  } catch (error) {
    return recover(error);
  }
}

/** All of the values: synchronously when none is a promise. */
export function allOf<Value>(values: readonly Awaitable<Value>[]): Awaitable<readonly Value[]> {
  return values.some(isPromise) ? Promise.all(values) : (values as readonly Value[]);
}

/**
 * Also recognises promises of another library or realm: one that was taken for a value could pass
 * as a schema's approval.
 */
function isPromise<Value>(value: Awaitable<Value>): value is Promise<Value> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Converts thenables that are not promises, such as database query builders, to promises. */
export function adopt<Value>(value: Value | PromiseLike<Value>): Awaitable<Value> {
  return isThenable(value) && !(value instanceof Promise) ? Promise.resolve(value) : (value as Awaitable<Value>);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
