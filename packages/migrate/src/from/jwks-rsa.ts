// jwks-rsa: keys from an address. The guard fetches, caches and rotates them itself.
import { type Expression, Node } from "ts-morph";
import { readImport } from "../imports.js";
import { type Plan, readMembers, unwrap } from "../plan.js";

const functions = new Set(["expressJwtSecret", "passportJwtSecret"]);
/** What the guard does anyway, with bounds of its own. */
const ignored = new Set(["cache", "cacheMaxEntries", "cacheMaxAge", "rateLimit", "jwksRequestsPerMinute", "timeout"]);

/** The address in `expressJwtSecret({ jwksUri })` or `passportJwtSecret({ jwksUri })`, as code. */
export function readJwksUri(plan: Plan, given: Expression): string | undefined {
  const value = unwrap(given);
  if (!Node.isCallExpression(value)) return undefined;
  const callee = value.getExpression();
  const name = Node.isPropertyAccessExpression(callee) ? callee.getName() : callee.getText();
  const found = readImport(value.getSourceFile(), "jwks-rsa");
  if (!functions.has(name) || found === undefined) return undefined;
  const members = readMembers(plan, value.getArguments()[0]);
  const jwksUri = members?.get("jwksUri");
  for (const [option, given] of members ?? []) {
    if (option !== "jwksUri" && !ignored.has(option))
      plan.stop(given, `jwks-rsa's option ${option} has no counterpart here`);
  }
  if (jwksUri !== undefined) plan.edit(value.getSourceFile()).remove(found.statement);
  return jwksUri?.getText();
}
