// What a code means: of a reason its cause and fix, from the library's own catalogue; of a fault its
// description, from the tenant. Loaded when it is first asked for.
import { useEffect, useState } from "preact/hooks";
import { call, type FaultEntry } from "./client.js";

/** Also the folder of its page in the documentation. */
export type CodeKind = "reasons" | "faults";

export interface Meaning {
  readonly cause: string;
  readonly fix: string;
}

type Meanings = Readonly<Record<string, Meaning>>;

const load: Readonly<Record<CodeKind, () => Promise<Meanings>>> = {
  reasons: () => import("gatewarden/advice").then(({ advice }) => advice),
  faults: async () => {
    const { faults } = await call<{ faults: FaultEntry[] }>("GET", "/dev/faults");
    const fix = "Switch it off here, or with";
    return Object.fromEntries(
      faults.map(({ description, name }) => {
        return [name, { cause: description, fix: `${fix} \`npx gatewarden faults --reset ${name}\`.` }];
      }),
    );
  },
};
const loaded = new Map<CodeKind, Promise<Meanings>>();

function loadOnce(kind: CodeKind): Promise<Meanings> {
  const loading = loaded.get(kind) ?? load[kind]();
  loaded.set(kind, loading);
  // What failed is asked for again.
  loading.catch(() => loaded.delete(kind));
  return loading;
}

/** Undefined until it is loaded, and for codes that are not in the catalogue. */
export function useMeaning(kind: CodeKind, code: string, isWanted: boolean): Meaning | undefined {
  const [found, setFound] = useState<Meaning>();
  useEffect(() => {
    if (!isWanted) return undefined;
    let isGone = false;
    const show = (all: Meanings) => {
      if (!isGone && Object.hasOwn(all, code)) setFound(all[code]);
    };
    loadOnce(kind).then(show, () => undefined);
    return () => {
      isGone = true;
    };
  }, [kind, code, isWanted]);
  return found;
}
