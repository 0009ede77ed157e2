// Requirements are checked when they are written, so that a misspelt one fails at start-up.
import { ConfigError } from "../errors.js";
import type { Requirement } from "./requirement.js";

// The characters of a scope (RFC 6749 §3.3): a blank within would make one name look like two.
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

const checked = new WeakSet<object>();

/**
 * The requirement itself, frozen, if it is well formed; looked at only once. Throws `ConfigError`: an empty or misspelt one would
 * protect nothing, or everything.
 */
export function checkRequirement<Kind extends Requirement>(requirement: Kind): Kind {
  if (checked.has(requirement)) return requirement;
  const problem = findProblem(requirement);
  if (problem !== undefined) {
    throw new ConfigError({
      option: `The requirement ${describe(requirement)}`,
      problem,
      example: 'permission("read:admin")',
    });
  }
  for (const part of Object.values(requirement)) Object.freeze(part);
  checked.add(Object.freeze(requirement));
  return requirement;
}

function findProblem(requirement: Requirement): string | undefined {
  switch (requirement?.type) {
    case "permission":
    case "scope":
      return findBadName(requirement.names, (name) => scopeToken.test(name));
    case "role":
      return findBadName(requirement.names, (name) => name !== "" && name.trim() === name);
    case "organization":
      return isEmptyList(requirement.ids) ? undefined : findBadName(requirement.ids, (id) => id !== "");
    case "claim":
      return isComparable(requirement.value)
        ? findBadName([requirement.name], (name) => name !== "")
        : "compares the claim with no value";
    case "all":
    case "any":
      return findBadPart(requirement.of);
    case "not":
      return findBadPart([requirement.of]);
    default:
      return "is of an unknown type";
  }
}

function findBadName(names: unknown, isGood: (name: string) => boolean): string | undefined {
  if (!Array.isArray(names) || names.length === 0) return "names nothing";
  // Copied, because `some` and the check itself skip the holes of a list: a name that is not there would be granted.
  const isBad = [...names].some((name) => typeof name !== "string" || !isGood(name));
  return isBad ? "names an empty value, or one with blanks; write several as several arguments" : undefined;
}

function findBadPart(parts: readonly Requirement[]): string | undefined {
  if (!Array.isArray(parts) || parts.length === 0) return "has no parts";
  for (const part of parts) checkRequirement(part);
  return undefined;
}

/** What JSON can say. NaN equals nothing, so that `not` around it would let everybody in. */
function isComparable(value: unknown): boolean {
  return typeof value === "number" ? Number.isFinite(value) : ["string", "boolean"].includes(typeof value);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function describe(requirement: unknown): string {
  try {
    return JSON.stringify(requirement)?.slice(0, 200) ?? typeof requirement;
  } catch {
    return "(no plain data)";
  }
}
