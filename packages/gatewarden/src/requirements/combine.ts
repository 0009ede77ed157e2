// Requirements composed of other requirements.
import type { AllRequirement, AnyRequirement, NotRequirement, Requirement } from "./requirement.js";
import { requireCount, requireRequirement } from "./validate.js";

/** Every part must hold. Refuses with the reason of the first part that does not. */
export function all(...of: readonly Requirement[]): AllRequirement {
  return requireRequirement({ type: "all", of });
}

/** At least one part must hold. Refuses with `requirement_not_met` (403). */
export function any(...of: readonly Requirement[]): AnyRequirement {
  return requireRequirement({ type: "any", of });
}

/**
 * The part must not hold. Refuses with `requirement_not_met` (403). For several parts, write
 * `not(any(…))` or `not(all(…))`.
 */
export function not(...given: readonly [of: Requirement]): NotRequirement {
  requireCount("not", given, 1);
  return requireRequirement({ type: "not", of: given[0] });
}
