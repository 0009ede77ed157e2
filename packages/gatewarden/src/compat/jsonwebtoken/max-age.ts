// The option `maxAge`: seconds, or text with a unit.
import { ConfigError } from "../../index.js";

const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds, or a whole number with one of the units `s`, `m`, `h`, `d` and `w`. */
const span = /^(\d{1,9}) ?(s|m|h|d|w)$/;

/** The longest age in seconds. Throws `ConfigError`. */
export function requireMaxAge(given: string | number | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "number" && Number.isFinite(given) && given > 0) return given;
  const [, count, unit = ""] = typeof given === "string" ? (span.exec(given) ?? []) : [];
  const seconds = Number(count) * (secondsIn[unit] ?? Number.NaN);
  if (seconds > 0) return seconds;
  // Text without a unit is milliseconds in jsonwebtoken, which callers rarely mean.
  const problem = "must be seconds, or text with a unit: s, m, h, d or w";
  throw new ConfigError({ option: "maxAge", problem, example: 'maxAge: "2h"' });
}
