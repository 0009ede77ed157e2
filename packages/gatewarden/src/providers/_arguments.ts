// Checks the arguments of presets, and reports wrong ones.
import { ConfigError } from "../errors.js";

/** One argument of a preset. */
export interface Argument {
  /** What it must be, as a clause after "it must be". */
  readonly must: string;
  readonly isRight: (value: unknown) => boolean;
  /** A valid value, as written in code. */
  readonly example: string;
  readonly isOptional?: true;
  /** Whether the value must never be quoted. */
  readonly isSecret?: true;
}

export type Arguments<Given> = Readonly<Record<keyof Given & string, Argument>>;

/**
 * Throws `ConfigError` for an argument that is missing, wrong or unknown. It names the argument,
 * its value and an example.
 */
export function requireArguments<Given extends object>(preset: string, given: Given, known: Arguments<Given>): void {
  const names = Object.keys(known) as (keyof Given & string)[];
  const example = toExample(preset, names, known);
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new ConfigError({ option: preset, problem: "must be called with one object", example });
  }
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue;
    const problem = `is not an argument of ${preset}; there are ${names.join(", ")}`;
    throw new ConfigError({ option: `${preset}.${name}`, problem, example });
  }
  for (const name of names) {
    const { isRight, isOptional, must, isSecret } = known[name];
    const value: unknown = given[name];
    if (value === undefined ? isOptional : isRight(value)) continue;
    const problem = `${value === undefined ? "is missing" : `is ${isSecret ? "not that" : show(value)}`}; it must be ${must}`;
    throw new ConfigError({ option: `${preset}.${name}`, problem, example });
  }
}

/** Throws `ConfigError` if none of several optional arguments is given. */
export function requireOneOf<Given extends object>(
  preset: string,
  given: Given,
  names: readonly [keyof Given & string, ...(keyof Given & string)[]],
  known: Arguments<Given>,
): void {
  if (names.some((name) => given[name] !== undefined)) return;
  const [first] = names;
  const problem = `is missing; one of ${names.join(", ")} must be given`;
  throw new ConfigError({ option: `${preset}.${first}`, problem, example: `${first}: ${known[first].example}` });
}

/**
 * Throws `ConfigError` if two arguments are given of which only one would be read: a rule that is
 * not read protects nothing (CWE-636).
 */
export function requireAtMostOne<Given extends object>(
  preset: string,
  given: Given,
  names: readonly (keyof Given & string)[],
): void {
  const [first, second] = names.filter((name) => given[name] !== undefined);
  if (first === undefined || second === undefined) return;
  throw new ConfigError({
    option: `${preset}.${second}`,
    problem: `is given beside ${first}; only one of ${names.join(", ")} may be`,
    example: `${preset}({ ${first}: … }), without ${second}`,
    other: `${preset}.${first}`,
  });
}

/** The call with all required arguments: `cognito({ region: "eu-central-1", … })`. */
function toExample<Given>(preset: string, names: readonly (keyof Given & string)[], known: Arguments<Given>): string {
  const needed = names.filter((name) => !known[name].isOptional);
  return `${preset}({ ${needed.map((name) => `${name}: ${known[name].example}`).join(", ")} })`;
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 200));
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list with something else in it";
  return value === null || typeof value !== "object" ? String(value) : "an object";
}

const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";

/** Text that matches the pattern, which covers the whole text. */
export function text(pattern: RegExp, must: string, example: string): Argument {
  return { must, isRight: (value) => typeof value === "string" && pattern.test(value), example };
}

/** One string or a list of strings, such as an audience. */
export function texts(must: string, example: string): Argument {
  const isRight = (value: unknown) =>
    isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText));
  return { must, isRight, example };
}

/** The same argument, but optional. */
export function optional(argument: Argument): Argument {
  return { ...argument, isOptional: true };
}

/** One of a few values. */
export function oneOf(...values: readonly [string | number, ...(string | number)[]]): Argument {
  const names = values.map((value) => JSON.stringify(value));
  return { must: names.join(" or "), isRight: (value) => values.includes(value as string), example: names[0] ?? "" };
}

/** A host name without scheme, port or path. */
export function host(example: string): Argument {
  return text(
    /^(?=.{4,253}$)[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)+$/,
    "a host name in lower case, without https:// and path",
    example,
  );
}

/** The address of a server, with or without a path. A trailing slash is ignored. */
export function baseUrl(example: string): Argument {
  const isRight = (value: unknown) =>
    typeof value === "string" && /^https?:\/\/[^\s?#]+$/.test(value) && URL.canParse(value);
  return { must: "a URL without query and fragment", isRight, example };
}

/** A Microsoft tenant: its id, since tokens name tenants only by id. */
export const tenantId: Argument = text(
  /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  "the tenant's id (a GUID in lower case), which tokens name, not its domain",
  '"8eaef023-2b34-4da1-9baa-8bc8c9d6a490"',
);

export const audience: Argument = texts("this API's identifier, or a list", '"https://api.acme.com"');

/** The address without its trailing slash. */
export function trimSlash(url: string): string {
  return url.replace(/\/$/, "");
}
