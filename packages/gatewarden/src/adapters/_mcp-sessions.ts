// MCP: whose session it is. A session that one subject opened serves no other (MCP 2025-11-25,
// "Session Hijacking").
import type { Auth } from "../index.js";
import { createBoundedMap } from "../platform/bounded-map.js";
import { checkSameOwner, type Owner, toOwner } from "./_session-check.js";

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

/** The sessions that were opened, by their id. */
export class McpSessions {
  readonly #owners = createBoundedMap<Owner>(maxSessions);

  /**
   * Whether the caller may use the session. An unknown one is refused as well (CWE-636), once the
   * server opens sessions at all: one without them ignores the header.
   */
  isOpenTo(id: string | undefined, auth: Auth<unknown>): boolean {
    if (id === undefined || this.#owners.size === 0) return true;
    const owner = this.#owners.get(id);
    return owner !== undefined && checkSameOwner(owner, toOwner(auth)) === undefined;
  }

  /** Remembers who opened the session that an answer names. */
  keep(id: string, auth: Auth<unknown>): void {
    if (this.#owners.get(id) === undefined) this.#owners.set(id, toOwner(auth));
  }

  /** Forgets a session that its owner ended. */
  end(id: string): void {
    this.#owners.delete(id);
  }
}
