// The last changes of a table. A token that was found good before them stays good if none of them
// can be about it, which takes less time to see than to check it again.
import type { RevocationFacts } from "../refuse-revoked.js";
import type { PackedId } from "./hash.js";

/** Changes to look back on, a power of two. Looking at all takes as long as another check. */
const most = 16;
const anyId = -1;

/** Numbers of states, of all tables together: a note about one table never holds for another. */
let states = 0;

export class RecentChanges {
  /** Rings: the state after each change, and what the change was about. */
  readonly #states = new Float64Array(most);
  readonly #kinds = new Uint8Array(most);
  readonly #lengths = new Int32Array(most);
  readonly #ends = new Int32Array(most);
  #newest = 0;
  #state = ++states;

  constructor() {
    this.#states[0] = this.#state;
  }

  /** Another number after each change that may revoke a token. */
  get state(): number {
    return this.#state;
  }

  /** An entry that is new, or holds for more tokens than before. `kind`: in `revocationKinds`. */
  note({ bytes, start, length, isWide, kind }: PackedId & { readonly kind: number }): void {
    this.#state = ++states;
    this.#newest = (this.#newest + 1) & (most - 1);
    this.#states[this.#newest] = this.#state;
    this.#kinds[this.#newest] = kind;
    this.#lengths[this.#newest] = isWide || length < 2 ? anyId : length;
    const last = start + length - 1;
    this.#ends[this.#newest] = ((bytes[last - 1] ?? 0) << 16) | (bytes[last] ?? 0);
  }

  /** Whether no change after a state can be about the token. False in doubt. */
  concernNone(facts: RevocationFacts, since: number): boolean {
    // Each change has a number, and so have those of other tables.
    if (since === 0 || this.#state - since >= most) return false;
    for (let step = 0; step < most; step++) {
      const change = (this.#newest - step) & (most - 1);
      if (this.#states[change] === since) return true;
      if (this.#mayConcern(change, facts)) return false;
    }
    return false;
  }

  /** Equal ids have the same length and the same end. A few others have, too. */
  #mayConcern(change: number, facts: RevocationFacts): boolean {
    const kind = this.#kinds[change] ?? 0;
    if (kind > 3) return true;
    const id = readId(facts, kind);
    if (id === undefined) return false;
    const length = this.#lengths[change];
    if (length === anyId) return true;
    return length === id.length && this.#ends[change] === toEnd(id);
  }
}

/** In the order of `revocationKinds`. */
function readId(facts: RevocationFacts, kind: number): string | undefined {
  if (kind === 0) return facts.jti;
  if (kind === 1) return facts.sid;
  return kind === 2 ? facts.subject : facts.clientId;
}

/** The last two characters. */
function toEnd(id: string): number {
  const last = id.length - 1;
  return (id.charCodeAt(last - 1) << 16) | id.charCodeAt(last);
}
