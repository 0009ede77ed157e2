// What happens to people on demand, and the events that say so.
import { z } from "zod";
import { toComplaint } from "../config/complaint.js";
import type { Persona, TenantConfig } from "../config/model.js";
import { withoutSignalsApi } from "../config/signals-api.js";
import { TenantError } from "../errors.js";
import { permissionsFor } from "../permissions.js";
import { changeTypes, credentialTypes, type EventName, eventNames } from "../signals/event-types.js";
import { type LogOutContext, type LogOutReport, logOut } from "./log-out.js";
import type { People } from "./people.js";

/** The event to send, and what it needs. */
export interface SignalRequest {
  /** The persona's short name. */
  readonly as: string;
  readonly event: EventName;
  /** `token-claims-change`: all permissions that the persona has from now on. */
  readonly permissions?: readonly string[] | undefined;
  /** `credential-change`: CAEP 1.0 §3.3. Default: password. */
  readonly credentialType?: (typeof credentialTypes)[number] | undefined;
  /** `credential-change`. Default: update. */
  readonly changeType?: (typeof changeTypes)[number] | undefined;
}

/** What an event did. */
export interface SignalReport {
  readonly persona: string;
  readonly event: EventName;
  /** The number of streams with this event. */
  readonly streams: number;
  /** `account-disabled`: the log-out that it brings. */
  readonly logOut?: LogOutReport | undefined;
}

export interface SignalContext extends LogOutContext {
  readonly config: TenantConfig;
  readonly people: People;
}

const schema = z.strictObject({
  as: z.string(),
  event: z.enum(eventNames),
  permissions: z.array(z.string()).optional(),
  credentialType: z.enum(credentialTypes).optional(),
  changeType: z.enum(changeTypes).optional(),
});

const examples = {
  as: '"alice"',
  event: '"credential-change"',
  permissions: '["read:reports"]',
  credentialType: '"password"',
  changeType: '"update"',
};

/** The members that only one event has. */
const members: Readonly<Record<string, EventName>> = {
  permissions: "token-claims-change",
  credentialType: "credential-change",
  changeType: "credential-change",
};

/** Checks a request; throws a {@link TenantError} that names each wrong member. */
export function parseSignalRequest(input: unknown): SignalRequest {
  const result = schema.safeParse(input);
  if (!result.success) {
    const complaints = result.error.issues.map((issue) => toComplaint(issue, input, { whole: "the signal", examples }));
    throw new TenantError("invalid_request", complaints.join(" "));
  }
  const request = result.data;
  for (const [name, event] of Object.entries(members)) {
    if (request.event === event || request[name as keyof SignalRequest] === undefined) continue;
    throw new TenantError("invalid_request", `${name} belongs to the event ${event} only.`);
  }
  if (request.event === "token-claims-change" && request.permissions === undefined) {
    const example = '{"event": "token-claims-change", "as": "alice", "permissions": ["read:reports"]}';
    throw new TenantError("invalid_request", `token-claims-change needs the new permissions. Example: ${example}`);
  }
  return request;
}

/** Does what the event says, and sends it. */
export async function sendSignal(context: SignalContext, request: SignalRequest): Promise<SignalReport> {
  const persona = context.people.require(request.as);
  const { event } = request;
  const ended = event === "account-disabled" ? await disable(context, persona) : undefined;
  if (event === "account-enabled") context.people.setDisabled(persona, false);
  const details = event === "token-claims-change" ? changeClaims(context, persona, request) : toDetails(request);
  const streams = await context.transmitter.emit({ name: event, persona, details });
  return { persona: persona.id, event, streams, ...(ended && { logOut: ended }) };
}

function toDetails({ event, credentialType, changeType }: SignalRequest): Readonly<Record<string, unknown>> {
  if (event === "session-revoked") return { initiating_entity: "admin" };
  if (event !== "credential-change") return {};
  return {
    initiating_entity: "user",
    credential_type: credentialType ?? "password",
    change_type: changeType ?? "update",
  };
}

/** The account gets no more logins and tokens until it is enabled (RISC 1.0 §2.3). */
function disable(context: SignalContext, persona: Persona): Promise<LogOutReport> {
  context.people.setDisabled(persona, true);
  return logOut(context, persona);
}

/** CAEP 1.0 §3.2: the event has the claims with their new values. */
function changeClaims(
  { config, people }: SignalContext,
  persona: Persona,
  { permissions = [] }: SignalRequest,
): Readonly<Record<string, unknown>> {
  const known = withoutSignalsApi(config).flatMap((api) => permissionsFor(api, permissions));
  const unknown = permissions.filter((permission) => !known.includes(permission));
  if (unknown.length > 0) {
    const names = unknown.map((name) => JSON.stringify(name)).join(", ");
    throw new TenantError("invalid_request", `No API of this tenant lists ${names} in its permissions.`);
  }
  people.setPermissions(persona, permissions);
  return { initiating_entity: "admin", claims: { permissions } };
}
