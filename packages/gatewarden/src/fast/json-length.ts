// Whether JSON is written as issuers write it, which needs no second look: this saves a tenth of a new token's time beside its signature.
// Replaces the count of members and the look for lone surrogates in `token/json.ts`, which decide about all other texts.

/** As `token/json.ts` has it. */
const maxDepth = 32;

/**
 * Whether the text is the shortest that spells the value. A member that was lost, a blank or an escape makes a text longer, so equal
 * lengths prove that there is none of them.
 */
export function isShortest(text: string, value: object): boolean {
  return leastLength(value, 0) === text.length;
}

/** The length of the shortest text of a value; NaN, which equals nothing, where that is not plain to see. */
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

/** Dates of this century, and small whole numbers; an exponent might write others shorter, as 1e9 does. */
function leastOfNumber(value: number): number {
  if (!Number.isInteger(value)) return Number.NaN;
  if (value >= 1e9 && value < 1e10 && value % 1000 !== 0) return 10;
  return value >= 0 && value < 1000 ? String(value).length : Number.NaN;
}
