// `package.json` of a project.
import { readFileSync } from "node:fs";
import type { Answers } from "./answers.js";
import { commonDevDependencies } from "./frameworks.js";
import { toManagerField } from "./package-managers.js";

/** The version of this package, which the library and the local tenant share. */
export function loadVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return manifest.version;
}

/** The libraries that every protected API needs. */
export function toOwnDependencies(): { readonly dependencies: Ranges; readonly devDependencies: Ranges } {
  const range = `^${loadVersion()}`;
  return { dependencies: { gatewarden: range }, devDependencies: { "@gatewarden/dev": range } };
}

export type Ranges = Readonly<Record<string, string>>;

export function toManifest({ name, framework, tests, manager }: Answers): string {
  const own = toOwnDependencies();
  const manifest = {
    name,
    version: "0.0.0",
    private: true,
    type: "module",
    ...toManagerField(manager),
    engines: { node: ">=20.19" },
    scripts: {
      dev: "node scripts/dev.mjs",
      build: "tsc",
      start: "node dist/src/main.js",
      test: tests.script,
    },
    dependencies: sort({ ...framework.dependencies, ...own.dependencies }),
    devDependencies: sort({
      ...commonDevDependencies,
      ...framework.devDependencies,
      ...tests.devDependencies,
      ...own.devDependencies,
    }),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** By name, as package managers write them. */
export function sort(ranges: Ranges): Ranges {
  return Object.fromEntries(Object.entries(ranges).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** The folder's name as npm takes it: lower case, no blanks, not longer than 214 characters. */
export function toPackageName(folder: string): string {
  const name = folder
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z\d._~-]+/g, "-")
    .replaceAll(/^[^a-z\d]+|-+$/g, "")
    .slice(0, 214);
  return name === "" || name === "node_modules" || name === "favicon.ico" ? "my-api" : name;
}
