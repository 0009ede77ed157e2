// Reads the names that a claim grants. A claim that cannot be read grants nothing, and rules
// nothing out.
import { trimBoth } from "../platform/trim.js";
import { isObject, type JsonObject, member } from "../token/json.js";

/** A claim's name, or the path to it through objects. */
export type ClaimPath = string | readonly string[];

/**
 * The form of the names. `list`: a list of text. `text`: one name, or a list of text. `keys`: the
 * keys of an object. `blanks` and `commas`: text separated by these. `blanks or list`: either.
 */
export type GrantFormat = "list" | "text" | "keys" | "blanks" | "commas" | "blanks or list";

/** The problem with a claim that cannot be read. Contains no value of the token. */
export interface GrantProblem {
  /** The claim. A path is joined with dots. */
  readonly name: string;
  /** A clause that follows the name: `is text, not a list`. */
  readonly problem: string;
}

/** The result for a claim that is absent or cannot be read. */
const none: readonly string[] = Object.freeze([]);

/** The result of a path that ends early, at a value that is not an object. */
const deadEnd = Symbol("dead end");

/** The claim, or undefined if it is absent. Reads only own members (CWE-1321). */
export function readPath(claims: JsonObject, path: ClaimPath): unknown {
  if (typeof path === "string") return member(claims, path);
  let value: unknown = claims;
  for (const name of path) {
    if (value === undefined) return undefined;
    if (!isObject(value)) return deadEnd;
    value = member(value, name);
  }
  return value;
}

/** The names in a claim, unchanged. `none` if it is absent or has another form. */
export function readNames(value: unknown, format: GrantFormat): readonly string[] {
  if (typeof value === "string") return readText(value, format);
  if (Array.isArray(value)) return takesLists[format] && value.every(isText) ? Object.freeze([...value]) : none;
  return format === "keys" && isObject(value) ? readKeys(value) : none;
}

const takesLists: Readonly<Record<GrantFormat, boolean>> = {
  list: true,
  text: true,
  keys: false,
  blanks: false,
  commas: false,
  "blanks or list": true,
};

function readText(text: string, format: GrantFormat): readonly string[] {
  switch (format) {
    case "blanks":
    case "blanks or list":
      return Object.freeze(text.split(" ").filter((name) => name !== ""));
    case "commas":
      return Object.freeze(
        text
          .split(",")
          .map((name) => trimBoth(name, " "))
          .filter((name) => name !== ""),
      );
    case "text":
      return Object.freeze(text === "" ? [] : [text]);
    default:
      return none;
  }
}

/**
 * ZITADEL's `{ "admin": { "<organization>": "acme.com" } }`, or flags. False grants nothing. With
 * null, an empty object or any other value it is unclear whether the name is granted: then nothing
 * is read.
 */
function readKeys(value: JsonObject): readonly string[] {
  const entries = Object.entries(value);
  if (!entries.every(([, held]) => held === false || isHeld(held))) return none;
  return Object.freeze(entries.filter(([, held]) => held !== false).map(([name]) => name));
}

function isHeld(held: unknown): boolean {
  return held === true || (typeof held === "object" && held !== null && Object.keys(held).length > 0);
}

const expectedForms: Readonly<Record<GrantFormat, string>> = {
  list: "a list",
  text: "text",
  keys: "an object whose keys are names",
  blanks: "text",
  commas: "text",
  "blanks or list": "a list",
};

/** Why the claim cannot be read. Undefined if it is absent or can be read. */
export function findGrantProblem(claims: JsonObject, path: ClaimPath, format: GrantFormat): GrantProblem | undefined {
  const value = readPath(claims, path);
  if (value === undefined || readNames(value, format) !== none) return undefined;
  return { name: spellPath(path), problem: toProblem(value, expectedForms[format]) };
}

/** As `findGrantProblem`, for a claim that must be a string. */
export function findTextProblem(claims: JsonObject, path: ClaimPath): GrantProblem | undefined {
  const value = readPath(claims, path);
  if (value === undefined || isText(value)) return undefined;
  return { name: spellPath(path), problem: toProblem(value, "text") };
}

/** A path as a developer reads it. */
export function spellPath(path: ClaimPath): string {
  return typeof path === "string" ? path : path.join(".");
}

function toProblem(value: unknown, expected: string): string {
  if (value === deadEnd) return "stands below a claim that is not an object";
  const form = formOf(value);
  return form === expected || expected.startsWith(form)
    ? `is ${form} with values that cannot be read`
    : `is ${form}, not ${expected}`;
}

function formOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  const forms: Readonly<Record<string, string>> = { string: "text", number: "a number", boolean: "true or false" };
  return forms[typeof value] ?? "an object";
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
