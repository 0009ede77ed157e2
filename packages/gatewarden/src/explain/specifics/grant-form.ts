// Details about a claim that is present, but in another form than the issuer's options state.
import type { AuthError } from "../../errors.js";
import type { Reason } from "../../reasons.js";
import type { Specific } from "../refusal-facts.js";

const options: Partial<Readonly<Record<Reason, string>>> = {
  permission_missing: "permissions",
  role_missing: "roles",
};

/** The option that reads the claim in its present form. Undefined if its form is right. */
export function explainForm({ reason, details: { name, problem } }: AuthError): Specific | undefined {
  if (name === undefined || problem === undefined) return undefined;
  const option = options[reason];
  const format = /^is text/.test(problem) ? "text" : /^is an object, not/.test(problem) ? "keys" : undefined;
  return {
    cause: "The claim is there, but not in the shape that this API expects, so it grants nothing.",
    fix:
      option !== undefined && format !== undefined
        ? `If the provider means it so, set \`claimFormats: { ${option}: "${format}" }\` for this issuer.`
        : "Let the provider write it in the expected shape, or set `claimNames` to the claim that has it.",
  };
}
