// A folder for what the runtimes are given, and the modules that they load from it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** `matrix/runtimes`. */
export const folder: string = join(import.meta.dirname, "../..");

const keys = join(folder, "../../packages/gatewarden/src/keys/key.ts");

/** A folder with both modules. */
export interface Scratch {
  readonly path: string;
  /** The library's import of keys as a module of its own: bare signatures cannot be asked of a guard. */
  readonly keys: string;
  /** `run/worker.mjs` with all that it needs, as a Worker is deployed. */
  readonly worker: string;
  remove(): Promise<void>;
}

/** Bundles both. The library itself is taken as it is published: from `dist`. */
export async function createScratch(): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), "gatewarden-runtimes-"));
  const scratch = { path, keys: join(path, "keys.mjs"), worker: join(path, "worker.mjs") };
  const common = { bundle: true, format: "esm", target: "es2023", logLevel: "error" } as const;
  await build({ ...common, entryPoints: [keys], outfile: scratch.keys, platform: "neutral" });
  await build({
    ...common,
    entryPoints: [join(folder, "run/worker.mjs")],
    outfile: scratch.worker,
    platform: "browser",
    conditions: ["workerd", "worker"],
    alias: { "gatewarden-keys": keys },
  });
  return { ...scratch, remove: () => rm(path, { recursive: true, force: true }) };
}
