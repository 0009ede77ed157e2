// MCP: whose session it is. A session that one subject opened serves no other (MCP 2025-11-25,
// "Session Hijacking").
import type { Auth } from "../index.js";

/** The header that names a session, up to revision 2025-11-25. */
export const sessionHeader = "mcp-session-id";

const maxSessions = 10_000;

const byGuard = new WeakMap<object, McpSessions>();

/**
 * The sessions behind a guard. Routes for POST, GET and DELETE may each have a check of their own,
 * and must know the same sessions.
 */
export function findSessions(guard: object): McpSessions {
  const found = byGuard.get(guard) ?? new McpSessions();
  byGuard.set(guard, found);
  return found;
}

/** The sessions that were opened. */
export class McpSessions {
  /** Who opened which session, by its id. The least recently used comes first. */
  readonly #owners = new Map<string, string | undefined>();

  /**
   * Whether the caller may use the session. An unknown one is refused as well (CWE-636), once the
   * server opens sessions at all: one without them ignores the header.
   */
  isOpenTo(id: string | undefined, auth: Auth<unknown>): boolean {
    if (id === undefined || this.#owners.size === 0) return true;
    const owner = this.#owners.get(id);
    if (owner === undefined || owner !== toOwnerKey(auth)) return false;
    // A Map keeps insertion order, so a used session moves to the end.
    this.#owners.delete(id);
    this.#owners.set(id, owner);
    return true;
  }

  /** Remembers who opened the session that an answer names. */
  keep(id: string, auth: Auth<unknown>): void {
    if (this.#owners.has(id)) return;
    if (this.#owners.size >= maxSessions) this.#evict();
    this.#owners.set(id, toOwnerKey(auth));
  }

  /** Forgets a session that its owner ended. */
  end(id: string): void {
    this.#owners.delete(id);
  }

  /** The owner of most sessions loses one: opening many must end no one else's (CWE-770). */
  #evict(): void {
    const counts = new Map<string | undefined, number>();
    for (const owner of this.#owners.values()) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    const most = Math.max(...counts.values());
    for (const [id, owner] of this.#owners) if (counts.get(owner) === most) return void this.#owners.delete(id);
  }
}

/**
 * Another client of the same subject was not granted the same, so it is another owner. Undefined if
 * the token names neither: it cannot be shown to be the same caller.
 */
function toOwnerKey({ issuer, subject, clientId }: Auth<unknown>): string | undefined {
  return subject === undefined && clientId === undefined ? undefined : JSON.stringify([issuer, subject, clientId]);
}
