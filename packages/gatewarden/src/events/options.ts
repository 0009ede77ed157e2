// Checks of options that the receivers of events have in common. Each throws `ConfigError`.
import { ConfigError } from "../errors.js";
import type { Revoker } from "../revocation/revocation.js";
import { type AsymmetricAlgorithm, asymmetricAlgorithms } from "../token/algorithms.js";
import { isObject } from "../token/json.js";
import { isNonEmptyText } from "./signed-event.js";

/**
 * Auth0's default, in seconds:
 * auth0.com/docs/secure/tokens/access-tokens/update-access-token-lifetime
 */
export const usualTokenLifetime = 86_400;
const longestTokenLifetime = 31_536_000;

/** Refuses names that are not options, which would be a rule that is never read (CWE-636). */
export function requireOptionNames(owner: string, given: unknown, names: readonly string[]): void {
  const example = `${owner}({ ${names[0]}: … })`;
  if (!isObject(given))
    throw new ConfigError({ option: owner, problem: "must be given an object of options", example });
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new ConfigError({
    option: unknown,
    problem: `is not an option of ${owner}; there are ${names.join(", ")}`,
    example,
  });
}

/** One name or several, none of them empty. */
export function requireNameList(option: string, value: unknown, example: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? [...value] : [value];
  if (list.length > 0 && list.every(isNonEmptyText)) return list as readonly string[];
  throw new ConfigError({ option, problem: "must be a non-empty string, or a list of them", example });
}

/** Where revocations go. */
export function requireRevoker(value: unknown): Revoker {
  if (typeof value === "object" && value !== null && typeof (value as Partial<Revoker>).revoke === "function") {
    return value as Revoker;
  }
  const problem = "must be an object with the method revoke";
  throw new ConfigError({ option: "revocations", problem, example: "revocations: createRevocationList()" });
}

/** How long access tokens live at most, in seconds. */
export function requireTokenLifetime(value: number | undefined): number {
  return requireSeconds("tokenLifetime", value ?? usualTokenLifetime, longestTokenLifetime);
}

/** A positive number of seconds. */
export function requireSeconds(option: string, value: unknown, most: number): number {
  if (typeof value === "number" && value >= 1 && value <= most) return value;
  throw new ConfigError({
    option,
    problem: `must be a number of seconds from 1 to ${most}`,
    example: `${option}: 3600`,
  });
}

/** Signature algorithms, or undefined for the guard's own. */
export function requireEventAlgorithms(value: unknown): readonly AsymmetricAlgorithm[] | undefined {
  if (value === undefined) return undefined;
  const isKnown = (name: unknown) => asymmetricAlgorithms.some((one) => one === name);
  if (Array.isArray(value) && value.length > 0 && value.every(isKnown)) return [...value];
  const problem = `must be a list of ${asymmetricAlgorithms.join(", ")}`;
  throw new ConfigError({ option: "algorithms", problem, example: 'algorithms: ["RS256"]' });
}

/** A function, or undefined. */
export function requireListener<Listener>(option: string, value: Listener | undefined): Listener | undefined {
  if (value === undefined || typeof value === "function") return value;
  throw new ConfigError({ option, problem: "must be a function", example: `${option}: (event) => log.info(event)` });
}

/** One of several words. */
export function requireWord<Word extends string>(option: string, value: unknown, words: readonly Word[]): Word {
  const word = words.find((one) => one === value);
  if (word !== undefined) return word;
  const problem = `must be ${words.map((one) => `"${one}"`).join(" or ")}`;
  throw new ConfigError({ option, problem, example: `${option}: "${words[0]}"` });
}
