// What screens share: loading, and the address of the chosen screen.
import { useCallback, useEffect, useState } from "preact/hooks";
import { toMessage } from "./client.js";

export interface Loaded<Value> {
  readonly value: Value | undefined;
  readonly problem: string | undefined;
  readonly reload: () => Promise<void>;
}

/** Loads once, and again on demand. An old value stays until the new one is there. */
export function useLoaded<Value>(load: () => Promise<Value>): Loaded<Value> {
  const [value, setValue] = useState<Value>();
  const [problem, setProblem] = useState<string>();
  const reload = useCallback(async () => {
    try {
      setValue(await load());
      setProblem(undefined);
    } catch (error) {
      setProblem(toMessage(error));
    }
  }, []);
  useEffect(() => void reload(), [reload]);
  return { value, problem, reload };
}

/** The part of the address behind `#/`. */
export function useHash(): string {
  const read = () => location.hash.replace(/^#\/?/, "");
  const [hash, setHash] = useState(read);
  useEffect(() => {
    const update = () => setHash(read());
    addEventListener("hashchange", update);
    return () => removeEventListener("hashchange", update);
  }, []);
  return hash;
}
