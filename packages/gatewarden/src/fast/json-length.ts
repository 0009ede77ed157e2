// Whether JSON has the compact form that issuers write, which needs no further checks: saves a
// tenth of a new token's time beside its signature. Replaces the count of members and the search
// for lone surrogates in `token/json.ts`, which check all other texts.

/** The same limit as in `token/json.ts`. */
const maxDepth = 32;

/**
 * Whether the text is the shortest encoding of the value. A duplicate member, a blank or an escape
 * makes a text longer, so equal lengths prove that there are none.
 */
export function isShortest(text: string, value: object): boolean {
  return leastLength(value, 0) === text.length;
}

/**
 * The length of the shortest encoding of a value. NaN, which equals nothing, where it is not easy
 * to determine.
 */
function leastLength(value: object, depth: number): number {
  if (depth > maxDepth) return Number.NaN;
  let length = 1;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) length += 1 + leastOf(value[index], depth);
  } else {
    const object = value as Readonly<Record<string, unknown>>;
    for (const name in object) length += 4 + name.length + leastOf(object[name], depth);
  }
  return length === 1 ? 2 : length;
}

function leastOf(value: unknown, depth: number): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value === "number") return leastOfNumber(value);
  if (typeof value === "object" && value !== null) return leastLength(value, depth + 1);
  return value === false ? 5 : 4;
}

/**
 * Dates of this century, and small integers; an exponent may write other numbers shorter, as 1e9
 * does.
 */
function leastOfNumber(value: number): number {
  if (!Number.isInteger(value)) return Number.NaN;
  if (value >= 1e9 && value < 1e10 && value % 1000 !== 0) return 10;
  return value >= 0 && value < 1000 ? String(value).length : Number.NaN;
}
