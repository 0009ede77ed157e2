// The clock: compares this machine's with the issuer's Date headers (RFC 9110 §6.6.1).
import { defaults } from "../../../configuration/options.js";
import { toDoctorFinding } from "../catalogue/catalogue.js";
import { type CheckResult, type DoctorCheck, defineCheck } from "../define-check.js";
import type { Exchange } from "../recorder.js";

/** The possible offset of the issuer's clock from this one, in seconds. */
interface Range {
  readonly low: number;
  readonly high: number;
}

export const clockCheck: DoctorCheck = defineCheck({
  title: "clock",
  needs: ["trust"],
  run: ({ recorder, now }, { clockTolerance: tolerance = defaults.clockTolerance }) => {
    const ranges = recorder.exchanges.flatMap(readRange);
    if (recorder.exchanges.length === 0) return { findings: [], note: "no answer to compare with" };
    if (ranges.length === 0) {
      return { findings: [toDoctorFinding("clock_unknown", { now: new Date(now() * 1000).toISOString() })] };
    }
    return judge(narrowest(ranges), tolerance);
  },
});

/** The header was written between sending and receiving, and is rounded down to a second. */
function readRange({ headers, sentAt, receivedAt }: Exchange): Range[] {
  const date = Date.parse(headers.get("date") ?? "") / 1000;
  if (Number.isNaN(date)) return [];
  // A cache states the age of its answer (RFC 9111 §5.1).
  const age = Number(/^\d+$/.exec(headers.get("age") ?? "")?.[0] ?? 0);
  return [{ low: date + age - receivedAt, high: date + age + 1 - sentAt }];
}

/** Each answer gives a range. The quickest gives the narrowest one. */
function narrowest(ranges: readonly Range[]): Range {
  return ranges.reduce((best, range) => (range.high - range.low < best.high - best.low ? range : best));
}

function judge({ low, high }: Range, tolerance: number): CheckResult {
  const middle = (low + high) / 2;
  const values = { drift: Math.abs(middle).toFixed(1), error: ((high - low) / 2).toFixed(1), tolerance };
  const note = `${values.drift} s ± ${values.error} s from the issuer's`;
  if (low > tolerance) return { findings: [toDoctorFinding("clock_behind", values)], note };
  if (high < -tolerance) return { findings: [toDoctorFinding("clock_ahead", values)], note };
  // If the range includes zero, there may be no difference at all.
  const surely = Math.max(low, -high, 0);
  if (surely > tolerance / 2) return { findings: [toDoctorFinding("clock_drifting", values)], note };
  return { findings: [], note };
}
