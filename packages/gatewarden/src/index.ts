// The public names of the core.
export type { AccessTokenClaims, Actor, Auth, Organization } from "./auth.js";
export type { Awaitable } from "./awaitable.js";
export { type Decision, type DecisionListener, decisionChannelName } from "./decision.js";
export { AuthError, type AuthErrorOptions, ConfigError, type ConfigProblem, type RefusalDetails } from "./errors.js";
export type { Finding } from "./explain/explain.js";
export { type CheckOptions, createGuard, type Guard, type Outcome } from "./guard.js";
export type { ClaimNames } from "./issuer/policy.js";
export { defaults, type GuardOptions, type IssuerOptions, type KeysOptions, type KeyTimes } from "./options.js";
export { catalogue, type OAuthErrorCode, type Reason, type ReasonRecord } from "./reasons.js";
export type { Refusal, RefusalBody } from "./request/challenge.js";
export { type GuardRequest, isPreflight, type RequestHeaders } from "./request/credentials.js";
export { type ClaimRequirement, claim } from "./requirements/claim.js";
export { all, any, not } from "./requirements/combine.js";
export {
  type AuthorizationCodeFlow,
  type OpenApiSecurity,
  type OpenApiSecurityScheme,
  toOpenApiSecurity,
  toOpenApiSecurityScheme,
} from "./requirements/openapi.js";
export { type OrganizationRequirement, organization } from "./requirements/organization.js";
export { type PermissionRequirement, permission } from "./requirements/permission.js";
export type { AllRequirement, AnyRequirement, NotRequirement, Requirement } from "./requirements/requirement.js";
export { type RoleRequirement, role } from "./requirements/role.js";
export { type ScopeRequirement, scope } from "./requirements/scope.js";
export { checkRequirement } from "./requirements/validate.js";
export { createVocabulary, type Vocabulary, type VocabularyNames } from "./requirements/vocabulary.js";
export type { StandardResult, StandardSchema } from "./standard-schema.js";
export type { Algorithm, AsymmetricAlgorithm, SymmetricAlgorithm } from "./token/algorithms.js";
