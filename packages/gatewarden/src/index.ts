// The public names of the core.
export type { AccessTokenClaims, Actor, Auth, Organization } from "./auth.js";
export type { BindingMode } from "./binding/confirmation.js";
export type { ClientCertificate, GetCertificate } from "./binding/given-certificate.js";
export { createMemoryReplayStore, type MemoryReplayOptions } from "./binding/memory-replay.js";
export type { NonceSecrets } from "./binding/nonce.js";
export type { ReplayStore } from "./binding/replay.js";
export type { ReplayStatus } from "./configuration/binding-options.js";
export type { ResolvedStatus } from "./configuration/issuer-options.js";
export type { KeysOptions, KeyTimes } from "./configuration/keys-option-types.js";
export {
  defaults,
  type GuardOptions,
  type IssuerOptions,
  type IssuerResolver,
  type ResolveIssuer,
} from "./configuration/options.js";
export type {
  DpopNonceOptions,
  DpopOptions,
  MtlsOptions,
  TokenFromOptions,
  TrustProxyOptions,
} from "./configuration/request-option-types.js";
export {
  AuthError,
  type AuthErrorOptions,
  type AuthScheme,
  ConfigError,
  type ConfigProblem,
  type RefusalDetails,
  type StepUpTerms,
} from "./errors.js";
export type { ExchangeTarget, OutboundToken, RunCall, SubjectToken, TokenExchange } from "./exchange/exchange.js";
export type { Finding } from "./explain/finding.js";
export { createGuard } from "./guard/create-guard.js";
export type { Guard } from "./guard.js";
export type {
  Introspect,
  IntrospectionOptions,
  IntrospectionResponse,
  IntrospectionStore,
  SharedAnswer,
  SharedQuestion,
} from "./introspection/introspect.js";
export type { IntrospectionStatus } from "./introspection/introspector.js";
export type { ClaimFormats, ClaimName, ClaimNames } from "./issuer/policy.js";
export type { KeyCounts, KeysStatus } from "./keys/keys-status.js";
export {
  type Decision,
  type DecisionFacts,
  type DecisionListener,
  type DecisionOutcome,
  decisionChannelName,
} from "./monitoring/decision.js";
export type { GuardListeners } from "./monitoring/decision-listeners.js";
export { DependencyError, type DependencyStatus } from "./monitoring/dependency.js";
export type { GuardStatus, IssuerStatus, RevocationStatus } from "./monitoring/guard-status.js";
export type { Health } from "./monitoring/health.js";
export type { CallListener, OutgoingCall } from "./monitoring/outgoing-calls.js";
export type { Outcome } from "./outcome.js";
export type { Awaitable } from "./platform/awaitable.js";
export type { Fetch, FetchAnswer, FetchBody, FetchInit, FetchReader } from "./platform/fetch.js";
export type { UseInstead } from "./platform/misnamed.js";
export { type BindingReason, catalogue, type OAuthErrorCode, type Reason, type ReasonRecord } from "./reasons.js";
export type { Explanation, Refusal, RefusalBody } from "./request/challenge.js";
export { type Connection, type GuardRequest, isPreflight, type RequestHeaders } from "./request/credentials.js";
export type { PublishedMetadata, ResourceMetadata, ResourceOptions } from "./request/metadata.js";
export type { ForwardingHeader } from "./request/proxy.js";
export { actor, anyActor } from "./requirements/actor.js";
export { check } from "./requirements/check.js";
export { claim } from "./requirements/claim.js";
export { all, any, not } from "./requirements/combine.js";
export { details } from "./requirements/details.js";
export { isMet } from "./requirements/is-met.js";
export {
  type CheckedNeed,
  type LastArgument,
  type Need,
  type NeedOptions,
  requireNeed as readNeed,
  toNeedArgument,
} from "./requirements/need.js";
export {
  type AuthorizationCodeFlow,
  type OpenApiSecurity,
  type OpenApiSecurityScheme,
  toOpenApiChecks,
  toOpenApiSecurity,
  toOpenApiSecurityScheme,
} from "./requirements/openapi.js";
export { anyOrganization, organization } from "./requirements/organization.js";
export { permission } from "./requirements/permission.js";
export type {
  ActorRequirement,
  ActorTerms,
  AllRequirement,
  AnyRequirement,
  CheckRequirement,
  ClaimRequirement,
  DetailsRequirement,
  EvaluationTime,
  NotRequirement,
  OrganizationRequirement,
  PermissionRequirement,
  Requirement,
  RoleRequirement,
  ScopeRequirement,
  StepUpRequirement,
} from "./requirements/requirement.js";
export { role } from "./requirements/role.js";
export { scope } from "./requirements/scope.js";
export { stepUp } from "./requirements/step-up.js";
export { requireRequirement as checkRequirement } from "./requirements/validate.js";
export { createVocabulary, type Vocabulary, type VocabularyNames } from "./requirements/vocabulary.js";
export { createRevocationList, type RevocationList, type RevocationListOptions } from "./revocation/list.js";
export type { RevocationFacts, RevocationSource, RevocationSourceStatus } from "./revocation/refuse-revoked.js";
export type { Revocation, Revoker } from "./revocation/revocation.js";
export type { Algorithm, AsymmetricAlgorithm, SymmetricAlgorithm } from "./token/algorithms.js";
export type { CacheBounds, CacheCounts } from "./token/cache.js";
export type { JoseHeader } from "./token/jose-header.js";
export type { StandardResult, StandardSchema } from "./token/standard-schema.js";
