// As much YAML as a compose file of the documentation needs: maps, lists of text, text with or without quotes, comments.

export type Yaml = string | readonly string[] | { readonly [name: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly text: string;
}

/** Throws for a line that it does not understand. */
export function parseYaml(source: string): Yaml {
  const lines = source
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trimEnd())
    .filter((line) => line !== "")
    .map((line): Line => ({ indent: line.length - line.trimStart().length, text: line.trimStart() }));
  return parseBlock(lines);
}

function parseBlock(lines: readonly Line[]): Yaml {
  const indent = lines[0]?.indent ?? 0;
  if (lines.every(({ text }) => text.startsWith("- "))) return lines.map(({ text }) => parseText(text.slice(2)));
  const starts = lines.flatMap((line, index) => (line.indent === indent ? [index] : []));
  return Object.fromEntries(
    starts.map((start, index): [string, Yaml] => {
      const [, name, value = ""] = /^([\w-]+):(?: (.+))?$/.exec(lines[start]?.text ?? "") ?? [];
      if (name === undefined) throw new Error(`Not understood: ${lines[start]?.text}`);
      const inner = lines.slice(start + 1, starts[index + 1]);
      return [name, inner.length > 0 ? parseBlock(inner) : parseText(value)];
    }),
  );
}

function parseText(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
