// Details about a wrong time: the time in UTC, its distance, and which clock is wrong.
import type { AuthError } from "../../errors.js";
import { member } from "../../token/json.js";
import type { RefusalFacts, Specific } from "../refusal-facts.js";

/**
 * `Date` has a resolution of one second, and an answer takes time. A smaller offset is not drift.
 */
const leastDrift = 3;

/** Reasons whose details are times, in seconds since 1970. */
const timeReasons: ReadonlySet<string> = new Set([
  ...["expired", "not_yet_valid", "issued_in_future", "dpop_stale", "dpop_issued_in_future", "authentication_too_old"],
]);

/** The details of a refusal for display: times become readable. */
export function toShownTime(reason: string, value: unknown): unknown {
  return timeReasons.has(reason) && typeof value === "number" ? (toUtc(value) ?? value) : value;
}

/**
 * For example `2027-01-15T08:00:00Z`. Undefined for milliseconds, lifetimes, and values that are
 * not dates.
 */
export function toUtc(seconds: number): string | undefined {
  const isDate = seconds > 1e8 && seconds < 1e11;
  return isDate ? new Date(Math.floor(seconds) * 1000).toISOString().replace(".000Z", "Z") : undefined;
}

/** Whether a clock differs from the issuer's by more than the measuring error. */
export function isDrift(offset: number, clockTolerance: number): boolean {
  return Math.abs(offset) > Math.max(leastDrift, clockTolerance);
}

/** How long ago or ahead, and the token's intended lifetime. */
export function explainTime(error: AuthError, facts: RefusalFacts): Specific | undefined {
  const { actual, expected } = error.details;
  const now = facts.now ?? expected;
  if (typeof now !== "number" || typeof actual !== "number" || !Number.isFinite(actual)) return undefined;
  if (actual > now * 100) return { detail: "It looks like milliseconds: dates count seconds (RFC 7519 §2)." };
  if (actual < now / 100) return { detail: "It looks like a lifetime: dates count from 1970 (RFC 7519 §2)." };
  return { ...explainByClock(error, actual, now, facts), detail: describeDistance(error.reason, actual, now, facts) };
}

function describeDistance(reason: string, actual: number, now: number, { claims = {}, clock }: RefusalFacts): string {
  const [distance, time] = [spell(Math.abs(now - actual)), toUtc(actual) ?? `${actual}`];
  if (reason !== "expired") return `It is ${distance} ahead of this machine's clock: ${time}.`;
  const iat = member(claims, "iat");
  const life = typeof iat === "number" && actual > iat ? ` It was issued for ${spell(actual - iat)}.` : "";
  const also = clock?.isOff && isPast(actual, now, clock) ? " It has expired by the issuer's clock as well." : "";
  return `It expired ${distance} ago, at ${time}.${life}${also}`;
}

type MeasuredClock = NonNullable<RefusalFacts["clock"]>;

function isPast(time: number, now: number, { offset, tolerance }: MeasuredClock): boolean {
  return time + tolerance <= now + offset;
}

/**
 * Once the clocks are compared, the cause is known. Synchronising them is advised only if it helps.
 */
function explainByClock(
  { reason }: AuthError,
  actual: number,
  now: number,
  { clock, provider }: RefusalFacts,
): Specific {
  if (clock === undefined) return {};
  const isAhead = actual > now + clock.offset + clock.tolerance;
  const isTokensFault = reason === "expired" ? isPast(actual, now, clock) : isAhead;
  if (clock.isOff && !isTokensFault) {
    const side = clock.offset > 0 ? "behind" : "ahead of";
    const cause = `This machine's clock is ${spell(Math.abs(clock.offset))} ${side} the issuer's, by which the token is good.`;
    return { cause, fix: "Synchronise this machine's clock (NTP); in a virtual machine or container, the host's." };
  }
  if (reason === "expired") return { fix: provider?.fixes.expired ?? "Get a new token." };
  return {
    cause: "The token's own time is in the future, by the issuer's clock too.",
    fix: "Find out why the authorization server dates the token ahead. It is good from that time on.",
  };
}

/** When a DPoP proof was created, by the client's clock, which was not measured. */
export function explainProofTime({ details: { name, actual, expected } }: AuthError): Specific | undefined {
  if (typeof actual !== "number" || typeof expected !== "number") return undefined;
  const time = toUtc(actual);
  if (time === undefined) return undefined;
  const distance = `${spell(Math.abs(expected - actual))} ${actual > expected ? "ahead" : "ago"}`;
  return { detail: `Its \`${name}\` is ${distance}, at ${time}.` };
}

/** When the user logged in. */
export function explainLoginTime(
  { details: { actual, expected } }: AuthError,
  { now }: RefusalFacts,
): Specific | undefined {
  const time = typeof actual === "number" ? toUtc(actual) : undefined;
  if (typeof actual !== "number" || time === undefined || now === undefined) return undefined;
  const limit = typeof expected === "number" ? ` This endpoint accepts ${spell(expected)}.` : "";
  return {
    detail: `The login was ${spell(Math.abs(now - actual))} ${actual > now ? "ahead" : "ago"}, at ${time}.${limit}`,
  };
}

/** Seconds in words, in one unit. Values slightly below a unit are rounded up to it. */
export function spell(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
  ];
  for (const [size, name] of units) {
    const count = Math.floor(seconds / size + 0.02);
    if (count >= 1) return `${count} ${name}${count === 1 ? "" : "s"}`;
  }
  const whole = Math.round(seconds);
  return `${whole} second${whole === 1 ? "" : "s"}`;
}
