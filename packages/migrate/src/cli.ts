// The command `gatewarden migrate`.
import { rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { createTwoFilesPatch } from "diff";
import { type ChangedFile, type Migration, migrate, packages, type Remark } from "./migrate.js";
import { MissingPathError } from "./project.js";

/** Where the command writes. */
export interface CliIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Writes a file. Default: to the disk. */
  readonly write?: (path: string, text: string) => void;
}

const help = `Usage: gatewarden migrate [options] [path …]

Moves an API to Gatewarden from ${packages.join(", ")}.
Shows what would change in the files at the paths (default: this folder), and writes nothing.

  --write     Write the changes
  --drop-in   Change imports only, to the drop-in replacement
  --json      Print the result as JSON
  --help      Show this

Ends with 0 if all was moved, 1 if something was left, 2 if the command line is wrong.
`;

const options = {
  write: { type: "boolean", default: false },
  "drop-in": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Runs the command. `args` begins with the command's name. Returns the exit code. */
export async function main([, ...args]: readonly string[], io: CliIo = processIo): Promise<number> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help) {
      io.stdout(help);
      return 0;
    }
    const migrations = migrate(positionals.length > 0 ? positionals : ["."], { dropIn: values["drop-in"] });
    if (values.write)
      writeAll(
        migrations.flatMap(({ files }) => files),
        io.write ?? writeFileSync,
      );
    io.stdout(values.json ? `${JSON.stringify(migrations, null, 2)}\n` : toReport(migrations, values.write));
    return migrations.some(({ obstacles }) => obstacles.length > 0) || migrations.length === 0 ? 1 : 0;
  } catch (error) {
    const isUsage =
      error instanceof MissingPathError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
    if (!isUsage) throw error;
    io.stderr(`${toPrintable((error as Error).message)}\n\n${help}`);
    return 2;
  }
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

function toReport(migrations: readonly Migration[], isWritten: boolean): string {
  if (migrations.length === 0) return `Nothing here imports ${packages.join(", ")}.\n`;
  return migrations.map((migration) => toSection(migration, isWritten)).join("\n");
}

function toSection({ from, way, files, obstacles, remarks, uninstall }: Migration, isWritten: boolean): string {
  const lines = files.map(toDiff);
  const what = way === "api" ? "Gatewarden's own API" : "its drop-in replacement: only imports change";
  lines.unshift(`${from} → ${what}`, "");
  if (obstacles.length > 0)
    lines.push(
      "Left as it is, since Gatewarden's own API cannot express it, or it cannot be understood:",
      ...obstacles.map(toLine),
      "",
    );
  if (remarks.length > 0) lines.push("Look at these:", ...remarks.map(toLine), "");
  lines.push(isWritten ? `Files written: ${files.length}.` : "Nothing was written; --write does it.");
  lines.push(
    "Then:",
    "  npm install gatewarden",
    `  npm uninstall ${uninstall.join(" ")}   # unless something else needs them`,
    "",
  );
  return lines.join("\n");
}

function toDiff({ path, before, after }: ChangedFile): string {
  const name = toPrintable(relative(process.cwd(), path));
  return toPrintable(createTwoFilesPatch(name, name, before, after, "before", "after", { context: 2 }));
}

function toLine({ file, line, text }: Remark): string {
  return `  ${toPrintable(`${relative(process.cwd(), file)}:${line}: ${text}`)}`;
}

/** Sources and their names may hold what moves a terminal's cursor (CWE-150). */
function toPrintable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\ufffd");
}

const processIo: CliIo = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
};
