// Text with a style. The only place where a command makes control sequences.
import { styleText } from "node:util";
import { toPrintableLines } from "./printable.js";

type Format = Parameters<typeof styleText>[0];

/** A style's name. Each means one thing in all commands. */
export type Style = "error" | "warning" | "note" | "ok" | "strong" | "faint" | "header" | "payload" | "signature";

const formats: Readonly<Record<Style, Format>> = {
  error: ["bold", "red"],
  warning: ["bold", "yellow"],
  note: ["bold", "cyan"],
  ok: ["bold", "green"],
  strong: "bold",
  faint: "dim",
  header: "magenta",
  payload: "blueBright",
  signature: "cyan",
};

/** Text with a style. */
export interface Painted {
  readonly style: Style | undefined;
  readonly text: string;
  /** Tabs move the cursor to the right only, and source code needs them. */
  readonly keepsTabs?: boolean;
}

/** What a command prints. */
export type Text = string | Painted;

/** Text in a style. */
export function paint(style: Style, text: string): Painted {
  return { style, text };
}

/** A line of source code, whose tabs stay. */
export function paintSource(style: Style | undefined, text: string): Painted {
  return { style, text, keepsTabs: true };
}

/**
 * What is written. Each text is escaped before its style is added, so only the styles above make
 * control sequences (CWE-150).
 */
export function render(parts: readonly Text[], hasColor: boolean): string {
  return parts.map((part) => (typeof part === "string" ? toPrintableLines(part) : renderOne(part, hasColor))).join("");
}

function renderOne({ style, text, keepsTabs = false }: Painted, hasColor: boolean): string {
  const pieces = keepsTabs ? text.split("\t") : [text];
  const printable = pieces.map(toPrintableLines).join("\t");
  if (!hasColor || style === undefined || printable === "") return printable;
  // A style that spans a line end would color the rest of the line on some terminals.
  return printable.replace(/[^\n]+/g, (line) => styleText(formats[style], line, { validateStream: false }));
}
