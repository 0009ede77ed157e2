// A set of seconds, stored as a few spans: exact where it matters, always bounded.

/** Whole seconds, both ends included. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Seconds that were added. May report others as added, but never misses an added one. */
export interface Spans {
  add(second: number): void;
  has(second: number): boolean;
}

/** Spans that are no further apart than this are merged. */
const gap = 60;
const maxSpans = 16;

/** Creates an empty set. */
export function createSpans(): Spans {
  let spans: readonly Span[] = [];
  return {
    add(second) {
      spans = join([...spans, { from: second, to: second }].sort((one, other) => one.from - other.from));
    },
    has: (second) => spans.some(({ from, to }) => from <= second && second <= to),
  };
}

/**
 * In order and disjoint. Of too many, the two earliest are merged: they are the least likely to be
 * looked up.
 */
function join(ordered: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  for (const span of ordered) {
    const last = joined.at(-1);
    if (last && span.from <= last.to + gap) joined.splice(-1, 1, { from: last.from, to: Math.max(last.to, span.to) });
    else joined.push(span);
  }
  const [first, next, ...others] = joined;
  return joined.length > maxSpans && first && next ? [{ from: first.from, to: next.to }, ...others] : joined;
}
