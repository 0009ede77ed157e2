// The public names of the local tenant.
export type { SigningAlgorithm } from "./config/algorithms.js";
export { defaultConfig, defaultPort } from "./config/defaults.js";
export { configFileName, loadConfig } from "./config/load.js";
export type {
  Api,
  ApiInput,
  Client,
  ClientInput,
  GrantType,
  Persona,
  PersonaInput,
  TenantConfig,
  TenantConfigInput,
  TokenDialect,
} from "./config/model.js";
export type { OnlineApi } from "./console-api/online-apis.js";
export type { TenantDescription } from "./describe.js";
export { TenantError, type TenantErrorCode } from "./errors.js";
export { faultCatalogue } from "./faults/catalogue.js";
export type {
  EventFaultName,
  Fault,
  FaultName,
  FaultParameter,
  FaultRecord,
  KeyFaultName,
  ProviderFaultName,
  TokenFaultName,
} from "./faults/fault.js";
export type { TenantFaults } from "./faults/fault-board.js";
export type { FaultInput } from "./faults/parse-fault.js";
export { tenantDirectoryName } from "./files.js";
export type { RotateOptions } from "./keys/key-ring.js";
export type { LogOutReport } from "./people/log-out.js";
export type { SignalReport, SignalRequest } from "./people/send-signal.js";
export type { LogoutDelivery } from "./provider/backchannel-logout.js";
export type { ResetPart } from "./reset-parts.js";
export type { EventName } from "./signals/event-types.js";
export { findRunningIssuer } from "./state-file.js";
export { createTenant } from "./tenant.js";
export type { Tenant, TenantAuthority, TenantOptions } from "./tenant-types.js";
export type { IssuedToken, TokenRequest } from "./token-request.js";
