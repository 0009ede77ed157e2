// A result, or a promise of it: only what truly has to wait becomes a promise (see ARCHITECTURE.md, "Nothing waits that need not").

/** A value that is either here already or promised. */
export type Awaitable<Value> = Value | Promise<Value>;

/** Continues with `next` at once when the value is here, and later when it is promised. */
export function chain<Value, Next>(value: Awaitable<Value>, next: (value: Value) => Awaitable<Next>): Awaitable<Next> {
  return isPromise(value) ? Promise.resolve(value).then(next) : next(value);
}

/** Also for promises of another library or realm: one that was taken for a value could pass for a schema's approval. */
function isPromise<Value>(value: Awaitable<Value>): value is Promise<Value> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
