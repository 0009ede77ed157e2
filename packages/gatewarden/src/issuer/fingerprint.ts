// A text that changes when an issuer's terms change. Plain data are compared by value, everything
// else by identity.
import { isPlainData } from "../token/json.js";

const identities = new WeakMap<object, number>();
let count = 0;

/**
 * Two terms with the same fingerprint are equal. Functions, keys and schemas are equal only when
 * they are the same object.
 */
export function fingerprint(terms: object): string {
  return JSON.stringify(terms, function replace(this: Readonly<Record<string, unknown>>, name, value: unknown) {
    // The original value, not the result of its `toJSON`.
    const original = name === "" ? value : this[name];
    const isReference = (typeof original === "object" && original !== null) || typeof original === "function";
    return isReference && !isPlainData(original) ? { "": identify(original) } : value;
  });
}

function identify(value: object): number {
  const known = identities.get(value);
  if (known !== undefined) return known;
  count++;
  identities.set(value, count);
  return count;
}
