// All handlers of a tenant, in the order in which a request passes them.
import type Provider from "oidc-provider";
import type { TenantConfig } from "../config/model.js";
import { toSignalsAudience } from "../config/signals-api.js";
import { describeTenant } from "../describe.js";
import type { FaultBoard } from "../faults/fault-board.js";
import type { People } from "../people/people.js";
import type { SignedTokens } from "../provider/signed-tokens.js";
import type { Transmitter } from "../signals/transmitter.js";
import type { CheckedTokenRequest, IssuedToken } from "../token-request.js";
import type { ConsoleEndpoints } from "./console-endpoints.js";
import { createConsolePage } from "./console-page.js";
import { createDevHandler } from "./dev-endpoints.js";
import { createFaultHandler } from "./fault-handler.js";
import { createFormHandler } from "./forms.js";
import { createHostGuard } from "./host-guard.js";
import { createLoginHandler } from "./login.js";
import { metadataHeaders } from "./metadata-headers.js";
import type { PeopleActions } from "./people-endpoints.js";
import type { Handler } from "./pipeline.js";
import { createProviderHandler } from "./provider-handler.js";
import { registration } from "./registration.js";
import { createSignalAuthorization } from "./signal-authorization.js";
import { createSignalHandler } from "./signal-endpoints.js";

export interface HandlerOptions {
  readonly issuer: string;
  readonly config: TenantConfig;
  readonly allowedHosts: readonly string[];
  readonly faults: FaultBoard;
  readonly signedTokens: SignedTokens;
  readonly currentProvider: () => Provider;
  readonly issue: (request: CheckedTokenRequest) => Promise<IssuedToken>;
  readonly actions: PeopleActions;
  readonly people: People;
  readonly transmitter: Transmitter;
  readonly console: ConsoleEndpoints;
}

export function createHandlers(options: HandlerOptions): readonly Handler[] {
  const { issuer, config, allowedHosts, faults, signedTokens, currentProvider, issue } = options;
  const { actions, people, transmitter } = options;
  const authorize = createSignalAuthorization({ currentProvider, signedTokens, audience: toSignalsAudience(issuer) });
  const describe = () => describeTenant(issuer, config, faults.active);
  return [
    createHostGuard(allowedHosts),
    // Before the faults, so that a fault can always be switched off.
    createDevHandler({ describe, issue, faults, people: actions, console: options.console }),
    createConsolePage({ describe }),
    createFaultHandler(faults),
    metadataHeaders,
    createSignalHandler({ issuer, transmitter, authorize }),
    createLoginHandler({
      currentProvider,
      config,
      people,
      actions,
      currentFaults: () => faults.active.map(({ name }) => name),
    }),
    createFormHandler(signedTokens),
    registration,
    createProviderHandler(currentProvider),
  ];
}
