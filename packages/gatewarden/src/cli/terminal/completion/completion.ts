// Scripts with which a shell completes commands, flags and values, from the tables of flags.
import type { CommandRow, FlagRow } from "../parse-flags.js";
import { toBash } from "./bash.js";
import type { CompletedCommand, CompletedFlag } from "./completed.js";
import { toFish } from "./fish.js";
import { toZsh } from "./zsh.js";

/** The commands and flags of one package. */
export interface CommandTable {
  readonly commands: readonly CommandRow[];
  readonly flags: readonly FlagRow[];
}

/** Shells that there are scripts for. */
export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** The script. The first command has no name: its words are the commands. */
export function toCompletion(shell: Shell, tables: readonly CommandTable[]): string {
  const commands = toCompleted(tables);
  if (shell === "bash") return toBash(commands);
  return shell === "zsh" ? toZsh(commands) : toFish(commands);
}

function toCompleted(tables: readonly CommandTable[]): readonly CompletedCommand[] {
  const rows = tables.flatMap(({ commands, flags }) => commands.map((row) => ({ row, flags })));
  const root = { name: "", doc: "", words: below("", rows), takesFiles: false, flags: [help] };
  return [
    root,
    ...rows.map(({ row, flags }) => ({
      name: row.name,
      doc: row.brief ?? row.doc,
      words: [...below(`${row.name} `, rows), ...(row.operand?.offers ?? []).map((name) => ({ name, doc: "" }))],
      takesFiles: /\bfile\b|\bpath\b|\.yaml/.test(row.operand?.name ?? ""),
      flags: flags.filter(({ commands }) => commands.includes(row.name)).map(toFlag),
    })),
  ];
}

const help: CompletedFlag = { name: "help", short: "h", doc: "Show the commands", takes: "nothing", names: [] };

function below(start: string, rows: readonly { readonly row: CommandRow }[]): CompletedCommand["words"] {
  return rows
    .filter(({ row }) => row.name.startsWith(start) && !row.name.slice(start.length).includes(" "))
    .map(({ row }) => ({ name: row.name.slice(start.length), doc: row.brief ?? row.doc }));
}

function toFlag({ name, short, kind, value = "", choices, offers, doc }: FlagRow): CompletedFlag {
  const names = choices ?? offers ?? [];
  const other = /file|path/.test(value) ? "file" : "other";
  return { name, short, doc, names, takes: kind === "switch" ? "nothing" : names.length > 0 ? "names" : other };
}
