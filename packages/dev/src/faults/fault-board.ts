// The active faults. Changes run one after the other, each completely or not at all.
import { TenantError } from "../errors.js";
import { createSerial } from "../serial.js";
import { faultCatalogue, faultNames } from "./catalogue.js";
import type { Fault, FaultName } from "./fault.js";
import { type FaultInput, parseFault, parseFaultName } from "./parse-fault.js";

/** The faults of a running tenant. */
export interface TenantFaults {
  /**
   * The active faults with their defaults, in the catalogue's order. `times` is how often each will
   * still apply.
   */
  readonly active: readonly Fault[];
  /**
   * Switches faults on, in addition to the active ones; an active one starts again. Throws a
   * `TenantError` (`invalid_request`) for wrong parameters and for conflicting faults; nothing is
   * changed then.
   */
  set(...faults: readonly FaultInput[]): Promise<void>;
  /** Switches on exactly these faults, and all others off. */
  replace(...faults: readonly FaultInput[]): Promise<void>;
  /**
   * Switches these faults off, or all of them without a name. The tenant is then as it was before.
   */
  clear(...names: readonly FaultName[]): Promise<void>;
}

/**
 * Faults that are a state of the tenant, not of one token or answer. Applied, or reverted with
 * undefined.
 */
export interface FaultEffects {
  readonly applyKeys: (fault: Fault | undefined) => Promise<void>;
  readonly applyPort: (fault: Fault | undefined) => Promise<void>;
}

/** An active fault. */
export interface ActiveFault {
  readonly fault: Fault;
  /** Aborted when the fault is reverted, also after it applied for the last time. */
  readonly ended: AbortSignal;
}

interface Entry {
  readonly fault: Fault;
  readonly end: AbortController;
  remaining: number;
}

export class FaultBoard implements TenantFaults {
  readonly #effects: FaultEffects;
  readonly #serial = createSerial();
  #entries: ReadonlyMap<FaultName, Entry> = new Map();

  constructor(effects: FaultEffects) {
    this.#effects = effects;
  }

  get active(): readonly Fault[] {
    const entries = faultNames.map((name) => this.#on(name)).filter((entry) => entry !== undefined);
    return entries.map(({ fault, remaining }) => (Number.isFinite(remaining) ? { ...fault, times: remaining } : fault));
  }

  async set(...inputs: readonly FaultInput[]): Promise<void> {
    const entries = toEntries(inputs);
    await this.#serial(() => this.#become(new Map([...this.#entries, ...entries])));
  }

  async replace(...inputs: readonly FaultInput[]): Promise<void> {
    const entries = toEntries(inputs);
    await this.#serial(() => this.#become(entries));
  }

  async clear(...names: readonly FaultName[]): Promise<void> {
    const gone = names.map((name) => parseFaultName(name));
    const stays = ([name]: [FaultName, Entry]): boolean => gone.length > 0 && !gone.includes(name);
    await this.#serial(() => this.#become(new Map([...this.#entries].filter(stays))));
  }

  /** An active fault, without counting. */
  find(name: FaultName): ActiveFault | undefined {
    const entry = this.#on(name);
    return entry && { fault: entry.fault, ended: entry.end.signal };
  }

  /**
   * An active fault that applies now. Counts it, and switches it off when this was the last time.
   */
  take(name: FaultName): ActiveFault | undefined {
    const active = this.find(name);
    const entry = this.#entries.get(name);
    if (active !== undefined && entry !== undefined) entry.remaining--;
    return active;
  }

  #on(name: FaultName): Entry | undefined {
    const entry = this.#entries.get(name);
    return entry !== undefined && entry.remaining > 0 ? entry : undefined;
  }

  /** Waits for changes in progress, and ends all delays. */
  async close(): Promise<void> {
    await this.#serial(async () => {
      for (const { end } of this.#entries.values()) end.abort();
    });
  }

  /** Reverts removed faults, and applies new ones. */
  async #become(next: ReadonlyMap<FaultName, Entry>): Promise<void> {
    refuseConflicts([...next.values()].filter(({ remaining }) => remaining > 0).map(({ fault }) => fault.name));
    const changed = (decided: string): { readonly after: Fault | undefined } | undefined => {
      const [before, after] = [findDeciding(this.#entries, decided), findDeciding(next, decided)];
      return before === after ? undefined : { after: after?.fault };
    };
    const [keys, port] = [changed("keys"), changed("port")];
    // The port may be taken by now; then nothing is changed.
    if (port !== undefined) await this.#effects.applyPort(port.after);
    if (keys !== undefined) await this.#effects.applyKeys(keys.after);
    const gone = [...this.#entries.values()].filter((entry) => next.get(entry.fault.name) !== entry);
    this.#entries = next;
    for (const { end } of gone) end.abort();
  }
}

function toEntries(inputs: readonly FaultInput[]): ReadonlyMap<FaultName, Entry> {
  const faults = inputs.map((input) => parseFault(input));
  return new Map(
    faults.map((fault) => [
      fault.name,
      { fault, end: new AbortController(), remaining: fault.times ?? Number.POSITIVE_INFINITY },
    ]),
  );
}

function findDeciding(entries: ReadonlyMap<FaultName, Entry>, decided: string): Entry | undefined {
  return [...entries.values()].find(({ fault }) => faultCatalogue[fault.name].decides.includes(decided));
}

/** Two faults that decide the same thing cannot both apply, so the second is refused. */
function refuseConflicts(names: readonly FaultName[]): void {
  const decider = new Map<string, FaultName>();
  for (const name of names) {
    for (const decided of faultCatalogue[name].decides) {
      const other = decider.get(decided);
      if (other !== undefined) {
        const advice = `Switch one of them off first, as in: npx gatewarden faults --reset ${other}`;
        const problem = `The faults ${JSON.stringify(other)} and ${JSON.stringify(name)} cannot both be on`;
        throw new TenantError("invalid_request", `${problem}: both decide the ${decided}. ${advice}`);
      }
      decider.set(decided, name);
    }
  }
}
