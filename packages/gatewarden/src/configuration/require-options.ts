// Checks given options against the table: unknown names, inherited ones, values of the wrong kind.
import { ConfigError } from "../errors.js";
import { isObject } from "../token/json.js";
import { readForeignName } from "./foreign-names.js";
import { optionTable, toOptionError, toOptionExample } from "./option-table.js";

const paths = Object.keys(optionTable);

/** The option names of the guard, of one issuer, or of an option such as `keys`. */
function namesOf(owner: string): readonly string[] {
  if (owner === guard) return paths.filter((path) => !path.includes("."));
  if (owner === anIssuer) return namesOf(guard).filter((path) => optionTable[path]?.isPerIssuer);
  const members = paths.filter((path) => path.startsWith(`${owner}.`)).map((path) => path.slice(owner.length + 1));
  return members.filter((name) => !name.includes("."));
}

export const guard = "createGuard";
export const anIssuer = "an issuer";

/**
 * Throws `ConfigError` for a name that is not in the table, which would be a check that never runs,
 * for one that every object inherits, and for a value of the wrong kind, which would fail at the
 * first request. Messages contain no values: one of them may be a secret.
 */
export function requireOptions(owner: string, given: unknown): void {
  const prefix = owner === guard || owner === anIssuer ? "" : `${owner}.`;
  if (!isObject(given)) throw toOptionError(owner, "must be an object");
  const known = namesOf(owner);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const option = owner === anIssuer ? `issuer.${unknown}` : prefix + unknown;
    throw new ConfigError({ option, ...describeUnknown(unknown, owner, known) });
  }
  for (const name of known) {
    const row = optionTable[prefix + name];
    const value = given[name];
    // Every object would have the option, also one that leaves it out (CWE-1321).
    if (name in Object.prototype && !Object.hasOwn(given, name))
      throw toOptionError(prefix + name, "stands on Object.prototype, where something else has put it");
    if (value !== undefined && row?.isRight?.(value) === false) throw toOptionError(prefix + name, row.must);
  }
}

/** Points from another library's name to ours. */
function describeUnknown(name: string, owner: string, known: readonly string[]) {
  const isOuter = owner === guard || owner === anIssuer;
  const path = isOuter || owner === "dpop" || owner === "mtls" ? readForeignName(name, owner) : undefined;
  if (path !== undefined && !Object.hasOwn(optionTable, path)) {
    return { problem: "is an option of a protected route, not of the guard", example: path };
  }
  if (path !== undefined) return { problem: `is called \`${path}\` here`, example: toOptionExample(path) };
  const problem = `is not an option of ${owner}; there are ${known.join(", ")}`;
  return { problem, example: toOptionExample(isOuter ? `${known[0]}` : `${owner}.${known[0]}`) };
}
