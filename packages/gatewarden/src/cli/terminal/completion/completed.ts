// What a shell completes: commands, the words after them, their flags and values.

/** What follows a flag: names to choose from, the path of a file, or something else. */
export interface CompletedFlag {
  readonly name: string;
  readonly short: string | undefined;
  readonly doc: string;
  readonly takes: "nothing" | "names" | "file" | "other";
  readonly names: readonly string[];
}

/** One command as a shell completes it. A command of two words has a space in its name. */
export interface CompletedCommand {
  readonly name: string;
  readonly doc: string;
  /** What may follow besides flags: names of commands that begin with this one, and operands. */
  readonly words: readonly { readonly name: string; readonly doc: string }[];
  readonly takesFiles: boolean;
  readonly flags: readonly CompletedFlag[];
}

/** A text as one word of a shell. */
export function quoteWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
