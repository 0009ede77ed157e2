// What a guard offers. `guard/` makes guards, and `road/steps.ts` is what they check.
import type { AccessTokenClaims, Auth } from "./auth.js";
import type { AuthError } from "./errors.js";
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

/** Protects an API: one noun, one verb. Made by `createGuard`. */
export interface Guard<Claims = AccessTokenClaims> {
  /** The exact `iss` of every issuer that is trusted, the first one first. */
  readonly issuers: readonly string[];
  /**
   * What the request's token proves. Rejects with `AuthError`, whose `reason` says why. A requirement that turned out undefined, or a
   * second one, is `check_failed`: join several with `all`.
   */
  check(request: GuardRequest, ...requirement: LastArgument<Requirement>): Promise<Auth<Claims>>;
  /** What a token proves that came by another way than HTTP: a socket, a queue. Rejects with `AuthError`, as `check` does. */
  verify(token: string, ...requirement: LastArgument<Requirement>): Promise<Auth<Claims>>;
  /**
   * As `check`, for adapters: never throws, and answers without a promise when nothing has to be waited for. Refusals are values,
   * to be told apart with `instanceof AuthError`. `{ optional: true }` lets a request without credentials pass as anonymous; one with an
   * invalid token is refused all the same.
   */
  attempt(request: GuardRequest, ...need: LastArgument<Need>): Awaitable<Outcome<Claims>>;
  /** The answer to a refused request: status, challenge headers and JSON body. */
  refusal(error: AuthError): Refusal;
  /** What this API publishes of itself (RFC 9728), for the route `path`. Undefined unless `resource` is configured. */
  metadata(): PublishedMetadata | undefined;
  /** Headers to add to the answer of an accepted request: the next `dpop-nonce`, where one is due (RFC 9449 §8.2). Mostly none. */
  responseHeaders(request: GuardRequest): Readonly<Record<string, string>> | undefined;
  /** How the cache of verified tokens is doing, for metrics. Undefined where there is none. */
  cacheCounts(): CacheCounts | undefined;
  /** Resolves once the keys of all issuers are loaded; rejects with what prevents it. For start-up and readiness checks. */
  ready(): Promise<void>;
  /**
   * Whether this API can check tokens now, and in words why not. Never rejects. Where there are no keys yet it asks for them, as `ready()` does
   * and no more often than the back-off allows, so a readiness check may poll it.
   */
  health(): Promise<Health>;
  /** How keys, cache, introspection, deny list and replay store are doing, as plain data. Asks nobody anything. */
  status(): GuardStatus;
  /** Listens to decisions and outgoing calls until the returned function is called. While nobody does, checks measure nothing. */
  listen(listeners: GuardListeners): () => void;
  /**
   * Everything that is wrong with a token, or with a request and what it carries, not only the first thing; with a requirement, also
   * whether it would be met. The first error is the guard's own reason; a good token has no error. Asks nobody but the configured issuers,
   * and uses no DPoP proof up. For developers: findings may quote the token's claims, never its signature.
   */
  explain(presented: string | GuardRequest, ...requirement: LastArgument<Requirement>): Promise<readonly Finding[]>;
  /** What `explain: "development"` adds to a refusal. Undefined without it, and until the texts are loaded (`ready()` and `health()` wait for them). */
  explanation(error: AuthError): Explanation | undefined;
  /** Whether refusals are explained: `explain: "development"`. */
  readonly explainsRefusals: boolean;
}
