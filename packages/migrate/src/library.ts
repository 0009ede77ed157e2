// What a rewrite for one library is.
import type { SourceFile } from "ts-morph";
import type { LibraryImport } from "./imports.js";
import type { Plan } from "./plan.js";

/** A file that imports the library. */
export interface User {
  readonly source: SourceFile;
  readonly found: LibraryImport;
}

/** A library that applications move from. */
export interface Library {
  /** Its package. */
  readonly name: string;
  /** The drop-in replacement, of which only the import differs. */
  readonly dropIn: string;
  /** Packages that only this library needs, and that go with it. */
  readonly companions: readonly string[];
  /** Plans the change to Gatewarden's own API. */
  readonly plan: (plan: Plan, users: readonly User[], project: readonly SourceFile[]) => void;
}
