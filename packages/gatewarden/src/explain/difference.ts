// What differs between two texts that nearly match, in words, and from which character on. Most
// wrong issuers and audiences are near misses.

import { isLoopback } from "../issuer/url.js";
import { trimEnd } from "../platform/trim.js";

/** The kind of difference: in spelling, in a named part, or in one or two characters. */
export type DifferenceKind = "spelling" | "host" | "port" | "tenant" | "region" | "typo";

/** How two texts differ. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** Follows "only": `the slash at the end`. */
  readonly what: string;
  /** The first character that differs. */
  readonly at: number;
}

interface Aspect {
  readonly what: string;
  readonly without: (text: string) => string;
}

/** Differences that are easy to overlook. `without` removes each from a text. */
const aspects: readonly Aspect[] = [
  { what: "blanks around it", without: (text) => text.trim() },
  { what: "the scheme (http or https)", without: (text) => text.replace(/^https?:\/\//i, "") },
  { what: "the slash at the end", without: (text) => trimEnd(text, "/") },
  { what: "capital letters", without: (text) => text.toLowerCase() },
  { what: "`api://` in front", without: (text) => text.replace(/^api:\/\//i, "") },
  { what: "`www.` in front", without: (text) => text.replace(/^((?:https?:\/\/)?)www\./i, "$1") },
  { what: "percent-encoding", without: decode },
];

type Found = Pick<Difference, "kind" | "what">;

/**
 * The difference between two texts that nearly match. Undefined if they are equal or have little in
 * common.
 */
export function findDifference(expected: string, actual: string): Difference | undefined {
  if (expected === actual) return undefined;
  const found = findAspects(expected, actual) ?? findHostDifference(expected, actual) ?? findTypo(expected, actual);
  return found && { ...found, at: firstDifference(expected, actual) };
}

/** The nearest pair of two lists. Values other than strings are skipped. */
export function findNearest(
  expected: unknown,
  actual: unknown,
): (Difference & { readonly expected: string; readonly actual: string }) | undefined {
  for (const one of toTexts(expected)) {
    for (const other of toTexts(actual)) {
      const difference = findDifference(one, other);
      if (difference) return { ...difference, expected: one, actual: other };
    }
  }
  return undefined;
}

/**
 * Removes one aspect after another until both texts are equal. The aspects with an effect are the
 * difference.
 */
function findAspects(expected: string, actual: string): Found | undefined {
  const found: string[] = [];
  let [one, other] = [expected, actual];
  for (const { what, without } of aspects) {
    const [less, otherLess] = [without(one), without(other)];
    if (one === other) break;
    // An aspect that both texts share, such as the scheme, is not a difference.
    if (isNearer([one, other], [less, otherLess])) found.push(what);
    [one, other] = [less, otherLess];
  }
  const isAll = one === other && one !== "" && found.length > 0;
  return isAll ? { kind: "spelling", what: found.join(" and ") } : undefined;
}

function isNearer([one, other]: [string, string], [less, otherLess]: [string, string]): boolean {
  return one.length - less.length !== other.length - otherLess.length || (less === otherLess && one !== other);
}

/** The difference between URLs with other hosts or ports, if it can be named. */
function findHostDifference(expected: string, actual: string): Found | undefined {
  if (![expected, actual].every((text) => /^https?:/i.test(text) && URL.canParse(text))) return undefined;
  const [one, other] = [new URL(expected), new URL(actual)];
  if (one.pathname !== other.pathname) return undefined;
  if (one.hostname === other.hostname) {
    if (one.port === other.port) return undefined;
    return { kind: "port", what: `the port (${one.port || "none"} or ${other.port || "none"})` };
  }
  const named = findNamedPart(one.hostname.split("."), other.hostname.split("."));
  if (named) return named;
  // The same server under another name: this machine, or a container that has another name inside
  // its network.
  const isSamePlace = one.pathname !== "/" || (isLoopback(one.hostname) && isLoopback(other.hostname));
  return isSamePlace ? { kind: "host", what: `the host (\`${one.host}\` or \`${other.host}\`)` } : undefined;
}

/**
 * Hosts of one provider begin with the tenant, sometimes followed by a region: `acme.eu.auth0.com`.
 */
function findNamedPart(labels: readonly string[], others: readonly string[]): Found | undefined {
  const isOneProvider =
    labels.length > 2 && others.length > 2 && labels.slice(-2).join(".") === others.slice(-2).join(".");
  if (!isOneProvider) return undefined;
  if (labels[0] !== others[0]) return { kind: "tenant", what: `the tenant (\`${labels[0]}\` or \`${others[0]}\`)` };
  const [region, otherRegion] = [labels, others].map((all) => all.slice(1, -2).join("."));
  const show = (text: string | undefined) => (text ? `\`${text}\`` : "none");
  return { kind: "region", what: `the region (${show(region)} or ${show(otherRegion)})` };
}

const longest = 512;

/** One or two characters added, missing or changed, in a text long enough for that to be a typo. */
function findTypo(expected: string, actual: string): Found | undefined {
  const length = Math.min(expected.length, actual.length);
  if (length < 6 || Math.abs(expected.length - actual.length) > 2 || Math.max(expected.length, actual.length) > longest)
    return undefined;
  const start = firstDifference(expected, actual);
  let end = 0;
  while (end < length - start && expected.at(-1 - end) === actual.at(-1 - end)) end++;
  const changed = Math.max(expected.length, actual.length) - start - end;
  if (changed > 2) return undefined;
  return { kind: "typo", what: changed === 1 ? "one character" : "two characters" };
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}

function toTexts(value: unknown): readonly string[] {
  return [value].flat().filter((one): one is string => typeof one === "string");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
