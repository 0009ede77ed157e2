// Runs the compilers that strangers have.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { installed, type Project } from "./project.js";

/** Version, and the name under which it is installed. */
export const compilers = [
  ["5.4", "typescript54"],
  ["5.9", "typescript59"],
  ["6", "typescript6"],
  ["7", "typescript"],
] as const;

/** How modules are found. */
export const modules = {
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
} as const;

/** Compiles files of a project, every declaration included, and answers what the compiler said, one line each. */
export async function compile(
  project: Project,
  compiler: string,
  files: readonly string[],
  options: object,
): Promise<readonly string[]> {
  const compilerOptions = { noEmit: true, strict: true, skipLibCheck: false, target: "es2022", ...options };
  const config = `tsconfig.${compiler}.json`;
  writeFileSync(join(project.folder, config), JSON.stringify({ compilerOptions, files }));
  const { output } = await project.run(join(installed, compiler, "bin/tsc"), "-p", config, "--pretty", "false");
  return output.split("\n").filter((line) => line !== "");
}

/** `a.ts(9,3): error TS2345: …` → `a.ts:9 TS2345`. What is indented explains the line before it. */
export function readErrors(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    if (line.startsWith(" ")) return [];
    const [, file, number, code] = /^(.+)\((\d+),\d+\): error (TS\d+):/.exec(line) ?? [];
    return [number === undefined ? line : `${file}:${number} ${code}`];
  });
}
