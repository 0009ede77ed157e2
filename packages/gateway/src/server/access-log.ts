// One line of JSON per decision. No token, no claim, no query.
import type { Policy } from "../config.js";
import type { Answer } from "./answer.js";
import type { Journey } from "./decide.js";

/** Writes lines. */
export type WriteLine = (line: string) => void;

/** Writes what was decided, in the amount that the policy asks for. */
export function logDecision(
  write: WriteLine,
  { log }: Pick<Policy, "log">,
  entry: { readonly answer: Answer; readonly journey: Journey; readonly seconds: number },
): void {
  const { answer, journey, seconds } = entry;
  if (log === "off" || (log === "refusals" && answer.reason === undefined)) return;
  const { original, path, rule } = journey;
  write(
    JSON.stringify({
      time: toTime(Date.now()),
      event: "decision",
      outcome: answer.reason === undefined ? "allowed" : "refused",
      status: answer.trueStatus,
      reason: answer.reason,
      problem: answer.problem,
      method: original?.method,
      host: original?.host,
      path: path?.slice(0, 512),
      rule: rule?.name,
      address: original?.address,
      milliseconds: Math.round(seconds * 1e5) / 100,
    }),
  );
}

const last = { at: Number.NaN, text: "" };

/** A busy gateway writes many lines per millisecond. */
function toTime(at: number): string {
  if (at !== last.at) Object.assign(last, { at, text: new Date(at).toISOString() });
  return last.text;
}
