// Several refusals → the one to answer with. The caller learns everything to do at once, and is
// never sent to log in without effect.
import { AuthError, type StepUpTerms } from "../errors.js";

/**
 * The refusal of `all`. If a new login could satisfy every part, it is a step-up (401) that also
 * names the scopes of the other parts, as RFC 9470 §3 provides: one visit to the issuer is enough.
 * If a new login cannot satisfy some part, such as a role, that part is the refusal (403), since
 * the login would have no effect. Otherwise the first part decides the reason.
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
 * The refusal of `any`. It points to the first alternative that a new token could satisfy. If that
 * alternative needs another login, the refusal is its step-up (401), otherwise
 * `requirement_not_met` (403) with its scopes.
 */
export function pickAlternative(refusals: readonly AuthError[]): AuthError {
  const mendable = refusals.find(isMendable);
  return mendable?.stepUp ? mendable : new AuthError("requirement_not_met", { scopes: mendable?.scopes ?? [] });
}

/** Whether the challenge states what to request from the issuer. */
function isMendable({ scopes, stepUp }: AuthError): boolean {
  return stepUp !== undefined || scopes.length > 0;
}

/**
 * A login that satisfies both: its class is on both lists, and its age within the stricter limit.
 */
function mergeStepUps(one: StepUpTerms, other: StepUpTerms): StepUpTerms {
  const shared = one.acrValues?.filter((value) => other.acrValues?.includes(value) ?? true) ?? [];
  // If the lists share nothing, no login satisfies both. The first list is then used.
  const acrValues = shared.length > 0 ? shared : (one.acrValues ?? other.acrValues);
  const ages = [one.maxAge, other.maxAge].filter((age) => age !== undefined);
  return { ...(acrValues && { acrValues }), ...(ages.length > 0 && { maxAge: Math.min(...ages) }) };
}
