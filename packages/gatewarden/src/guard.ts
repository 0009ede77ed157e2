// The interface of a guard. `guard/` creates guards, and `road/steps.ts` lists their checks.
import type { AccessTokenClaims, Auth } from "./auth.js";
import type { AuthError } from "./errors.js";
import type { ExchangeTarget, OutboundToken } from "./exchange/exchange.js";
import type { Finding } from "./explain/finding.js";
import type { GuardListeners } from "./monitoring/decision-listeners.js";
import type { GuardStatus } from "./monitoring/guard-status.js";
import type { Health } from "./monitoring/health.js";
import type { Outcome } from "./outcome.js";
import type { Awaitable } from "./platform/awaitable.js";
import type { Explanation, Refusal } from "./request/challenge.js";
import type { GuardRequest } from "./request/credentials.js";
import type { PublishedMetadata } from "./request/metadata.js";
import type { LastArgument, Need } from "./requirements/need.js";
import type { Requirement } from "./requirements/requirement.js";
import type { CacheCounts } from "./token/cache.js";

/** Protects an API. Created by `createGuard`. */
export interface Guard<Claims = AccessTokenClaims> {
  /** The exact `iss` of every trusted issuer, in configured order. */
  readonly issuers: readonly string[];
  /**
   * What the request's token proves. Rejects with `AuthError`, whose `reason` says why. A
   * requirement that is undefined at run time, or a second one, is refused with `check_failed`:
   * join several with `all`.
   */
  check(request: GuardRequest, ...requirement: LastArgument<Requirement>): Promise<Auth<Claims>>;
  /**
   * What a token proves that did not arrive over HTTP but through a socket or a queue. Rejects with
   * `AuthError`, as `check` does.
   */
  verify(token: string, ...requirement: LastArgument<Requirement>): Promise<Auth<Claims>>;
  /**
   * Like `check`, for adapters: never throws, and returns without a promise when there is nothing
   * to wait for. Refusals are returned as values; recognise them with `instanceof AuthError`. `{
   * optional: true }` accepts a request without credentials as anonymous; a request with an invalid
   * token is still refused.
   */
  attempt(request: GuardRequest, ...need: LastArgument<Need>): Awaitable<Outcome<Claims>>;
  /** The response to a refused request: status, challenge headers and JSON body. */
  refusal(error: AuthError): Refusal;
  /**
   * The metadata that this API publishes (RFC 9728), for the route `path`. Undefined unless
   * `resource` is configured.
   */
  metadata(): PublishedMetadata | undefined;
  /**
   * Headers to add to the response of an accepted request: the next `dpop-nonce`, where one is due
   * (RFC 9449 §8.2). Usually undefined.
   */
  responseHeaders(request: GuardRequest): Readonly<Record<string, string>> | undefined;
  /** Counters of the cache of verified tokens, for metrics. Undefined without a cache. */
  cacheCounts(): CacheCounts | undefined;
  /**
   * Resolves once the keys of all issuers are loaded, and a deny list that is shared by a fleet is
   * known; rejects with what prevents it. For start-up and readiness checks.
   */
  ready(): Promise<void>;
  /**
   * Whether this API can check tokens now, and the reasons if it cannot. Never rejects. Requests
   * missing keys as `ready()` does, but no more often than the back-off allows, so a readiness
   * check may poll it.
   */
  health(): Promise<Health>;
  /**
   * State of keys, cache, introspection, deny list and replay store, as plain data. Makes no
   * requests.
   */
  status(): GuardStatus;
  /**
   * Listens to decisions and outgoing calls until the returned function is called. Without
   * listeners, checks measure nothing.
   */
  listen(listeners: GuardListeners): () => void;
  /**
   * Everything that is wrong with a token, or with a request and its token, not only the first
   * fault; with a requirement, also whether it is met. The first error is the guard's own reason; a
   * valid token has no error. Contacts only the configured issuers, and does not use up a DPoP
   * proof. For developers: findings may quote the token's claims, never its signature.
   */
  explain(presented: string | GuardRequest, ...requirement: LastArgument<Requirement>): Promise<readonly Finding[]>;
  /**
   * A token for the next API, on behalf of the user whose token this guard accepted (RFC 8693).
   * Needs the option `exchange`. Tokens are kept per incoming token and target. Rejects with
   * `AuthError` where the incoming token has expired or was revoked since, and with
   * `TokenRequestError` of `gatewarden/exchange` where the authorization server refuses or cannot
   * be asked.
   */
  exchange(auth: Auth<unknown>, target: ExchangeTarget): Promise<OutboundToken>;
  /**
   * What `explain: "development"` adds to a refusal. Undefined without that option, and until the
   * texts are loaded (`ready()` and `health()` wait for them).
   */
  explanation(error: AuthError): Explanation | undefined;
  /** Whether refusals are explained: `explain: "development"`. */
  readonly explainsRefusals: boolean;
}
