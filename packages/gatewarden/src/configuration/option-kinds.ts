// Checks of names and kinds of options, from the table, before they are used.
import { ConfigError } from "../errors.js";
import { toOptionError } from "./option-table.js";
import { anIssuer, guard, requireOptions } from "./require-options.js";

type Options = Readonly<Record<string, unknown>>;

/** Checks the options of `createGuard`. Throws `ConfigError`. */
export function requireGuardOptions(options: object): void {
  requireOptions(guard, options);
  const { cache, ...terms } = options as Options;
  if (cache !== undefined && cache !== false) requireOptions("cache", cache);
  requireNestedOptions(terms);
}

/** Checks the options of one issuer. Throws `ConfigError`. */
export function requireIssuerOptions(options: object): void {
  requireOptions(anIssuer, options);
  requireNestedOptions(options as Options);
}

function requireNestedOptions({ keys, claimNames, claimFormats, scopeAsList }: Options): void {
  // Also where there are none: `{}` is read in their place.
  requireOptions("keys", keys === undefined ? {} : keys);
  if (claimFormats !== undefined) requireClaimFormats(claimFormats, scopeAsList);
  if (claimNames !== undefined) requireClaimNames(claimNames);
}

function requireClaimFormats(claimFormats: unknown, scopeAsList: unknown): void {
  requireOptions("claimFormats", claimFormats);
  const { scope } = claimFormats as Options;
  if (scope === undefined || scopeAsList === undefined || scopeAsList === (scope === "list")) return;
  throw new ConfigError({
    option: "scopeAsList",
    problem: "contradicts claimFormats.scope",
    example: 'claimFormats: { scope: "list" }',
    other: "claimFormats.scope",
  });
}

function requireClaimNames(claimNames: unknown): void {
  requireOptions("claimNames", claimNames);
  for (const [name, value] of Object.entries(claimNames as Options)) {
    const path: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isClaim = path.length > 0 && path.every((step) => typeof step === "string" && step !== "");
    if (isClaim) continue;
    throw toOptionError(`claimNames.${name}`, "is empty, or is not the name of a claim");
  }
}
