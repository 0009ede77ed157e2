// Whether an issuer's terms are still the same, told by one text: plain data by value, everything else by identity.
import { isPlainData } from "../token/json.js";

const identities = new WeakMap<object, number>();
let count = 0;

/** Two terms with one fingerprint mean the same. Functions, keys and schemas are the same only when they are the same object. */
export function fingerprint(terms: object): string {
  return JSON.stringify(terms, function replace(this: Readonly<Record<string, unknown>>, name, value: unknown) {
    // The value as it stands, not as its `toJSON` would have it.
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
