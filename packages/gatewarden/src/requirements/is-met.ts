// Whether what was verified meets a requirement, without a request: for lists and menus.
import { evaluate } from "./evaluate.js";
import type { EvaluationTime, Grants, Requirement } from "./requirement.js";
import { requireRequirement } from "./validate.js";

/** Facts of a verified token, as a guard returned them. */
type Granted = Pick<Grants, "permissions" | "scopes" | "roles">;

/**
 * Whether a verified token meets a requirement: `isMet(permission("read:admin"), auth)`. For what
 * is shown to a caller, such as menus and lists. It reports no decision, so let the guard check
 * what is done. `moment` is the time for `stepUp`; by default it is now, without tolerance. False
 * for facts that did not come from a guard. Throws `ConfigError` for what is not a requirement.
 */
export function isMet(requirement: Requirement, auth: Granted, moment: EvaluationTime = present): boolean {
  requireRequirement(requirement);
  return "problemOf" in auth && evaluate(requirement, auth as Grants, moment) === undefined;
}

const present: EvaluationTime = { now: () => Date.now() / 1000, clockTolerance: 0 };
