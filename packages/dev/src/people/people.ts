// The personas of a running tenant: their permissions change, and their accounts are disabled.
import type { Persona, TenantConfig } from "../config/model.js";
import { TenantError } from "../errors.js";

export class People {
  readonly #personas: Persona[];
  readonly #disabled = new Set<string>();

  /** The configuration's own list changes, which all parts of the tenant read. */
  constructor(config: TenantConfig) {
    this.#personas = config.personas as unknown as Persona[];
  }

  /** By short name; throws a {@link TenantError} that lists the names. */
  require(id: string): Persona {
    const persona = this.#personas.find((one) => one.id === id);
    if (persona !== undefined) return persona;
    const known = this.#personas.map((one) => one.id).join(", ");
    throw new TenantError("invalid_request", `There is no persona ${JSON.stringify(id)}; this tenant has: ${known}.`);
  }

  get all(): readonly Persona[] {
    return this.#personas;
  }

  /** The next tokens have these permissions. */
  setPermissions(persona: Persona, permissions: readonly string[]): Persona {
    const changed = { ...persona, permissions };
    this.#personas[this.#personas.indexOf(persona)] = changed;
    return changed;
  }

  isDisabled({ subject }: Pick<Persona, "subject">): boolean {
    return this.#disabled.has(subject);
  }

  enableAll(): void {
    this.#disabled.clear();
  }

  setDisabled({ subject }: Persona, isDisabled: boolean): void {
    if (isDisabled) this.#disabled.add(subject);
    else this.#disabled.delete(subject);
  }
}
