// Whose workflow or job it is. At providers that sign for everyone, issuer and audience leave that
// open: each of their users can have a token made for any audience (CWE-346).
import type { AccessTokenClaims } from "../auth.js";
import type { IssuerOptions } from "../configuration/options.js";

type Schema = NonNullable<IssuerOptions<AccessTokenClaims>["claims"]>;

/** By claim: what it must be. */
export type OwnerRules = Readonly<Record<string, (value: string) => boolean>>;

/**
 * A schema for the option `claims`: the claims as they are, if each rule holds. Text is compared
 * letter for letter.
 */
export function createOwnerSchema(rules: OwnerRules): Schema {
  const entries = Object.entries(rules);
  return {
    "~standard": {
      version: 1,
      vendor: "gatewarden",
      validate(value) {
        const claims = value as AccessTokenClaims;
        const issues = entries.flatMap(([name, isRight]) => {
          // Own members only (CWE-1321).
          const actual: unknown = Object.hasOwn(claims, name) ? claims[name] : undefined;
          return typeof actual === "string" && isRight(actual) ? [] : [{ message: "is another owner's", path: [name] }];
        });
        return issues.length > 0 ? { issues } : { value: claims };
      },
    },
  };
}

/** The rule for one text or a list of them. */
export function toListRule(given: string | readonly string[]): (value: string) => boolean {
  const names: ReadonlySet<string> = new Set([given].flat());
  return (value) => names.has(value);
}

/** The rules whose argument is given. */
export function pickRules(
  rows: readonly (readonly [
    claim: string,
    given: string | readonly string[] | undefined,
    toRule?: typeof toListRule,
  ])[],
): OwnerRules {
  return Object.fromEntries(
    rows.flatMap(([claim, given, toRule = toListRule]) => (given === undefined ? [] : [[claim, toRule(given)]])),
  );
}
