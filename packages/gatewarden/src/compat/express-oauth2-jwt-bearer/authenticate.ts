// One request: where its token is, what the guard says of it, and what the options ask beyond that.
import type { Request } from "express";
import { readHeaders } from "../../adapters/_node.js";
import { type Auth, AuthError, createGuard, type GuardOptions, type GuardRequest, type Outcome } from "../../index.js";
import { environment } from "../../platform/runtime.js";
import { createAgentFetch } from "./agent-fetch.js";
import { InvalidTokenError, UnauthorizedError } from "./bearer-errors.js";
import { ExpressConnection, toCertificateFinder } from "./connection.js";
import { type Domains, toDomains } from "./domains.js";
import { parseClientHost, parseRequestUrl } from "./host.js";
import type { AuthOptions, AuthResult, JWTHeader, JWTPayload } from "./option-types.js";
import { hasCredentials, type Presented, parseToken, readScheme } from "./presented.js";
import { proofAlgorithms, refuseIdleProof, refuseProofTime, refuseScheme, setChallenges } from "./schemes.js";
import { requireSettings, type Settings } from "./settings.js";
import { toBearerError } from "./to-bearer-error.js";
import { toTrustTerms } from "./trust-terms.js";
import { createTokenCheck, requireValidators } from "./validators.js";

/** Seconds since 1970, as the guard's own clock. */
const now = (): number => Date.now() / 1000;

/** Undefined for an admitted anonymous request. Rejects with the error to pass to `next`. */
export type Authenticate = (request: Request) => Promise<AuthResult | undefined>;

/** Creates it. Throws `AssertionError` or `ConfigError` for options that cannot be right. */
export function createAuthenticate(given: AuthOptions): Authenticate {
  const settings = requireSettings(given, environment());
  const check = createCheck(settings);
  const { authRequired, modes, proofTimes } = settings;
  const mode = modes.dpop;
  return async (request) => {
    if (!authRequired && !hasCredentials(request)) return undefined;
    const host = parseClientHost(request);
    const scheme = readScheme(request);
    const { authorization, dpop: proof } = request.headers;
    const presentation = { scheme, proof, hasAuthorization: authorization !== undefined };
    let isInHeader = true;
    try {
      const presented = parseToken(request, mode !== "off");
      isInHeader = presented.isInHeader;
      refuseScheme(presentation, mode);
      const result = await check(request, presented, host);
      refuseIdleProof(presentation, mode);
      if (mode !== "off") refuseProofTime(presentation, proofTimes, Math.floor(now()));
      return result;
    } catch (error) {
      if (error instanceof UnauthorizedError) setChallenges(error, { mode, scheme, isInHeader });
      throw error;
    }
  };
}

type Check = (request: Request, presented: Presented, host: string) => Promise<AuthResult>;

/** What the guard says of a token, and what the options ask beyond that. */
function createCheck(settings: Settings): Check {
  requireValidators(settings.validators);
  const { mcd } = settings;
  const { terms, prepare }: Domains = mcd ? toDomains(mcd, settings) : { terms: toTrustTerms(settings) };
  const options = { ...terms, ...toOtherTerms(settings) };
  // URLs that cannot be parsed worked in the original until the first request, as placeholders do
  // in tests and builds. So do they here: the guard then refuses every request (500).
  const guard = createGuard<unknown>(hasPlaceholder(settings) ? () => options : options);
  const checkToken = createTokenCheck(settings, now);
  return async (request, presented, host) => {
    const url = parseRequestUrl(request, host);
    const { method } = request;
    const headers = { ...readHeaders(request), host, ...toMovedToken(presented) };
    const connection = new ExpressConnection(request);
    const guardRequest: GuardRequest = { method, url: url.pathname, headers, connection, incoming: request };
    try {
      await prepare?.(guardRequest, { url, headers: request.headers });
      const result = toResult(await guard.attempt(guardRequest));
      refuseUnbound(result, settings);
      await checkToken(result);
      return result;
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      // Sets `error.headers`, which error handlers write: Retry-After.
      guard.refusal(error);
      throw toBearerError(error);
    }
  };
}

/** The guard reads one place; a token from elsewhere is presented as a bearer token. */
function toMovedToken({ token, isInHeader }: Presented): { readonly authorization?: string } {
  return isInHeader ? {} : { authorization: `Bearer ${token}` };
}

/** Everything but the issuers. */
function toOtherTerms({
  audience,
  validators,
  agent,
  clockTolerance,
  modes,
  proofTimes,
  getCertificate,
}: Settings): GuardOptions {
  const { offset, leeway } = proofTimes;
  const named = validators?.aud;
  return {
    audience: typeof named === "string" ? named : (audience ?? []),
    // The largest of several: each is applied to what it is about, after the guard.
    clockTolerance: modes.dpop === "off" ? clockTolerance : Math.max(clockTolerance, leeway),
    dpop: { mode: modes.dpop, algorithms: proofAlgorithms, maxAge: Math.max(offset, 1) },
    // Whether every token must be bound to a certificate depends on the other binding.
    mtls:
      modes.mtls === "off" ? { mode: "off" } : { mode: "allowed", certificate: toCertificateFinder(getCertificate) },
    ...(agent && { fetch: createAgentFetch(agent) }),
  };
}

/** Whether a URL of the options cannot be one. */
function hasPlaceholder({ issuerBaseURL, jwksUri }: Settings): boolean {
  return [issuerBaseURL, jwksUri].some((url) => url !== undefined && !URL.canParse(url));
}

/** Copies: handlers may change what is in `request.auth`, and the guard's facts are shared. */
function toResult(outcome: Outcome<unknown>): AuthResult {
  if (outcome instanceof AuthError) throw outcome;
  const { token, claims, header } = outcome as Auth<unknown>;
  const copy = structuredClone({ header, payload: claims });
  return { header: copy.header as JWTHeader, payload: copy.payload as JWTPayload, token };
}

/** `mtls.required`: a token without a binding is refused. One to a DPoP key will do, as there. */
function refuseUnbound({ payload }: AuthResult, { modes }: Settings): void {
  if (modes.mtls !== "required" || Object.hasOwn(payload, "cnf")) return;
  throw new InvalidTokenError("JWT Access Token has no x5t#S256 confirmation claim");
}
