// All handlers of a tenant, in the order in which a request passes them.
import type Provider from "oidc-provider";
import type { TenantConfig } from "../config/model.js";
import { describeTenant } from "../describe.js";
import type { FaultBoard } from "../faults/fault-board.js";
import type { SignedTokens } from "../provider/signed-tokens.js";
import type { CheckedTokenRequest, IssuedToken } from "../token-request.js";
import { createDevHandler } from "./dev-endpoints.js";
import { createFaultHandler } from "./fault-handler.js";
import { createFormHandler } from "./forms.js";
import { createHostGuard } from "./host-guard.js";
import { createLoginHandler } from "./login.js";
import { metadataHeaders } from "./metadata-headers.js";
import type { Handler } from "./pipeline.js";
import { createProviderHandler } from "./provider-handler.js";
import { registration } from "./registration.js";

export interface HandlerOptions {
  readonly issuer: string;
  readonly config: TenantConfig;
  readonly allowedHosts: readonly string[];
  readonly faults: FaultBoard;
  readonly signedTokens: SignedTokens;
  readonly currentProvider: () => Provider;
  readonly issue: (request: CheckedTokenRequest) => Promise<IssuedToken>;
}

export function createHandlers(options: HandlerOptions): readonly Handler[] {
  const { issuer, config, allowedHosts, faults, signedTokens, currentProvider, issue } = options;
  return [
    createHostGuard(allowedHosts),
    // Before the faults, so that a fault can always be switched off.
    createDevHandler({ describe: () => describeTenant(issuer, config, faults.active), issue, faults }),
    createFaultHandler(faults),
    metadataHeaders,
    createLoginHandler({ currentProvider, config, currentFaults: () => faults.active.map(({ name }) => name) }),
    createFormHandler(signedTokens),
    registration,
    createProviderHandler(currentProvider),
  ];
}
