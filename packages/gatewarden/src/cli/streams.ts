// What a command reads and writes. No command knows the process itself.

/** Where a command writes, and what it reads. Tests pass their own. */
export interface CliStreams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Everything on standard input. */
  readonly input: () => Promise<string>;
  /**
   * The environment. Default: the process's own. Beneath that, `explain` loads `.env` of the working directory, as developers who paste a token
   * expect; `doctor` loads what `--env-file` names and no more, since whether the API's process has loaded its file is one of its questions.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
}
