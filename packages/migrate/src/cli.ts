// The command `gatewarden migrate`.
import { rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { createTwoFilesPatch } from "diff";
import {
  type CommandTable,
  createScreen,
  paint,
  paintSource,
  parseFlags,
  printHelp,
  readColumns,
  type Screen,
  type ScreenStreams,
  type Text,
  UsageError,
} from "gatewarden/terminal";
import { commands, flags } from "./flags.js";
import { type ChangedFile, type Migration, migrate, packages, type Remark } from "./migrate.js";
import { MissingPathError } from "./project.js";

/** Where the command writes. */
export interface CliIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** What decides on colors and symbols. Default: the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The columns of each stream that is a terminal. Default: none is. */
  readonly columns?: ScreenStreams["columns"];
  /** Writes a file. Default: to the disk. */
  readonly write?: (path: string, text: string) => void;
}

/** The commands and flags, for completion. */
export const commandTable: CommandTable = { commands, flags };

/** Runs the command. `args` begins with the command's name. Returns the exit code. */
export async function main([, ...args]: readonly string[], io: CliIo = processIo()): Promise<number> {
  const { stdout: out, stderr: error, env = process.env, columns } = io;
  const screen = createScreen({ out, error, env, columns }, args);
  try {
    return run(args, io, screen);
  } catch (problem) {
    if (!(problem instanceof MissingPathError) && !(problem instanceof UsageError)) throw problem;
    screen.fail(problem.message);
    return 2;
  }
}

function run(args: readonly string[], io: CliIo, screen: Screen): number {
  const { values, operands } = parseFlags({ flags, commands, command: "migrate", args });
  if (values.help) {
    printHelp(screen, commands[0], flags);
    return 0;
  }
  const migrations = migrate(operands.length > 0 ? operands : ["."], { dropIn: values["drop-in"] });
  if (values.write)
    writeAll(
      migrations.flatMap(({ files }) => files),
      io.write ?? writeFileSync,
    );
  if (values.json) screen.out(`${JSON.stringify(migrations, null, 2)}\n`);
  else screen.out(...toReport(migrations, { isWritten: values.write, isQuiet: screen.isQuiet }));
  return migrations.some(({ obstacles }) => obstacles.length > 0) || migrations.length === 0 ? 1 : 0;
}

/** Writes all files, or puts back those already written: an application is never left half moved. */
function writeAll(files: readonly ChangedFile[], write: (path: string, text: string) => void): void {
  const written: ChangedFile[] = [];
  try {
    for (const file of files) {
      written.push(file);
      write(file.path, file.after);
    }
  } catch (error) {
    for (const { path, before } of written.toReversed()) putBack(path, before);
    throw error;
  }
}

/** A new file has no text before. What cannot be put back does not hide why writing failed. */
function putBack(path: string, before: string): void {
  try {
    if (before === "") rmSync(path, { force: true });
    else writeFileSync(path, before);
  } catch {
    return;
  }
}

interface ReportOptions {
  readonly isWritten: boolean;
  readonly isQuiet: boolean;
}

function toReport(migrations: readonly Migration[], options: ReportOptions): readonly Text[] {
  if (migrations.length === 0) return [`Nothing here imports ${packages.join(", ")}.\n`];
  if (options.isQuiet) return migrations.flatMap(({ obstacles }) => toObstacles(obstacles));
  return migrations.flatMap((migration, index) => [...(index === 0 ? [] : ["\n"]), ...toSection(migration, options)]);
}

function toSection(migration: Migration, { isWritten }: ReportOptions): readonly Text[] {
  const { from, way, files, obstacles, remarks, uninstall } = migration;
  const what = way === "api" ? "Gatewarden's own API" : "its drop-in replacement: only imports change";
  return [
    ...[paint("strong", `${from} → ${what}`), "\n\n"],
    ...files.flatMap((file) => [...toDiff(file), "\n"]),
    ...toObstacles(obstacles),
    ...(obstacles.length > 0 ? ["\n"] : []),
    ...(remarks.length > 0 ? [paint("note", "Look at these:"), "\n", ...remarks.map(toLine), "\n"] : []),
    isWritten ? `Files written: ${files.length}.\n` : "Nothing was written; --write does it.\n",
    "Then:\n  npm install gatewarden\n",
    `  npm uninstall ${uninstall.join(" ")}   # unless something else needs them\n`,
  ];
}

function toObstacles(obstacles: readonly Remark[]): readonly Text[] {
  if (obstacles.length === 0) return [];
  const reason = "Left as it is, since Gatewarden's own API cannot express it, or it cannot be understood:";
  return [paint("warning", reason), "\n", ...obstacles.map(toLine)];
}

function toDiff({ path, before, after }: ChangedFile): readonly Text[] {
  const name = relative(process.cwd(), path);
  const patch = createTwoFilesPatch(name, name, before, after, "before", "after", { context: 2 });
  return patch.split(/(?<=\n)/).map((line) => {
    const isAdded = line.startsWith("+") && !line.startsWith("+++");
    const isRemoved = line.startsWith("-") && !line.startsWith("---");
    return paintSource(isAdded ? "ok" : isRemoved ? "error" : undefined, line);
  });
}

function toLine({ file, line, text }: Remark): string {
  return `  ${relative(process.cwd(), file)}:${line}: ${text}\n`;
}

function processIo(): CliIo {
  return {
    columns: readColumns(),
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  };
}
