// Who is logged in, by the provider's own memory: sessions in browsers, and grants that tokens hang
// on.
import type { AdapterPayload } from "oidc-provider";
import type { Persona } from "../config/model.js";
import type { MemoryStore } from "../provider/memory-store.js";

/** A session of one browser at one application. */
export interface Authorization {
  readonly client: string;
  readonly sid: string | undefined;
}

export interface Login {
  readonly persona: Persona;
  /** How many browsers the persona is logged in with. */
  readonly sessions: number;
  /** The applications with sessions, or with tokens that were issued without a login. */
  readonly authorizations: readonly Authorization[];
  readonly grants: number;
}

/** Undefined for a persona without sessions and grants. */
export function findLogin(store: MemoryStore, persona: Persona): Login | undefined {
  const { sessions, grants } = findTraces(store, persona);
  if (sessions.length === 0 && grants.length === 0) return undefined;
  const own = sessions.flatMap(({ authorizations = {} }) =>
    Object.entries(authorizations).map(([client, { sid }]): Authorization => ({ client, sid })),
  );
  const others = grants.flatMap(({ clientId }) =>
    own.some(({ client }) => client === clientId) ? [] : (clientId ?? []),
  );
  const without = [...new Set(others)].map((client): Authorization => ({ client, sid: undefined }));
  return { persona, sessions: sessions.length, authorizations: [...own, ...without], grants: grants.length };
}

/**
 * Ends the sessions, and all tokens, codes and refresh tokens of the persona. A session's record
 * stays without its person, since a login may be under way in the same browser.
 */
export function endLogin(store: MemoryStore, persona: Persona): void {
  const { sessions, grants } = findTraces(store, persona);
  for (const session of sessions) {
    for (const name of ["accountId", "authorizations", "loginTs", "acr", "amr"] as const) delete session[name];
  }
  // A login that began while the persona was logged in is now one of a browser without anyone.
  for (const login of store.filter("Interaction:", (one) => one.session?.accountId === persona.subject)) {
    delete login.session?.accountId;
    delete login.grantId;
  }
  const ended = new Set(grants.map(({ jti }) => jti));
  store.deleteWhere(({ jti, grantId, kind }) => ended.has(kind === "Grant" ? jti : grantId));
}

function findTraces(store: MemoryStore, { subject }: Persona) {
  const isOwn = ({ accountId }: AdapterPayload): boolean => accountId === subject;
  return { sessions: store.filter("Session:", isOwn), grants: store.filter("Grant:", isOwn) };
}
