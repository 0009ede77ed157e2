// What several requests may share: values that freezing covers completely (CWE-471, CWE-488).
import { isPlainData } from "./json.js";

/**
 * Freezes plain objects and lists deeply, also below objects that are already frozen. Leaves other
 * kinds of objects, which a schema may create, as they are.
 */
export function freezeDeep(value: unknown, seen: Set<unknown> = new Set()): void {
  if (typeof value !== "object" || value === null || seen.has(value) || !isPlainData(value)) return;
  seen.add(Object.freeze(value));
  for (const one of Object.values(value)) freezeDeep(one, seen);
}

const maxSharedDepth = 64;

/**
 * Whether freezing covers the whole value, so that several requests may share it. Dates, maps and
 * instances keep their own state, getters may return a different value each time, and hidden
 * members are not found.
 */
export function isShareable(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function";
  if (depth === maxSharedDepth || !isPlainData(value)) return false;
  return Reflect.ownKeys(value).every((name) => {
    const member = typeof name === "string" ? Object.getOwnPropertyDescriptor(value, name) : undefined;
    if (member === undefined || !("value" in member)) return false;
    // Hidden members, such as the length of a list, must be values that need no freezing.
    return isShareable(member.value, member.enumerable ? depth + 1 : maxSharedDepth);
  });
}
