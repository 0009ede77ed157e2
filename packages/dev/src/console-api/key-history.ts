// Which keys there are and were, and which tokens each verifies until when.
import type { KeyRing } from "../keys/key-ring.js";
import type { IssuedTokens } from "./issued-tokens.js";

/** One key, as `GET /dev/keys` shows it. */
export interface KeyReport {
  readonly kid: string;
  readonly alg: string;
  /** `signs`: new tokens too. `verifies`: published for older tokens. `withdrawn`: for none. */
  readonly state: "signs" | "verifies" | "withdrawn";
  /** When this tenant first used it; for a stored key, when the tenant started. ISO 8601. */
  readonly since: string;
  /** When it was withdrawn. */
  readonly withdrawn?: string | undefined;
  /** How many tokens it signed since the tenant started. */
  readonly tokens: number;
  /** When the last of them expires; null without any. */
  readonly until: string | null;
}

interface Life {
  readonly alg: string;
  readonly since: string;
  withdrawn?: string;
}

const maxWithdrawn = 20;

export class KeyHistory {
  readonly #keys: KeyRing;
  readonly #issued: IssuedTokens;
  readonly #lives = new Map<string, Life>();

  constructor(keys: KeyRing, issued: IssuedTokens) {
    this.#keys = keys;
    this.#issued = issued;
    this.update();
  }

  /** To call after each change of the keys. */
  update(): void {
    const now = new Date().toISOString();
    const current = new Set(this.#keys.keys.map(({ kid }) => kid));
    for (const { alg, kid } of this.#keys.keys) {
      const life = this.#lives.get(kid);
      if (life === undefined) this.#lives.set(kid, { alg, since: now });
      else delete life.withdrawn;
    }
    for (const [kid, life] of this.#lives) if (!current.has(kid)) life.withdrawn ??= now;
    const gone = [...this.#lives].filter(([, life]) => life.withdrawn !== undefined);
    for (const [kid] of gone.slice(0, -maxWithdrawn)) this.#lives.delete(kid);
  }

  /** The signing keys first, then the published, then the withdrawn. */
  describe(): readonly KeyReport[] {
    const published = this.#keys.keys.map((key) =>
      this.#report(key.kid, this.#keys.isSigning(key) ? "signs" : "verifies"),
    );
    const gone = [...this.#lives].filter(([, life]) => life.withdrawn !== undefined).reverse();
    const order = (report: KeyReport) => (report.state === "signs" ? 0 : 1);
    return [
      ...published.sort((one, other) => order(one) - order(other)),
      ...gone.map(([kid]) => this.#report(kid, "withdrawn")),
    ];
  }

  #report(kid: string, state: KeyReport["state"]): KeyReport {
    const { alg = "", since = "", withdrawn } = this.#lives.get(kid) ?? {};
    const { tokens = 0, until } = this.#issued.findUse(kid) ?? {};
    const end = until === undefined ? null : new Date(until * 1000).toISOString();
    return { kid, alg, state, since, ...(withdrawn !== undefined && { withdrawn }), tokens, until: end };
  }
}
