// The public names of the core.
export type { AccessTokenClaims, Actor, Auth, Organization } from "./auth.js";
export type { Awaitable } from "./awaitable.js";
export type { BindingMode } from "./binding/confirmation.js";
export { createMemoryReplayStore, type MemoryReplayOptions } from "./binding/memory-replay.js";
export type { ReplayStore } from "./binding/replay.js";
export type { BindingReason } from "./binding-reasons.js";
export type { ReplayStatus } from "./configure-binding.js";
export type { ResolvedStatus } from "./configure-issuers.js";
export {
  type Decision,
  type DecisionFacts,
  type DecisionListener,
  type DecisionOutcome,
  decisionChannelName,
} from "./decision.js";
export type { GuardListeners } from "./decision-listeners.js";
export { DependencyError, type DependencyStatus } from "./dependency.js";
export {
  AuthError,
  type AuthErrorOptions,
  type AuthScheme,
  ConfigError,
  type ConfigProblem,
  type RefusalDetails,
  type StepUpTerms,
} from "./errors.js";
export type { Finding } from "./explain/finding.js";
export { createGuard, type Guard, type Outcome } from "./guard.js";
export type { Health } from "./health.js";
export type { Introspect, IntrospectionOptions, IntrospectionResponse } from "./introspection/introspect.js";
export type { IntrospectionStatus } from "./introspection/introspector.js";
export type { ClaimNames } from "./issuer/policy.js";
export type { KeyCounts, KeysStatus } from "./keys/status.js";
export {
  type DpopNonceOptions,
  type DpopOptions,
  defaults,
  type GuardOptions,
  type IssuerOptions,
  type IssuerResolver,
  type KeysOptions,
  type KeyTimes,
  type MtlsOptions,
  type ResolveIssuer,
  type TrustProxyOptions,
} from "./options.js";
export type { CallListener, OutgoingCall } from "./outgoing-calls.js";
export { catalogue, type OAuthErrorCode, type Reason, type ReasonRecord } from "./reasons.js";
export type { Explanation, Refusal, RefusalBody } from "./request/challenge.js";
export { type Connection, type GuardRequest, isPreflight, type RequestHeaders } from "./request/credentials.js";
export type { PublishedMetadata, ResourceMetadata, ResourceOptions } from "./request/metadata.js";
export type { ForwardingHeader } from "./request/proxy.js";
export { type ClaimRequirement, claim } from "./requirements/claim.js";
export { all, any, not } from "./requirements/combine.js";
export { type DetailsRequirement, details } from "./requirements/details.js";
export {
  type CheckedNeed,
  type LastArgument,
  type Need,
  type NeedOptions,
  readNeed,
  toNeedArgument,
} from "./requirements/need.js";
export {
  type AuthorizationCodeFlow,
  type OpenApiSecurity,
  type OpenApiSecurityScheme,
  toOpenApiSecurity,
  toOpenApiSecurityScheme,
} from "./requirements/openapi.js";
export { anyOrganization, type OrganizationRequirement, organization } from "./requirements/organization.js";
export { type PermissionRequirement, permission } from "./requirements/permission.js";
export type { AllRequirement, AnyRequirement, NotRequirement, Requirement } from "./requirements/requirement.js";
export { type RoleRequirement, role } from "./requirements/role.js";
export { type ScopeRequirement, scope } from "./requirements/scope.js";
export { type StepUpRequirement, stepUp } from "./requirements/step-up.js";
export { checkRequirement } from "./requirements/validate.js";
export { createVocabulary, type Vocabulary, type VocabularyNames } from "./requirements/vocabulary.js";
export type { RevocationFacts, RevocationSource } from "./revocation/check.js";
export {
  createRevocationList,
  type Revocation,
  type RevocationList,
  type RevocationListOptions,
} from "./revocation/list.js";
export type { StandardResult, StandardSchema } from "./standard-schema.js";
export type { GuardStatus, IssuerStatus } from "./status.js";
export type { Algorithm, AsymmetricAlgorithm, SymmetricAlgorithm } from "./token/algorithms.js";
export type { CacheBounds, CacheCounts } from "./token/cache.js";
