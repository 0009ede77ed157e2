// A verdict → the answer: with the identity if the request may pass.
import type { AuthError } from "gatewarden";
import type { Policy } from "../config.js";
import type { TokenIssuer } from "../identity/token-issuer.js";
import { toIdentityHeaders } from "../identity/values.js";
import { proxyKinds } from "../proxy/kinds.js";
import { GatewayRefusal } from "../refusals.js";
import { type Answer, isAccepted, toAcceptance, toCarrier, toRefusalAnswer } from "./answer.js";
import { toCorsHeaders } from "./cors.js";
import type { Journey, Verdict } from "./decide.js";

/** What an answer needs besides the verdict. */
export interface Settling {
  readonly policy: Policy;
  readonly journey: Journey;
  readonly tokens: TokenIssuer | undefined;
}

/** Never rejects: an identity that cannot be passed on refuses the request. */
export async function settle(verdict: Verdict, { policy, journey, tokens }: Settling): Promise<Answer> {
  const { needsRestoring } = proxyKinds[policy.proxy];
  const refuse = (refusal: AuthError | GatewayRefusal) =>
    toRefusalAnswer(refusal, {
      guard: policy.guard,
      needsRestoring,
      more: toCorsHeaders(policy.cors, journey.origin),
    });
  if (!isAccepted(verdict)) return refuse(verdict);
  try {
    const own = journey.guardRequest && policy.guard.responseHeaders(journey.guardRequest);
    const forClient = Object.entries(own ?? {}).map(
      ([name, value]) => [toCarrier(name, needsRestoring), value] as const,
    );
    const identity = toIdentityHeaders(policy.identity, verdict);
    const name = policy.identity.token;
    const token = name === undefined ? [] : [[name, toTokenValue(name, await tokens?.toToken(verdict))] as const];
    return toAcceptance([...identity, ...token, ...forClient]);
  } catch (error) {
    return refuse(error instanceof GatewayRefusal ? error : new GatewayRefusal("identity_failed", { cause: error }));
  }
}

function toTokenValue(name: string, token = ""): string {
  return name.toLowerCase() === "authorization" && token !== "" ? `Bearer ${token}` : token;
}
