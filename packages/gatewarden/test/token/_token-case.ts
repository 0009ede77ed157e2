// One token and what must become of it.
import type { Verdict } from "../support/keys.js";

export interface TokenCase {
  /** Follows "a token …" or "refuses …" in test names. */
  readonly name: string;
  readonly token: string;
  readonly expected: Verdict;
  /** The rule by which we refuse what jose's `jwtVerify` accepts. Absent where both agree. */
  readonly stricter?: string;
}

/** Cases that end the same way. */
export function cases(
  expected: Verdict,
  tokens: Readonly<Record<string, string>>,
  stricter?: string,
): readonly TokenCase[] {
  return Object.entries(tokens).map(([name, token]) => ({
    name,
    token,
    expected,
    ...(stricter !== undefined && { stricter }),
  }));
}

/** Names made of values: control characters are spelt out. */
export function spell(value: unknown): string {
  const text = JSON.stringify(value) ?? "absent";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

export function byValue<Value>(
  values: readonly Value[],
  name: (spelt: string) => string,
  make: (value: Value) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(values.map((value) => [name(spell(value)), make(value)]));
}

/** Rows for `test.each`, led by their names. */
export function named<Case extends { readonly name: string }>(cases: readonly Case[]): [string, Case][] {
  return cases.map((one) => [one.name, one]);
}
