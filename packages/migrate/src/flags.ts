// Every flag of `gatewarden migrate`, one row each. Parsing, errors, `--help`, completion, manual
// pages and the tables of `docs/command-line.md` read it.
import { type CommandRow, type CommonFlags, toCommonFlags } from "gatewarden/terminal";

/** The commands of this package. */
export const commands: readonly [migrate: CommandRow] = [
  {
    name: "migrate",
    operand: { name: "[path …]", least: 0, most: Number.POSITIVE_INFINITY },
    doc: "Moves an API to Gatewarden from express-oauth2-jwt-bearer, express-jwt or passport-jwt. Shows what would change in the files at the paths (default: this folder), and writes nothing",
    brief: "Move an API from another library; shows a diff first",
    notes: ["Ends with 0 if all was moved, 1 if something was left, 2 if the command line is wrong."],
  },
];

const own = [
  {
    name: "write",
    commands: ["migrate"],
    kind: "switch",
    doc: "Write the changes",
    example: "--write",
  },
  {
    name: "drop-in",
    commands: ["migrate"],
    kind: "switch",
    doc: "Change imports only, to the drop-in replacement",
    example: "--drop-in",
  },
  {
    name: "json",
    commands: ["migrate"],
    kind: "switch",
    doc: "Print the result as JSON",
    example: "--json",
  },
  {
    name: "quiet",
    short: "q",
    commands: ["migrate"],
    kind: "switch",
    doc: "Print only what is left as it is",
    example: "--quiet",
  },
] as const;

/** By name. */
export const flags: readonly [...typeof own, ...CommonFlags<"migrate">] = [
  ...own,
  ...toCommonFlags(["migrate"] as const),
];
