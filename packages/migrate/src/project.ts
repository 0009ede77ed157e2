// The files of an application.
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Project, type SourceFile } from "ts-morph";

const endings = "{ts,mts,cts,tsx,js,mjs,cjs,jsx}";

/** A path that does not exist. */
export class MissingPathError extends Error {
  override readonly name = "MissingPathError";
}

/** The source files at the paths: files, and folders with what is below them. Throws `MissingPathError`. */
export function openProject(paths: readonly string[]): readonly SourceFile[] {
  const project = new Project({ skipAddingFilesFromTsConfig: true, compilerOptions: { allowJs: true } });
  for (const path of paths.map((one) => resolve(one))) {
    if (!existsSync(path)) throw new MissingPathError(`There is no ${path}`);
    if (!statSync(path).isDirectory()) project.addSourceFileAtPath(path);
    else
      project.addSourceFilesAtPaths([`${path}/**/*.${endings}`, `!${path}/**/{node_modules,dist,build,coverage}/**`]);
  }
  return project.getSourceFiles();
}
