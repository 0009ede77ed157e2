// The road: every check of a token, in order. The guard stops at the first refusal and `explain`
// collects all of them. A new rule is one entry in a list.
import { TokenAuth } from "../auth.js";
import type { GuardConfig } from "../configuration/configure.js";
import { AuthError } from "../errors.js";
import { takeJwtAtOnce } from "../fast/jwt-credentials.js";
import { isHeaderSound, isSound } from "../fast/sound-token.js";
import type { IssuerPolicy } from "../issuer/policy.js";
import type { Awaitable } from "../platform/awaitable.js";
import { parseCredentials, toScheme } from "../request/credentials.js";
import { evaluate } from "../requirements/evaluate.js";
import type { Requirement } from "../requirements/requirement.js";
import { checkRevoked } from "../revocation/refuse-revoked.js";
import { checkTokenAge, claimRules } from "../token/claims.js";
import { verifySignature } from "../token/compact.js";
import { headerRules } from "../token/header.js";
import type { JsonObject } from "../token/json.js";
import type { Verify } from "../token/signature.js";
import { parseClaims } from "../token/standard-schema.js";
import { type Journey, toVerifiedToken } from "./journey.js";
import { type Rule, type Step, stopAtFirst } from "./step.js";

type Steps = readonly Step<Journey>[];
type JourneyRule = Rule<Journey>;

/** Reads scheme and token, of any kind (RFC 6750 §2.1, RFC 9449 §7.1). */
const findToken: JourneyRule = (journey) => {
  if (takeJwtAtOnce(journey)) return undefined;
  const { text, request, guard } = journey;
  const takesDpop = guard.config.binding.policy.modes.dpop !== "off";
  if (takesDpop) journey.scheme = toScheme(text);
  // A token that did not arrive over HTTP has no header syntax to check.
  journey.token = request ? parseCredentials(text, takesDpop).token : text.slice("Bearer ".length);
  return undefined;
};

/** Parses header and claims, not yet trusted (RFC 7515 §5.2). */
const takeApart: JourneyRule = (journey) => {
  journey.parsed ??= journey.guard.parser.parse(journey.token);
  journey.header = journey.parsed.header;
  journey.claims = journey.parsed.claims;
  return undefined;
};

/**
 * Finds the policy of the issuer that the token names, if that issuer is trusted (RFC 8725 §3.8).
 */
const findIssuer: JourneyRule = (journey) =>
  note(journey, journey.guard.config.policies.find(journey.claims, journey.request), setPolicy);

function setPolicy(journey: Journey, policy: IssuerPolicy): void {
  journey.policy = policy;
}

/** Finds the issuer's key that the header names (RFC 7515 §4.1.4). */
const findKey: JourneyRule = (journey) => note(journey, journey.policy.keys.pick(journey.header), setVerify);

function setVerify(journey: Journey, verify: Verify): void {
  journey.verify = verify;
}

/** Checks that the issuer signed the token (RFC 7515 §5.2 step 8). */
const checkSignature: JourneyRule = ({ verify, token, parsed }) => {
  const payloadEnd = parsed?.payloadEnd ?? 0;
  const isValid = verifySignature(token, payloadEnd, verify);
  return isValid instanceof Promise ? isValid.then(toSignatureRefusal) : toSignatureRefusal(isValid);
};

function toSignatureRefusal(isValid: boolean): AuthError | undefined {
  return isValid ? undefined : new AuthError("signature_invalid");
}

/** The header rules; most headers need none of them. */
const checkWholeHeader: JourneyRule = (journey) =>
  isHeaderSound(journey) ? undefined : stopAtFirst(headerRules, journey);

/** The claim rules; most claims need none of them. */
const checkAllClaims: JourneyRule = (journey) => (isSound(journey) ? undefined : stopAtFirst(claimRules, journey));

/** Applies the application's schema to the claims. */
const applySchema: JourneyRule = (journey) => {
  const { claims, policy } = journey;
  journey.handlerClaims = claims;
  if (!policy.schema) return undefined;
  return note(journey, parseClaims(policy.schema, claims), setHandlerClaims);
};

function setHandlerClaims(journey: Journey, claims: unknown): void {
  journey.handlerClaims = claims;
}

/** Creates what handlers and requirements read. */
const makeAuth: JourneyRule = (journey) => {
  journey.auth = new TokenAuth(toVerifiedToken(journey));
  return undefined;
};

/** Stores the verified token for later requests. */
const keep: JourneyRule = (journey) => {
  journey.guard.known.keep(journey);
  return undefined;
};

/** Checks that no deny list names the token. Runs on every check. */
export function checkDenyList(
  auth: TokenAuth<unknown>,
  { revocation, revocationWatch }: GuardConfig,
): Awaitable<AuthError | undefined> {
  return revocation && checkRevoked(revocation, auth.toIdentity(), revocationWatch);
}

/** Checks that the token grants what is required. */
export function checkGrants(
  auth: TokenAuth<unknown>,
  requirement: Requirement | undefined,
  config: GuardConfig,
): AuthError | undefined {
  return requirement && evaluate(requirement, auth, config);
}

const checkRevocation: JourneyRule = ({ auth, guard }) => checkDenyList(auth, guard.config);

const checkRequirement: JourneyRule = ({ auth, requirement, guard }) => checkGrants(auth, requirement, guard.config);

/** The steps of one guard. A token takes `arrival`, then `signed` or `opaque`, then `use`. */
export interface RoadSteps {
  readonly arrival: Steps;
  /** Steps for a JWT. */
  readonly signed: Steps;
  /**
   * Steps for an opaque token, as its issuer describes it (RFC 7662). Empty without introspection.
   */
  readonly opaque: Steps;
  /** Whether this request may use the token. */
  readonly use: Steps;
}

const arrival: Steps = [{ name: "credentials", needs: [], rules: [findToken] }];

/** Only in a guard that may limit the age of tokens: others do not pay for it. */
const age: Steps = [{ name: "age", needs: ["issuer"], rules: [checkTokenAge] }];

const toSignedSteps = (limitsAge: boolean): Steps => [
  { name: "token", needs: [], rules: [takeApart] },
  { name: "issuer", needs: ["token"], rules: [findIssuer] },
  { name: "header", needs: ["issuer"], rules: headerRules, atOnce: checkWholeHeader },
  { name: "keys", needs: ["header"], rules: [findKey] },
  { name: "signature", needs: ["keys"], rules: [checkSignature] },
  { name: "claims", needs: ["issuer"], rules: claimRules, atOnce: checkAllClaims },
  ...(limitsAge ? age : []),
  { name: "schema", needs: ["issuer"], rules: [applySchema] },
  { name: "auth", needs: ["issuer"], rules: [makeAuth] },
  { name: "memory", needs: ["signature", "claims", "schema"], rules: [keep], leavesTrace: true },
];

function setClaims(journey: Journey, claims: JsonObject): void {
  journey.claims = claims;
}

function toOpaqueSteps({ introspection, policies }: GuardConfig): Steps {
  if (introspection === undefined) return [];
  const { issuer, rules, introspector } = introspection;
  const findDescriber: JourneyRule = (journey) =>
    note(journey, policies.find({ iss: issuer }, journey.request), setPolicy);
  const describe: JourneyRule = (journey) => note(journey, introspector.describe(journey.token), setClaims);
  return [
    { name: "issuer", needs: [], rules: [findDescriber] },
    { name: "token", needs: ["issuer"], rules: [describe] },
    { name: "claims", needs: ["token"], rules },
    { name: "schema", needs: ["token"], rules: [applySchema] },
    { name: "auth", needs: ["token"], rules: [makeAuth] },
  ];
}

/** Creates the steps of a guard. */
export function createSteps(config: GuardConfig): RoadSteps {
  const { isFixed, all } = config.policies;
  // Issuers that are looked up may each bring their own limit.
  const signed = toSignedSteps(!isFixed || all.some(({ maxTokenAge }) => maxTokenAge !== undefined));
  const use: Steps = [
    ...config.binding.steps,
    { name: "revocation", needs: ["auth"], rules: [checkRevocation] },
    { name: "requirement", needs: ["auth"], rules: [checkRequirement] },
  ];
  return { arrival, signed, opaque: toOpaqueSteps(config), use };
}

/**
 * Passes a value to `write`, now or later. `write` is one function for all tokens: a closure per
 * token costs more than the step.
 */
function note<Value>(
  journey: Journey,
  value: Awaitable<Value>,
  write: (journey: Journey, value: Value) => void,
): Awaitable<undefined> {
  if (value instanceof Promise) {
    return value.then((later) => {
      write(journey, later);
      return undefined;
    });
  }
  write(journey, value);
  return undefined;
}
