// A result, or a promise of it: only what truly has to wait becomes a promise (see ARCHITECTURE.md, "Nothing waits that need not").

/** A value that is either here already or promised. */
export type Awaitable<Value> = Value | Promise<Value>;

/** Continues with `next` at once when the value is here, and later when it is promised. */
export function chain<Value, Next>(value: Awaitable<Value>, next: (value: Value) => Awaitable<Next>): Awaitable<Next> {
  return isPromise(value) ? Promise.resolve(value).then(next) : next(value);
}

/** What the attempt gives; what it throws, or rejects with, is answered by `recover`. */
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

/** All of them: at once when all are here. */
export function allOf<Value>(values: readonly Awaitable<Value>[]): Awaitable<readonly Value[]> {
  return values.some(isPromise) ? Promise.all(values) : (values as readonly Value[]);
}

/** Also for promises of another library or realm: one that was taken for a value could pass for a schema's approval. */
function isPromise<Value>(value: Awaitable<Value>): value is Promise<Value> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Makes a promise of what can be waited for without being one, such as the query builders of databases. */
export function adopt<Value>(value: Value | PromiseLike<Value>): Awaitable<Value> {
  return isThenable(value) && !(value instanceof Promise) ? Promise.resolve(value) : (value as Awaitable<Value>);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
