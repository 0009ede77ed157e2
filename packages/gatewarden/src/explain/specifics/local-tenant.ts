// Fixes for the local tenant, which has no dashboard: a command that gets the needed token.
import type { AuthError } from "../../errors.js";
import type { RefusalFacts } from "../refusal-facts.js";

const switches: Readonly<Record<string, (name: string) => string>> = {
  permission_missing: (name) => `--permission ${name}`,
  scope_missing: (name) => `--scope ${name}`,
  role_missing: (name) => `--claim 'roles=["${name}"]'`,
};

/** The fix for a grant that a token of the local tenant lacks. Undefined for other issuers. */
export function findLocalFix(
  { reason, details: { expected, actual } }: AuthError,
  { provider, claims }: RefusalFacts,
): string | undefined {
  const toSwitch = Object.hasOwn(switches, reason) ? switches[reason] : undefined;
  if (toSwitch === undefined || provider === undefined || provider.name !== undefined) return undefined;
  const held = [actual].flat();
  const wanted = [expected].flat().find((one) => !held.includes(one));
  // Only characters without meaning to a shell go into a command (CWE-78).
  const name = typeof wanted === "string" && /^[\w:./-]+$/.test(wanted) ? wanted : "<name>";
  const command = `npx gatewarden token ${toSwitch(name)}`;
  if (reason !== "permission_missing") return `Get a token with it: \`${command}\`.`;
  const mayBeOff = claims === undefined ? held.length === 0 : !Object.hasOwn(claims, "permissions");
  const first = mayBeOff
    ? "With `rbac: false` tokens carry no permissions; turn it on: `npx gatewarden tenant api <audience> rbac=true`. "
    : "";
  return `${first}Get a token with it: \`${command}\`. For every token of a persona, add it to the persona's \`permissions\` in gatewarden.dev.json.`;
}
