// Checks requirements when they are created, so that a misspelt one fails at start-up.
import { ConfigError } from "../errors.js";
import { isObject, isPlainData } from "../token/json.js";
import type {
  ActorTerms,
  CheckRequirement,
  DetailsRequirement,
  Requirement,
  StepUpRequirement,
} from "./requirement.js";

// The characters of a scope (RFC 6749 §3.3): a blank would make one name look like two.
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Whether the text can be one scope. */
export function isScopeToken(text: string): boolean {
  return scopeToken.test(text);
}

/**
 * Throws `ConfigError` for more arguments than are read: a part of a rule that is ignored protects
 * nothing (CWE-636).
 */
export function requireCount(what: string, given: readonly unknown[], most: number): void {
  if (given.length <= most) return;
  throw new ConfigError({
    option: what,
    problem: `takes ${most === 1 ? "one argument" : `${most} arguments`} and got ${given.length}: the others would not be read`,
    example: 'all(permission("read:admin"), scope("orders"))',
  });
}

const checked = new WeakSet<object>();

/**
 * Returns the requirement, frozen, if it is well-formed. Each is checked only once. Throws
 * `ConfigError`: an empty or misspelt requirement would protect nothing, or everything.
 */
export function requireRequirement<Kind extends Requirement>(...given: readonly [requirement: Kind]): Kind {
  requireCount("checkRequirement", given, 1);
  const [requirement] = given;
  if (checked.has(requirement)) return requirement;
  const problem = findProblem(requirement) ?? (isStill(requirement) ? undefined : "is not plain data");
  if (problem !== undefined) {
    throw new ConfigError({
      option: `The requirement ${describeRequirement(requirement)}`,
      problem,
      example: 'permission("read:admin")',
    });
  }
  freeze(requirement);
  checked.add(requirement);
  return requirement;
}

/** The members of each type. Any other would be a part of the rule that is never read. */
const members: Readonly<Record<Requirement["type"], readonly string[]>> = {
  permission: ["names"],
  scope: ["names"],
  role: ["names"],
  organization: ["ids"],
  actor: ["who"],
  claim: ["name", "value"],
  stepUp: ["acrValues", "maxAge"],
  details: ["detailsType", "having"],
  check: ["name", "predicate"],
  all: ["of"],
  any: ["of"],
  not: ["of"],
};

function findProblem(requirement: Requirement): string | undefined {
  if (!isObject(requirement) || !Object.hasOwn(members, requirement.type)) return "is of an unknown type";
  const known = members[requirement.type];
  if (["type", ...known].some((name) => name in requirement && !Object.hasOwn(requirement, name)))
    return "inherits a member";
  const unknown = Object.keys(requirement).find((name) => name !== "type" && !known.includes(name));
  if (unknown !== undefined) {
    const name = JSON.stringify(unknown.slice(0, 40));
    return `has an unknown member ${name}; there ${known.length > 1 ? "are" : "is"} ${known.join(" and ")}`;
  }
  return findOwnProblem(requirement);
}

function findOwnProblem(requirement: Requirement): string | undefined {
  switch (requirement.type) {
    case "permission":
    case "scope":
      return findBadName(requirement.names, isScopeToken);
    case "role":
      return findBadName(requirement.names, (name) => name !== "" && name.trim() === name);
    case "organization":
      return requirement.ids === "any" ? undefined : findBadName(requirement.ids, (id) => id !== "");
    case "actor":
      return requirement.who === "any" ? undefined : findActorProblem(requirement.who);
    case "claim":
      return isComparable(requirement.value)
        ? findBadName([requirement.name], (name) => name !== "")
        : "must compare the claim with text, a number, true or false";
    case "stepUp":
      return findStepUpProblem(requirement);
    case "details":
      return findDetailsProblem(requirement);
    case "check":
      return findCheckProblem(requirement);
    case "all":
    case "any":
      return findBadPart(requirement.of);
    case "not":
      return negatesStepUp(requirement.of) ? "negates a step-up" : findBadPart([requirement.of]);
  }
}

function findBadName(names: unknown, isGood: (name: string) => boolean): string | undefined {
  if (!Array.isArray(names) || names.length === 0) return "names nothing";
  // Copied, because `some` and the check itself skip the holes of a list: a hole would count as
  // granted.
  const isBad = [...names].some((name) => typeof name !== "string" || !isGood(name));
  return isBad ? "names an empty value, or one with blanks; write several as several arguments" : undefined;
}

function findBadPart(parts: readonly Requirement[]): string | undefined {
  if (!Array.isArray(parts) || parts.length === 0) return "has no parts";
  for (const part of parts) requireRequirement(part);
  return undefined;
}

/**
 * An undefined member would not be required. An `acr` with a blank would look like two in the
 * challenge (RFC 9470 §3).
 */
function findStepUpProblem(requirement: StepUpRequirement): string | undefined {
  const { acrValues, maxAge } = requirement;
  const absent = Object.entries(requirement).find(([, value]) => value === undefined);
  if (absent && (acrValues !== undefined || maxAge !== undefined)) return `has ${absent[0]} as undefined`;
  if (acrValues === undefined && maxAge === undefined) return "names neither acrValues nor maxAge";
  // A non-negative integer (RFC 9470 §3).
  if (maxAge !== undefined && !(Number.isSafeInteger(maxAge) && maxAge >= 0))
    return "has a maxAge that is not a whole number of seconds";
  return acrValues === undefined ? undefined : findBadName(acrValues, isScopeToken);
}

/** An undefined name would not be compared, and an issuer alone is no single actor. */
function findActorProblem(who: ActorTerms): string | undefined {
  if (!isObject(who) || !isPlainData(who)) return "must have an object that names the actor";
  const names = Object.keys(who);
  const unknown = names.find((name) => !["subject", "clientId", "issuer"].includes(name));
  if (unknown !== undefined) return "names an actor by something else than subject, clientId and issuer";
  if (!names.some((name) => name !== "issuer")) return "names neither subject nor clientId";
  return Object.values(who).every((one) => typeof one === "string" && one !== "")
    ? undefined
    : "names the actor with an empty value";
}

/** "Not recently logged in" would hold for every token without a login time. */
function negatesStepUp(requirement: Requirement): boolean {
  if (requirement?.type === "stepUp") return true;
  const parts: unknown = isObject(requirement) && "of" in requirement ? [requirement.of].flat() : [];
  return (parts as readonly Requirement[]).some(negatesStepUp);
}

function findDetailsProblem({ detailsType, having }: DetailsRequirement): string | undefined {
  // The members of a Map, or inherited members, would not be compared.
  if (!isObject(having) || !isPlainData(having)) return "must have a plain object as `having`";
  if (Object.hasOwn(having, "type")) return "names the type twice";
  const values = Object.values(having);
  // Every list contains the empty list.
  if (values.some((value) => Array.isArray(value) && value.length === 0))
    return "has an empty list, which asks for nothing";
  if (!values.every((value) => isJson(value, 0))) return "compares a member with a value that JSON cannot represent";
  return findBadName([detailsType], (name) => name !== "");
}

/** Printable, since the name is written to logs and documents (CWE-117). */
const printable = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;

function findCheckProblem({ name, predicate }: CheckRequirement): string | undefined {
  if (typeof predicate !== "function") return "must have a function that returns true or false";
  const isName = typeof name === "string" && printable.test(name) && name.trim() === name;
  return isName ? undefined : "must have a printable name of at most 200 characters, without blanks around it";
}

const maxDepth = 16;

function isJson(value: unknown, depth: number): boolean {
  if (value === null || ["string", "boolean"].includes(typeof value)) return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (depth === maxDepth || typeof value !== "object") return false;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((part) => isJson(part, depth + 1));
}

/**
 * Whether all of it could be checked and frozen. Getters may return another value each time; hidden
 * members are not found.
 */
function isStill(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Reflect.ownKeys(value).every((name) => {
    if (name === "length" && Array.isArray(value)) return true;
    const member = Object.getOwnPropertyDescriptor(value, name);
    return typeof name === "string" && member?.enumerable === true && "value" in member && isStill(member.value);
  });
}

/** Freezes recursively, frozen parts included: a checked requirement must never change. */
function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  Object.values(value).forEach(freeze);
  Object.freeze(value);
}

/**
 * Values that JSON can represent. NaN equals nothing, so `not` around it would let every request
 * pass.
 */
function isComparable(value: unknown): boolean {
  return typeof value === "number" ? Number.isFinite(value) : ["string", "boolean"].includes(typeof value);
}

function describeRequirement(requirement: unknown): string {
  try {
    return JSON.stringify(requirement)?.slice(0, 200) ?? typeof requirement;
  } catch {
    return "(not plain data)";
  }
}
