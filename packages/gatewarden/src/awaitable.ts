// A result, or a promise of it: only what truly has to wait becomes a promise (see ARCHITECTURE.md, "Nothing waits that need not").

/** A value that is either here already or promised. */
export type Awaitable<Value> = Value | Promise<Value>;

/** Continues with `next` at once when the value is here, and later when it is promised. */
export function chain<Value, Next>(value: Awaitable<Value>, next: (value: Value) => Awaitable<Next>): Awaitable<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}
