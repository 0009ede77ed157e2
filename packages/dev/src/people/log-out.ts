// Logs a person out everywhere: at the provider, at its applications, and at receivers of signals.
import type Provider from "oidc-provider";
import type { Persona } from "../config/model.js";
import type { BackchannelLogout, LogoutDelivery } from "../provider/backchannel-logout.js";
import type { MemoryStore } from "../provider/memory-store.js";
import type { Transmitter } from "../signals/transmitter.js";
import { endLogin, findLogin, type Login } from "./logins.js";

/** What a log-out ended. */
export interface LogOutReport {
  /** The persona's short name. */
  readonly persona: string;
  /** False: there was nothing to end, and nothing was sent. */
  readonly wasLoggedIn: boolean;
  /** Browsers that were logged in. */
  readonly sessions: number;
  /** Grants, with all their tokens, codes and refresh tokens. */
  readonly grants: number;
  /** The applications that got a logout token. */
  readonly logoutTokens: readonly LogoutDelivery[];
  /** The number of streams with a `session-revoked` event. */
  readonly streams: number;
}

export interface LogOutContext {
  readonly currentProvider: () => Provider;
  readonly store: MemoryStore;
  readonly backchannel: BackchannelLogout;
  readonly transmitter: Transmitter;
}

/** The tokens end first, so that no application gets new ones while it is being told. */
export async function logOut(context: LogOutContext, persona: Persona): Promise<LogOutReport> {
  const login = findLogin(context.store, persona);
  if (login === undefined) {
    return { persona: persona.id, wasLoggedIn: false, sessions: 0, grants: 0, logoutTokens: [], streams: 0 };
  }
  endLogin(context.store, persona);
  const details = { initiating_entity: "admin", reason_admin: { en: "Logged out at the local tenant" } };
  const [logoutTokens, streams] = await Promise.all([
    tellApplications(context, login),
    context.transmitter.emit({ name: "session-revoked", persona, details }),
  ]);
  const { sessions, grants } = login;
  return { persona: persona.id, wasLoggedIn: true, sessions, grants, logoutTokens, streams };
}

async function tellApplications(context: LogOutContext, login: Login): Promise<readonly LogoutDelivery[]> {
  const { subject } = login.persona;
  const sent = login.authorizations.map(async ({ client: id, sid }) => {
    const client = await context.currentProvider().Client.find(id);
    return client === undefined ? undefined : context.backchannel.send(client, { subject, sid });
  });
  return (await Promise.all(sent)).filter((delivery) => delivery !== undefined);
}
