// Cause and fix of each reason, from the library's own catalogue. Loaded when it is first asked for.
import { useEffect, useState } from "preact/hooks";

export interface Advice {
  readonly cause: string;
  readonly fix: string;
}

let loading: Promise<Readonly<Record<string, Advice>>> | undefined;

function loadCatalogue(): Promise<Readonly<Record<string, Advice>>> {
  loading ??= import("gatewarden/advice").then(({ advice }) => advice);
  return loading;
}

/** Undefined until it is loaded, and for codes that are not in the catalogue. */
export function useAdvice(code: string, isWanted: boolean): Advice | undefined {
  const [found, setFound] = useState<Advice>();
  useEffect(() => {
    if (!isWanted) return undefined;
    let isGone = false;
    const show = (all: Readonly<Record<string, Advice>>) => {
      if (!isGone && Object.hasOwn(all, code)) setFound(all[code]);
    };
    loadCatalogue().then(show, () => undefined);
    return () => {
      isGone = true;
    };
  }, [code, isWanted]);
  return found;
}
