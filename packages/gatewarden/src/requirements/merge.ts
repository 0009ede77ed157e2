// Several refusals → the one that is answered. The caller is told what to do in one go, and never sent to log in in vain.
import { AuthError, type StepUpTerms } from "../errors.js";

/**
 * The refusal of `all`. When new tokens can mend every part, it is a step-up (401) that also names the scopes of the other parts, as RFC 9470
 * §3 provides: one trip to the issuer is enough. When one part cannot be mended by logging in again, such as a role, that part is answered
 * (403), for the login would be in vain. Among equals the first part decides the reason.
 */
export function mergeRefusals(refusals: readonly AuthError[]): AuthError | undefined {
  if (refusals.length < 2) return refusals[0];
  const broken = refusals.find(({ status }) => status >= 500);
  if (broken) return broken;
  const stepUps = refusals.flatMap(({ stepUp }) => stepUp ?? []);
  const hopeless = stepUps.length > 0 ? refusals.find((refusal) => !isMendable(refusal)) : undefined;
  const decisive = hopeless ?? refusals.find(({ stepUp }) => stepUp) ?? refusals[0];
  if (decisive === undefined) return undefined;
  const { reason, details } = decisive;
  return new AuthError(reason, {
    details,
    scopes: [...new Set(refusals.flatMap(({ scopes }) => scopes))],
    ...(hopeless === undefined && stepUps.length > 0 && { stepUp: stepUps.reduce(mergeStepUps) }),
  });
}

/**
 * The refusal of `any`: it points to the first alternative that a new token could satisfy. Where that one needs another login it is the step-up
 * itself (401), otherwise `requirement_not_met` (403) with the alternative's scopes.
 */
export function pickAlternative(refusals: readonly AuthError[]): AuthError {
  const mendable = refusals.find(isMendable);
  return mendable?.stepUp ? mendable : new AuthError("requirement_not_met", { scopes: mendable?.scopes ?? [] });
}

/** Whether the challenge says what to ask the issuer for. */
function isMendable({ scopes, stepUp }: AuthError): boolean {
  return stepUp !== undefined || scopes.length > 0;
}

/** A login that satisfies both: of a class that is on both lists, and no older than the stricter age. */
function mergeStepUps(one: StepUpTerms, other: StepUpTerms): StepUpTerms {
  const shared = one.acrValues?.filter((value) => other.acrValues?.includes(value) ?? true) ?? [];
  // Lists that share nothing ask for what no login can be; then the first one is as good as any.
  const acrValues = shared.length > 0 ? shared : (one.acrValues ?? other.acrValues);
  const ages = [one.maxAge, other.maxAge].filter((age) => age !== undefined);
  return { ...(acrValues && { acrValues }), ...(ages.length > 0 && { maxAge: Math.min(...ages) }) };
}
