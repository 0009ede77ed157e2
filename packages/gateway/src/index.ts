// The public names.
export type { ConfigSources, Overrides } from "./config.js";
export { type Gateway, type GatewayOptions, type GatewayStatus, startGateway } from "./gateway.js";
export type { ProxyName } from "./proxy/kinds.js";
export { type GatewayReason, gatewayReasons, type RefusalRow } from "./refusals.js";
export { type FileProblem, RulesError } from "./rules/problem.js";
