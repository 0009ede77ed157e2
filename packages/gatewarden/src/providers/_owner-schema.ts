// Whose workflow or job it is. At providers that sign for everyone, issuer and audience leave that
// open: each of their users can have a token made for any audience (CWE-346).
import type { AccessTokenClaims } from "../auth.js";
import { isObject, member } from "../token/json.js";
import type { StandardSchema } from "../token/standard-schema.js";

/** By claim: what it must be. */
export type OwnerRules = Readonly<Record<string, (value: string) => boolean>>;

/** A schema for the option `claims`: the claims as they are, if each rule holds. Text is compared letter for letter. */
export function createOwnerSchema(rules: OwnerRules): StandardSchema<AccessTokenClaims> {
  const entries = Object.entries(rules);
  return {
    "~standard": {
      version: 1,
      vendor: "gatewarden",
      validate(value) {
        const claims = isObject(value) ? value : {};
        const issues = entries.flatMap(([name, isRight]) => {
          const actual = member(claims, name);
          return typeof actual === "string" && isRight(actual) ? [] : [{ message: "is another owner's", path: [name] }];
        });
        return issues.length > 0 ? { issues } : { value: value as AccessTokenClaims };
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
