// A verdict → the answer: with the identity if the request may pass.
import type { Auth, AuthError } from "gatewarden";
import type { Policy } from "../config.js";
import type { IdentityNames } from "../identity/names.js";
import type { TokenIssuer } from "../identity/token-issuer.js";
import { toIdentityHeaders } from "../identity/values.js";
import { proxyKinds } from "../proxy/kinds.js";
import { GatewayRefusal } from "../refusals.js";
import { type Answer, isAccepted, toAcceptance, toCarrier, toLines, toRefusalAnswer } from "./answer.js";
import { toCorsHeaders } from "./cors.js";
import type { Journey, Verdict } from "./decide.js";

/** What an answer needs besides the verdict. */
export interface Settling {
  readonly policy: Policy;
  readonly journey: Journey;
  readonly tokens: TokenIssuer | undefined;
}

/** Never rejects: an identity that cannot be passed on refuses the request. */
export function settle(verdict: Verdict, { policy, journey, tokens }: Settling): Answer | Promise<Answer> {
  const { needsRestoring } = proxyKinds[policy.proxy];
  const refuse = (refusal: AuthError | GatewayRefusal) =>
    toRefusalAnswer(refusal, {
      guard: policy.guard,
      needsRestoring,
      more: toCorsHeaders(policy.cors, journey.origin),
    });
  const fail = (error: unknown) =>
    refuse(error instanceof GatewayRefusal ? error : new GatewayRefusal("identity_failed", { cause: error }));
  if (!isAccepted(verdict)) return refuse(verdict);
  try {
    const own = journey.guardRequest && policy.guard.responseHeaders(journey.guardRequest);
    const name = policy.identity.token;
    if (own === undefined && name === undefined) return recallAcceptance(policy.identity, verdict, needsRestoring);
    const forClient = own === undefined ? [] : toCarried(own, needsRestoring);
    const identity = toIdentityHeaders(policy.identity, verdict);
    if (name === undefined) return toAcceptance([...identity, ...forClient]);
    return Promise.resolve(tokens?.toToken(verdict)).then(
      (token) => toAcceptance([...identity, [name, toTokenValue(name, token)], ...forClient]),
      fail,
    );
  } catch (error) {
    return fail(error);
  }
}

/**
 * Characters of an answer that is kept. All answers together then take less than the cache of
 * tokens counts for their tokens (CWE-770).
 */
const mostKept = 1024;

/** One `Auth` serves all requests with a known token, so one answer serves them too. */
const acceptances = new WeakMap<IdentityNames, WeakMap<Auth<unknown>, Answer>>();

function recallAcceptance(names: IdentityNames, auth: Auth<unknown> | undefined, needsRestoring: boolean): Answer {
  if (auth === undefined) return toAcceptance(toIdentityHeaders(names, auth));
  const ofNames = acceptances.get(names) ?? new WeakMap<Auth<unknown>, Answer>();
  const known = ofNames.get(auth);
  if (known !== undefined) return known;
  acceptances.set(names, ofNames);
  const made = toAcceptance(toIdentityHeaders(names, auth));
  const lines = toLines(made, needsRestoring);
  const answer = { ...made, lines };
  if (lines.reduce((size, { length }) => size + length, 0) <= mostKept) ofNames.set(auth, answer);
  return answer;
}

function toCarried(own: Readonly<Record<string, string>>, needsRestoring: boolean): Answer["headers"] {
  return Object.entries(own).map(([name, value]) => [toCarrier(name, needsRestoring), value] as const);
}

function toTokenValue(name: string, token = ""): string {
  return name.toLowerCase() === "authorization" && token !== "" ? `Bearer ${token}` : token;
}
