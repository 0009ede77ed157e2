// `gatewarden/logout`: endpoints that end access before a token expires. A provider calls the first
// (OpenID Connect Back-Channel Logout 1.0), an operator the second.

import { readFormParameter, readMediaType } from "../endpoint/body.js";
import {
  type Endpoint,
  type EndpointAnswer,
  toEmptyAnswer,
  toJsonAnswer,
  toMethodAnswer,
} from "../endpoint/endpoint.js";
import { AuthError } from "../errors.js";
import { notify } from "../events/notify.js";
import {
  requireEventAlgorithms,
  requireListener,
  requireNameList,
  requireOptionNames,
  requireRevoker,
  requireSeconds,
  requireTokenLifetime,
  requireWord,
} from "../events/options.js";
import { createRecentEvents } from "../events/recent-events.js";
import { createEventVerifier, toInvalidClaim } from "../events/signed-event.js";
import type { Guard } from "../guard.js";
import type { GuardRequest } from "../request/credentials.js";
import type { Revocation, Revoker } from "../revocation/revocation.js";
import { toAuthError } from "../road/step.js";
import type { AsymmetricAlgorithm } from "../token/algorithms.js";
import { createLogoutRules, type LogoutFacts, logoutType, toLogoutFacts } from "./logout-token.js";

export type { Endpoint, EndpointAnswer, EndpointRequest, ReceivedBody } from "../endpoint/endpoint.js";
export type { Revocation, Revoker } from "../revocation/revocation.js";
export { type CutOffEntry, type CutOffOptions, type CutOffTarget, createCutOffEndpoint } from "./cut-off.js";

/** Options of `createLogoutEndpoint`. */
export interface LogoutOptions {
  /**
   * The client ids under which the provider knows the applications whose users it logs out: the
   * `aud` of a logout token. Not the API's own audience.
   */
  readonly clientId: string | readonly string[];
  /** Where revocations go: the same object as the guard's option `revocation`. */
  readonly revocations: Revoker;
  /**
   * What a logout ends. `session`: the access tokens with the same `sid`; without a `sid` in the
   * logout token, all of the user. Choose it only if access tokens contain `sid`: others would stay
   * valid. `user`: all access tokens of the user that were issued before, on every device.
   */
  readonly ends: "session" | "user";
  /**
   * Seconds that an access token is valid at most. A revocation is kept for that long. Default
   * 86,400, Auth0's own default. A shorter time than the provider's would let a revoked token be
   * accepted again.
   */
  readonly tokenLifetime?: number;
  /** Seconds since its `iat` after which a logout token is refused. Default 600. */
  readonly maxTokenAge?: number;
  /**
   * `optional` also accepts a logout token without `exp`, as drafts before 2022 had it; its age is
   * limited by `maxTokenAge` all the same. Default `required` (§2.4).
   */
  readonly expiry?: "required" | "optional";
  /**
   * Algorithms of logout tokens, where they differ from those of access tokens. Default: the
   * guard's own. HMAC is never accepted.
   */
  readonly algorithms?: readonly AsymmetricAlgorithm[];
  /** Hears of every logout, carried out or refused. */
  readonly onLogout?: (event: LogoutEvent) => unknown;
}

/** What became of a logout request. Contains no token. */
export type LogoutEvent =
  /** `repeated`: the same logout token had been carried out before. */
  | { readonly outcome: "done" | "repeated"; readonly revocation: Revocation }
  | { readonly outcome: "refused" | "failed"; readonly error: AuthError };

const optionNames = [
  ...["clientId", "revocations", "ends", "tokenLifetime", "maxTokenAge", "expiry", "algorithms", "onLogout"],
];

/** A logout token of providers has 1 to 2 KiB. */
const maxBodySize = 32_768;
const formType = "application/x-www-form-urlencoded";

/**
 * The endpoint for `backchannel_logout_uri`: verifies a logout token of one of the guard's issuers,
 * and revokes what it ends. Mount it with `serveEndpoint` of an adapter, outside of the guard's own
 * check: the provider sends no access token. Answers as §2.8 requires: 200 once the revocation is
 * stored, 400 with `error` and `error_description` otherwise, never stored by a cache. The same
 * logout token again is answered 200 and revokes nothing more. Throws `ConfigError`.
 */
export function createLogoutEndpoint(guard: Guard<unknown>, options: LogoutOptions): Endpoint {
  const handler = new LogoutHandler(guard, options);
  return {
    async handle({ guardRequest, readBody }) {
      if (guardRequest.method !== "POST") return toMethodAnswer();
      // Before the body is read: only a form can contain the parameter (§2.5).
      if (readMediaType(guardRequest.headers) !== formType) return toRequestRefusal(`The body must be ${formType}`);
      const body = await readBody(maxBodySize);
      if ("problem" in body)
        return toRequestRefusal(`The body is ${body.problem === "too_large" ? "too large" : "unreadable"}`);
      const token = readFormParameter(body, "logout_token");
      if (token === undefined) return toRequestRefusal("The body must contain logout_token once");
      return handler.handle(token, guardRequest);
    },
  };
}

class LogoutHandler {
  readonly #options: LogoutOptions;
  readonly #lifetime: number;
  readonly #verifier;
  readonly #recent = createRecentEvents();

  constructor(guard: Guard<unknown>, options: LogoutOptions) {
    requireOptionNames("createLogoutEndpoint", options, optionNames);
    const { clientId, revocations, ends, tokenLifetime, maxTokenAge = 600, expiry = "required" } = options;
    requireRevoker(revocations);
    requireWord("ends", ends, ["session", "user"]);
    requireListener("onLogout", options.onLogout);
    this.#options = options;
    this.#lifetime = requireTokenLifetime(tokenLifetime);
    const terms = {
      clientIds: requireNameList("clientId", clientId, 'clientId: "1example23456789"'),
      maxAge: requireSeconds("maxTokenAge", maxTokenAge, 86_400),
      isExpiryRequired: requireWord("expiry", expiry, ["required", "optional"]) === "required",
    };
    const algorithms = requireEventAlgorithms(options.algorithms);
    this.#verifier = createEventVerifier(guard, { type: logoutType, algorithms, rules: createLogoutRules(terms) });
  }

  async handle(token: string, request: GuardRequest): Promise<EndpointAnswer> {
    try {
      const event = await this.#logOut(token, request);
      this.#tell(event);
      return toEmptyAnswer(200);
    } catch (thrown) {
      const error = toAuthError(thrown);
      this.#tell({ outcome: error.status >= 500 ? "failed" : "refused", error });
      return toLogoutRefusal(error);
    }
  }

  async #logOut(token: string, request: GuardRequest): Promise<LogoutEvent> {
    const facts = toLogoutFacts(await this.#verifier.verify(token, request));
    const { issuer, jti } = facts;
    const revocation = this.#toRevocation(facts);
    const recurrence = await this.#recent.compare(issuer, jti, token);
    if (recurrence === "repeated") return { outcome: "repeated", revocation };
    // §2.6 step 8: one id names one logout token.
    if (recurrence === "other") throw toInvalidClaim("jti", "was used by another logout token");
    await this.#revoke(revocation);
    await this.#recent.remember(issuer, jti, token);
    return { outcome: "done", revocation };
  }

  /**
   * §2.7. A user's tokens end as of the logout's own `iat`, by the clock that also dated them. So a
   * repeated or replayed logout token never ends a later login.
   */
  #toRevocation({ issuer, subject, sid, issuedAt }: LogoutFacts): Revocation {
    const expiresAt = Math.max(issuedAt, this.#verifier.now()) + this.#lifetime;
    if (sid !== undefined && this.#options.ends === "session") return { issuer, sid, expiresAt };
    if (subject !== undefined) return { issuer, subject, issuedBefore: issuedAt, expiresAt };
    // A `sid` alone ends nothing where access tokens have none: that must not look like success.
    throw new AuthError("claim_missing", { details: { name: "sub" } });
  }

  async #revoke(revocation: Revocation): Promise<void> {
    try {
      await this.#options.revocations.revoke(revocation);
    } catch (cause) {
      throw new AuthError("revocation_unavailable", { cause, retryAfter: 1 });
    }
  }

  #tell(event: LogoutEvent): void {
    notify("onLogout", this.#options.onLogout, event);
  }
}

function toRequestRefusal(description: string): EndpointAnswer {
  return toJsonAnswer(400, { error: "invalid_request", error_description: description });
}

/**
 * §2.8: an invalid request and a failed logout are both answered 400. Names the rule and the claim,
 * never a value of the token.
 */
function toLogoutRefusal({ reason, status, details, retryAfter }: AuthError): EndpointAnswer {
  const where = details.name === undefined ? "" : ` (${details.name})`;
  const isOurs = status >= 500;
  const error = !isOurs ? "invalid_request" : status === 503 ? "temporarily_unavailable" : "server_error";
  const description = isOurs ? `The logout failed: ${reason}` : `The logout token was refused: ${reason}${where}`;
  const headers = retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(retryAfter)) };
  return toJsonAnswer(400, { error, error_description: description }, headers);
}
