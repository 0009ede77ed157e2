// The flags that each command has, in one place for all packages.
import { colorChoices } from "./look.js";

/** `--color` and `--help`, as they stand in a table of flags. */
export type CommonFlags<Command extends string> = readonly [
  {
    readonly name: "color";
    readonly commands: readonly Command[];
    readonly kind: "text";
    readonly value: string;
    readonly choices: readonly string[];
    readonly fallback: string;
    readonly environment: readonly string[];
    readonly doc: string;
    readonly example: string;
  },
  {
    readonly name: "help";
    readonly short: string;
    readonly commands: readonly Command[];
    readonly kind: "switch";
    readonly doc: string;
    readonly example: string;
  },
];

/** The last rows of a package's table. */
export function toCommonFlags<Command extends string>(commands: readonly Command[]): CommonFlags<Command> {
  return [
    {
      name: "color",
      commands,
      kind: "text",
      value: "<when>",
      choices: colorChoices,
      fallback: "auto",
      environment: ["NO_COLOR", "FORCE_COLOR"],
      doc: "Colors: auto, always or never. With auto, on a terminal that can",
      example: "--color never",
    },
    { name: "help", short: "h", commands, kind: "switch", doc: "Show this text", example: "--help" },
  ];
}
