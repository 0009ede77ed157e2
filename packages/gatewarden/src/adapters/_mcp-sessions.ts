// MCP: whose session it is. A session that one subject opened serves no other (MCP 2025-11-25,
// "Session Hijacking").
import type { Auth } from "../index.js";
import { createBoundedMap } from "../platform/bounded-map.js";
import { checkSameOwner, type Owner, toOwner } from "./_session-check.js";

/** The header that names a session, up to revision 2025-11-25. */
export const sessionHeader = "mcp-session-id";

const maxSessions = 10_000;

/** The sessions that one endpoint opened, by their id. */
export class McpSessions {
  readonly #owners = createBoundedMap<Owner>(maxSessions);

  /**
   * Whether the caller may use the session. An unknown one is refused as well (CWE-636), once the
   * endpoint opens sessions at all: a server without them ignores the header.
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
