// A map that never grows past its bound: the entry that was unused for longest makes room for a new one.

/** A bounded map. Reading an entry counts as using it. */
export interface BoundedMap<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/** Makes a map of at most `maxEntries` entries. A Map, so that `__proto__` and friends are just keys (CWE-1321). */
export function createBoundedMap<Value extends object>(maxEntries: number): BoundedMap<Value> {
  const entries = new Map<string, Value>();
  return {
    get size() {
      return entries.size;
    },
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      // A Map keeps its order of insertion, so what is used goes to the end.
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= maxEntries) return;
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        return;
      }
    },
    delete: (key) => void entries.delete(key),
  };
}
