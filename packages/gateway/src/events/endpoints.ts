// The sections `logout`, `signals` and `cutOff` → the endpoints at which providers report that
// access ends, and operators end it.
import { createLogoutEndpoint, type Endpoint, type LogoutOptions } from "gatewarden/logout";
import { createSignalsReceiver, type SignalsOptions } from "gatewarden/signals";
import type { FileData } from "../rules/schema.js";
import { createCutOff } from "./cut-off.js";
import type { EndpointParts } from "./parts.js";

/** The sections that can revoke. */
export type EventSections = Pick<FileData, "logout" | "signals" | "cutOff">;

/** Endpoints by their path. */
export type Endpoints = ReadonlyMap<string, Endpoint>;

/** Whether the file has a section that can revoke. */
export function canReceiveEvents({ logout, signals, cutOff }: EventSections): boolean {
  return logout !== undefined || signals !== undefined || cutOff !== undefined;
}

/** Throws `ConfigError` of the library, and `TypeError`. */
export function createEndpoints({ logout, signals, cutOff }: EventSections, parts: EndpointParts): Endpoints {
  const endpoints = new Map<string, Endpoint>();
  const sections = new Map<string, string>();
  const add = (section: string, path: string, endpoint: Endpoint) => {
    const other = sections.get(path);
    if (other !== undefined) throw new TypeError(`"${other}" and "${section}" need different paths`);
    sections.set(path, section);
    endpoints.set(path, endpoint);
  };
  if (logout !== undefined) {
    const { path = "/backchannel-logout", ...options } = logout;
    add("logout", path, createLogout(options, parts));
  }
  if (signals !== undefined) {
    const { path = "/signals", ...options } = signals;
    add("signals", path, createSignals(options, parts));
  }
  if (cutOff !== undefined) {
    add("cutOff", cutOff.path ?? "/cut-off", createCutOff(cutOff, parts));
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
