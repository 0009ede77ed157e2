// How every command ends. Its manual pages and `docs/command-line.md` read it.

/** Code and meaning. */
export const exitCodes: readonly (readonly [code: number, meaning: string])[] = [
  [0, "It is done, and nothing is wrong"],
  [1, "Something is wrong: a finding, a refused token, a failed case, or what was asked for failed"],
  [2, "It did not begin: the command line, the configuration or a named file cannot be right"],
];
