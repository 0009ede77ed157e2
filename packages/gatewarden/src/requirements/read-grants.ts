// A claim → the names that it grants. What cannot be read grants nothing, and rules nothing out.
import { trimBoth } from "../platform/trim.js";
import { isObject, type JsonObject, member } from "../token/json.js";

/** A claim by its name, or the way to it through objects. */
export type ClaimPath = string | readonly string[];

/**
 * In which shape names stand. `list`: a list of text. `text`: one name, or a list of text. `keys`:
 * the keys of an object. `blanks` and `commas`: text with these between. `blanks or list`: either.
 */
export type GrantFormat = "list" | "text" | "keys" | "blanks" | "commas" | "blanks or list";

/** What a claim that cannot be read looks like. Holds no value of the token. */
export interface GrantProblem {
  /** The claim, with dots where there is a path. */
  readonly name: string;
  /** As a clause that follows the name: `is text, not a list`. */
  readonly problem: string;
}

/** Of a claim that is absent or cannot be read. */
const none: readonly string[] = Object.freeze([]);

/** What the way leads to where it ends before the claim: at something that holds no claims. */
const deadEnd = Symbol("dead end");

/** The claim; undefined where it is absent. Members are own ones only (CWE-1321). */
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

/** The names in a claim, exactly as they stand; `none` where it is absent or has another shape. */
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
 * ZITADEL's `{ "admin": { "<organization>": "acme.com" } }`, or flags. False grants nothing. Null,
 * an empty object and other values leave it open whether the name is granted: then nothing is read.
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

/** What prevents reading the claim; undefined where it is absent or can be read. */
export function findGrantProblem(claims: JsonObject, path: ClaimPath, format: GrantFormat): GrantProblem | undefined {
  const value = readPath(claims, path);
  if (value === undefined || readNames(value, format) !== none) return undefined;
  return { name: spellPath(path), problem: toProblem(value, expectedForms[format]) };
}

/** As `findGrantProblem`, for a claim that must be one text. */
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
