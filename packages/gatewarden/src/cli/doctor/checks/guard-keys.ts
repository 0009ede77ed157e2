// The keys of the guard from `--config`: whether it has them, and if not, why and which address it
// used.
import { describeValue } from "../../../explain/describe-value.js";
import { findFault } from "../../../explain/specifics/network-faults.js";
import type { IssuerStatus } from "../../../monitoring/guard-status.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type DoctorCheck, defineCheck } from "../define-check.js";
import { recordGlobalFetch } from "../recorder.js";
import { within } from "../within.js";

/** One load may take two requests, each up to `keys.timeout`. */
const requestsOfLoad = 3;

export const guardKeysCheck: DoctorCheck = defineCheck({
  title: "guard's keys",
  needs: ["guard"],
  run: async ({ recorder, options }, { guard }) => {
    const seconds = options.timeout * requestsOfLoad;
    const loading = guard.ready().then(
      () => true,
      () => false,
    );
    const isReady = await recordGlobalFetch(recorder, () => within(seconds, loading));
    const { issuers } = guard.status();
    const findings = issuers.flatMap((issuer) => inspect(issuer, seconds));
    const target = isReady === true ? undefined : recorder.asked.at(-1);
    return {
      findings,
      // A guard that fetched its keys has had an answer: it has a time to compare, and a working
      // route.
      facts: { ...(isReady === true && { trust: true }), ...(target !== undefined && { target }) },
      note: issuers.map(({ issuer, keys }) => `${issuer}: ${keys.state}`).join(", ") || "asked for when a token comes",
    };
  },
});

function inspect({ issuer, keys }: IssuerStatus, seconds: number): readonly DoctorFinding[] {
  const { state, lastError } = keys;
  if (state === "fixed" || state === "fresh") return [];
  if (lastError === undefined) return [toDoctorFinding("guard_keys_late", { issuer, seconds })];
  const fault = findFault(lastError);
  const problem = describeKeyFailure(lastError, fault?.what);
  const fix = fault?.fix ?? "Run doctor with --issuer and --audience to look at the issuer step by step.";
  return [toDoctorFinding(state === "stale" ? "guard_keys_stale" : "guard_keys_missing", { issuer, problem, fix })];
}

/** The library's own error names address and status. The table describes its cause. */
function describeKeyFailure(error: unknown, what: string | undefined): string {
  const message = describeValue(error instanceof Error ? error.message : error);
  return what === undefined ? message : `${message}: ${what}`;
}
