// A verdict → the answer: with the identity if the request may pass.
import type { Policy } from "../config.js";
import type { TokenIssuer } from "../identity/token-issuer.js";
import { toIdentityHeaders } from "../identity/values.js";
import { proxyKinds } from "../proxy/kinds.js";
import { GatewayRefusal } from "../refusals.js";
import { type Answer, isAccepted, toAcceptance, toCarrier, toRefusalAnswer } from "./answer.js";
import type { Journey, Verdict } from "./decide.js";

/** What an answer needs besides the verdict. */
export interface Settling {
  readonly policy: Policy;
  readonly journey: Journey;
  readonly tokens: TokenIssuer | undefined;
}

/** Never rejects: an identity that cannot be passed on refuses the request. */
export function settle(verdict: Verdict, settling: Settling): Answer | Promise<Answer> {
  const { policy, journey, tokens } = settling;
  const { needsRestoring } = proxyKinds[policy.proxy];
  if (!isAccepted(verdict)) return toRefusalAnswer(verdict, policy.guard, needsRestoring);
  try {
    const own = journey.guardRequest && policy.guard.responseHeaders(journey.guardRequest);
    const forClient = Object.entries(own ?? {}).map(
      ([name, value]) => [toCarrier(name, needsRestoring), value] as const,
    );
    const identity = toIdentityHeaders(policy.identity, verdict);
    const name = policy.identity.token;
    if (name === undefined) return toAcceptance([...identity, ...forClient]);
    return Promise.resolve(tokens?.toToken(verdict)).then(
      (token) => toAcceptance([...identity, [name, toTokenValue(name, token)], ...forClient]),
      (error: unknown) => toFailure(error, settling),
    );
  } catch (error) {
    return toFailure(error, settling);
  }
}

function toFailure(error: unknown, { policy }: Settling): Answer {
  const refusal = error instanceof GatewayRefusal ? error : new GatewayRefusal("identity_failed", { cause: error });
  return toRefusalAnswer(refusal, policy.guard, proxyKinds[policy.proxy].needsRestoring);
}

function toTokenValue(name: string, token = ""): string {
  return name.toLowerCase() === "authorization" && token !== "" ? `Bearer ${token}` : token;
}
