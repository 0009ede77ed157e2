// Every flag of `create-gatewarden` and `gatewarden init`, one row each. Parsing, errors and
// `--help` read it. Each question has a flag, and so has each argument of a provider.
import { type CommandRow, type CommandTable, type FlagRow, toCommonFlags } from "gatewarden/terminal";
import { providers } from "./providers.js";

const exitCodes = "Ends with 0 on success, 1 if a file is in the way, 2 if the command line is wrong.";

/** The commands of this package. */
export const commands: readonly [create: CommandRow, init: CommandRow] = [
  {
    name: "create",
    operand: { name: "[folder]", least: 0, most: 1 },
    doc: "Creates an API that Gatewarden protects: endpoints, tests, a local identity provider, a Dockerfile and a CI workflow",
    notes: [
      "npm passes flags on behind two dashes: npm create gatewarden@latest my-api -- --framework hono --yes",
      "Asks for what no flag says. Without a terminal there are no questions: a flag that is missing is named.",
      "It overwrites nothing: if a file exists already, none is written.",
      exitCodes,
    ],
  },
  {
    name: "init",
    operand: { name: "[folder]", least: 0, most: 1 },
    doc: "Adds Gatewarden to an existing API: a guard, its test and the local tenant. Shows the difference, and writes nothing without --write",
    notes: [
      "No line of your source changes: the lines to add to your server are printed.",
      "It overwrites nothing: if a file exists already, none is written.",
      exitCodes,
    ],
  },
];

const both = ["create", "init"];

/** `userPoolId` → `user-pool-id`. */
export function toFlagName(argument: string): string {
  return argument.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** One flag per argument, whichever providers take it. */
function toArgumentFlags(): readonly FlagRow[] {
  const names = [...new Set(providers.flatMap((row) => row.arguments.map(({ name }) => name)))];
  return names.map((name) => {
    const rows = providers.flatMap(({ id, arguments: all }) => {
      const row = all.find((one) => one.name === name);
      return row === undefined ? [] : [{ id, row }];
    });
    const [first] = rows;
    const flag = toFlagName(name);
    const ids = rows.map(({ id }) => id).join(", ");
    return {
      name: flag,
      commands: both,
      kind: "text",
      value: "<text>",
      doc: rows.length > 6 ? "This API's identifier at the provider" : `${first?.row.question}: ${ids}`,
      example: `--${flag} ${first?.row.example}`,
    };
  });
}

/** The flags of these commands. */
export const flags: readonly FlagRow[] = [
  {
    name: "framework",
    commands: both,
    kind: "text",
    value: "<name>",
    fallback: "fastify; with init, what package.json has",
    doc: "fastify, express, hono, nest, or fetch for Request and Response alone",
    example: "--framework fastify",
  },
  {
    name: "provider",
    commands: both,
    kind: "text",
    value: "<name>",
    fallback: "local",
    doc: `Whose tokens the API accepts: ${providers.map(({ id }) => id).join(", ")}`,
    example: "--provider auth0",
  },
  {
    name: "tests",
    commands: both,
    kind: "text",
    value: "<runner>",
    fallback: "vitest; with init, what package.json has",
    doc: "vitest or node-test",
    example: "--tests vitest",
  },
  {
    name: "package-manager",
    commands: both,
    kind: "text",
    value: "<name>",
    fallback: "the one that runs this",
    doc: "npm, pnpm, yarn (version 4), yarn-classic (version 1) or bun",
    example: "--package-manager npm",
  },
  {
    name: "yes",
    short: "y",
    commands: both,
    kind: "switch",
    doc: "Take the defaults for what no flag says",
    example: "--yes",
  },
  {
    name: "write",
    commands: ["init"],
    kind: "switch",
    doc: "With init: write what is shown",
    example: "--write",
  },
  ...toArgumentFlags(),
  ...toCommonFlags(both),
];

/** What `gatewarden` knows of this package, for completion and manual pages. */
export const commandTable: CommandTable = { commands: [commands[1]], flags };
