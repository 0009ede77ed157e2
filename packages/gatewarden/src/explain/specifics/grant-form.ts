// Details about a claim that is present, but in another form than the issuer's options state.
import type { AuthError } from "../../errors.js";
import type { Reason } from "../../reasons.js";
import { type GrantFormat, readNames, readPath } from "../../requirements/read-grants.js";
import type { RefusalFacts, Specific } from "../refusal-facts.js";

type Option = "permissions" | "roles" | "scope";

const options: Partial<Readonly<Record<Reason, Option>>> = {
  permission_missing: "permissions",
  role_missing: "roles",
  scope_missing: "scope",
};

/** The formats that an issuer's terms can name, the likelier ones first. */
const formats: Readonly<Record<Option, readonly GrantFormat[]>> = {
  permissions: ["list", "text", "keys"],
  roles: ["list", "text", "keys"],
  scope: ["list", "blanks"],
};

/** The option that reads the claim as it stands. Undefined where its shape is right. */
export function explainForm(
  { reason, details: { name, problem } }: AuthError,
  facts: RefusalFacts,
): Specific | undefined {
  if (name === undefined || problem === undefined) return undefined;
  const setting = findFormat(reason, facts);
  return {
    cause: "The claim is there, but not in the shape that this API expects, so it grants nothing.",
    fix:
      setting !== undefined
        ? `If the provider means it so, set \`claimFormats: ${setting}\` for this issuer.`
        : "Let the provider write it in the expected shape, or set `claimNames` to the claim that has it.",
  };
}

/** The member of `claimFormats` by which the claim could be read, as it is written in code. */
export function findFormat(reason: Reason, { claims, policy }: RefusalFacts): string | undefined {
  const option = options[reason];
  if (option === undefined || claims === undefined || policy === undefined) return undefined;
  const value = readPath(claims, policy.claimNames[option]);
  const fitting = formats[option].find((format) => readNames(value, format).length > 0);
  return fitting === undefined ? undefined : `{ ${option}: "${fitting}" }`;
}
