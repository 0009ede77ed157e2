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
  readonly style: Style;
  readonly text: string;
}

/** What a command prints. */
export type Text = string | Painted;

/** Text in a style. */
export function paint(style: Style, text: string): Painted {
  return { style, text };
}

/**
 * What is written. Each text is escaped before its style is added, so only the styles above make
 * control sequences (CWE-150).
 */
export function render(parts: readonly Text[], hasColor: boolean): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return toPrintableLines(part);
      const text = toPrintableLines(part.text);
      return hasColor && text !== "" ? styleText(formats[part.style], text, { validateStream: false }) : text;
    })
    .join("");
}
