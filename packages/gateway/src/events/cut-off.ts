// The section `cutOff` → the endpoint at which an operator ends access, with a token of the guard.
import type { GuardRequest } from "gatewarden";
import { type CutOffEntry, type CutOffOptions, createCutOffEndpoint, type Endpoint } from "gatewarden/logout";
import { toCutOffRequirement } from "../rules/requirement.js";
import type { CutOffData } from "../rules/schema.js";
import type { EndpointParts } from "./parts.js";

/** Throws `ConfigError` of the library, and `TypeError` where nothing is required. */
export function createCutOff(data: CutOffData, { guard, revocations, report, tokenHeader }: EndpointParts): Endpoint {
  const { perMinute, tokenLifetime } = data;
  const options: CutOffOptions = {
    requirement: toCutOffRequirement(data),
    revocations,
    audit: (entry) => report("cut_off", toDetails(entry)),
    ...(perMinute !== undefined && { perMinute }),
    ...(tokenLifetime !== undefined && { tokenLifetime }),
  };
  const endpoint = createCutOffEndpoint(guard, options);
  const names = tokenHeader === undefined ? readNames : [...readNames, tokenHeader];
  return {
    handle: ({ guardRequest, readBody }) =>
      endpoint.handle({ guardRequest: withOnly(names, guardRequest), readBody: (maxBytes) => readBody(maxBytes) }),
  };
}

const readNames = [
  "authorization",
  "cookie",
  "host",
  "dpop",
  "content-type",
  "origin",
  "sec-fetch-site",
  "access-control-request-method",
] as const;

/**
 * The guard believes a client's certificate in the header of its proxies. Anyone may connect here,
 * so that header would prove nothing (CWE-290): a token bound to a certificate is refused.
 */
function withOnly(names: readonly string[], request: GuardRequest): GuardRequest {
  const sent = request.headers as Readonly<Record<string, string | readonly string[] | undefined>>;
  return { ...request, headers: Object.fromEntries(names.map((name) => [name, sent[name]])) };
}

/** `why` is in the operator's words; `reason` is the name of a refusal, as in other lines. */
function toDetails({ outcome, operator, target, reason, error }: CutOffEntry) {
  return {
    outcome,
    ...(operator && { operator }),
    ...(target && { target }),
    ...(reason !== undefined && { why: reason }),
    ...(error && { reason: error.reason }),
  };
}
