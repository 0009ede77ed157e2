// Details about a requirement that is not met: where the token does hold grants, and whether the
// claim is present.
import type { AuthError } from "../../errors.js";
import { readNames, readPath, spellPath } from "../../requirements/read-grants.js";
import { member } from "../../token/json.js";
import { findNearest } from "../difference.js";
import { quote } from "../redact.js";
import type { RefusalFacts, Specific } from "../refusal-facts.js";
import { explainForm } from "./grant-form.js";

/** With no `permissions` claim at all, RBAC is off; with a near miss, a slip. */
export function explainPermissions(error: AuthError, facts: RefusalFacts): Specific | undefined {
  const { claims, policy } = facts;
  const { expected, actual } = error.details;
  const special = explainForm(error, facts) ?? explainSlip(expected, actual);
  if (special) return special;
  if (claims === undefined) return undefined;
  const { permissions = "permissions", scope = "scope" } = policy?.claimNames ?? {};
  const granted = readPath(claims, permissions);
  if (granted !== undefined) return explainEmpty(granted, spellPath(permissions));
  const scopes = readScope(readPath(claims, scope) ?? member(claims, "scp"));
  const has = scopes.length === 0 ? "no scope" : `scope ${quote(scopes.join(" "))}`;
  const wanted = [expected].flat().filter((one) => typeof one === "string");
  const covered = wanted.length > 0 && wanted.every((one) => scopes.includes(one));
  return {
    cause: `The token has ${has} and no \`${spellPath(permissions)}\`: RBAC is off for this API at the provider, or it does not write the claim.`,
    ...(covered && {
      fix: "What is needed stands in the scope: require `scope(…)`, or let the provider write `permissions` as well.",
    }),
  };
}

/** An empty list shows that the claim is written, so the assignment is missing. */
function explainEmpty(value: unknown, name: string): Specific | undefined {
  if (!Array.isArray(value) || value.length > 0) return undefined;
  return {
    cause: `The token's \`${name}\` is an empty list: the provider writes the claim, and grants none of this API's permissions.`,
    fix: "Assign the permission to the user or the client (at Auth0 also by a role), and get a new token. A client may also have to request it.",
  };
}

/** Scopes that are present, but in another claim or as a list. */
export function explainScopes(
  { details: { expected, actual } }: AuthError,
  { claims, policy }: RefusalFacts,
): Specific | undefined {
  const slip = explainSlip(expected, actual);
  if (slip) return slip;
  if (claims === undefined) return undefined;
  const path = policy?.claimNames.scope ?? "scope";
  const name = spellPath(path);
  const other = ["scope", "scp", "scopes"].find((one) => one !== name && Object.hasOwn(claims, one));
  if (Array.isArray(readPath(claims, path))) {
    return {
      cause: `The token's \`${name}\` is a list, which counts only where the provider is known to write one.`,
      fix: 'If the provider means it so, set `claimFormats: { scope: "list" }` for this issuer, or `scopeAsList: true` for short.',
    };
  }
  const text = readPath(claims, path);
  if (typeof text === "string" && text.includes(",")) return explainCommas(name, text, expected);
  if (text !== undefined || other === undefined) return undefined;
  const isList = Array.isArray(member(claims, other));
  return {
    cause: `The token has its scopes in \`${other}\`, not in \`${name}\`.`,
    fix: `Set \`claimNames: { scope: "${other}" }\`${isList ? " and `scopeAsList: true`" : ""}.`,
  };
}

/**
 * Commas between scopes are part of a name, unless the terms say otherwise (RFC 6749 §3.3 has
 * blanks).
 */
function explainCommas(name: string, text: string, expected: unknown): Specific | undefined {
  const granted = readNames(text, "commas");
  const needed = [expected].flat().filter((one) => typeof one === "string");
  if (needed.length === 0 || !needed.every((one) => granted.includes(one))) return undefined;
  return {
    cause: `The token's \`${name}\` has commas between its scopes, and this API expects blanks.`,
    fix: 'If the provider means it so, set `claimFormats: { scope: "commas" }` for this issuer.',
  };
}

/** What is granted and what is needed are nearly the same. */
function explainSlip(expected: unknown, actual: unknown): Specific | undefined {
  const near = findNearest(expected, actual);
  if (near === undefined) return undefined;
  const [granted, needed] = [quote(near.actual), quote(near.expected)];
  return { detail: `The token grants ${granted}, the endpoint needs ${needed}: only ${near.what} differs.` };
}

function readScope(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.filter((one) => typeof one === "string");
  return typeof value === "string" ? value.split(" ").filter((one) => one !== "") : [];
}
