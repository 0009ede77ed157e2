// The sections `logout` and `signals` → the endpoints at which providers report that access ends.
import type { Guard, Revoker } from "gatewarden";
import { createLogoutEndpoint, type Endpoint, type LogoutOptions } from "gatewarden/logout";
import { createSignalsReceiver, type SignalsOptions } from "gatewarden/signals";
import type { FileData } from "../rules/schema.js";

/** Hears what became of a report: its kind and outcome, no value of a token. */
export type EventReport = (event: "logout" | "signal", details: { readonly outcome: string }) => void;

/** What endpoints work with. */
export interface EndpointParts {
  readonly guard: Guard<unknown>;
  readonly revocations: Revoker;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: EventReport;
}

/** Endpoints by their path. */
export type Endpoints = ReadonlyMap<string, Endpoint>;

/** Whether the file has a section that can revoke. */
export function canReceiveEvents({ logout, signals }: Pick<FileData, "logout" | "signals">): boolean {
  return logout !== undefined || signals !== undefined;
}

/** Throws `ConfigError` of the library, and `TypeError`. */
export function createEndpoints(
  { logout, signals }: Pick<FileData, "logout" | "signals">,
  parts: EndpointParts,
): Endpoints {
  const endpoints = new Map<string, Endpoint>();
  if (logout !== undefined) {
    const { path = "/backchannel-logout", ...options } = logout;
    endpoints.set(path, createLogout(options, parts));
  }
  if (signals !== undefined) {
    const { path = "/signals", ...options } = signals;
    if (endpoints.has(path)) throw new TypeError('"logout" and "signals" need different paths');
    endpoints.set(path, createSignals(options, parts));
  }
  return endpoints;
}

function createLogout(options: object, { guard, revocations, report }: EndpointParts): Endpoint {
  return createLogoutEndpoint(guard, {
    ...(options as Pick<LogoutOptions, "clientId" | "ends">),
    revocations,
    onLogout: (event) =>
      report("logout", { outcome: event.outcome, ...("error" in event && { reason: event.error.reason }) }),
  });
}

/**
 * What a push must carry in `Authorization` is a secret, so it is not in the file. An empty one is
 * an error of the library's: a secret that was lost must not open the endpoint.
 */
function createSignals(options: object, { guard, revocations, env, report }: EndpointParts): Endpoint {
  const authorization = env["SIGNALS_AUTHORIZATION"];
  const receiver = createSignalsReceiver(guard, {
    ...(options as Pick<SignalsOptions, "audience">),
    ...(authorization !== undefined && { authorization }),
    revocations,
    onSignal: (event) =>
      report("signal", {
        outcome: event.outcome,
        ...("error" in event
          ? { reason: event.error.reason }
          : { revocations: event.revocations.length, unmatched: event.unmatched.length }),
      }),
  });
  return receiver.push;
}
