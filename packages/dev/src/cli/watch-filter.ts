// Which events `gatewarden watch` shows.

/** An event of the feed, by its members. */
export type WatchedEvent = Readonly<Record<string, unknown>>;

/** A list names alternatives; undefined asks for nothing. All that is named must fit. */
export interface WatchFilter {
  readonly kind?: readonly string[] | undefined;
  readonly outcome?: readonly string[] | undefined;
  readonly reason?: readonly string[] | undefined;
  /** What the route needs: the whole requirement, or one of its words. */
  readonly need?: readonly string[] | undefined;
  /** A persona or a client. */
  readonly as?: readonly string[] | undefined;
}

/** An event without a member does not fit a filter for it. */
export function fitsFilter(event: WatchedEvent, { as, kind, need, outcome, reason }: WatchFilter): boolean {
  const isOne = (wanted: readonly string[] | undefined, ...values: readonly unknown[]): boolean =>
    wanted === undefined || values.some((value) => typeof value === "string" && wanted.includes(value));
  return (
    isOne(kind, event["kind"]) &&
    isOne(outcome, event["outcome"]) &&
    isOne(reason, event["reason"]) &&
    isOne(need, event["need"], ...toWords(event["need"])) &&
    isOne(as, event["holder"], event["persona"], event["client"])
  );
}

/** `anyOf(permission read:x, role admin)` → its names. */
function toWords(need: unknown): readonly string[] {
  return typeof need === "string" ? need.split(/[\s(),]+/) : [];
}
