// The input and output of a command. Commands do not access the process itself.

/** Output and input of a command. Tests pass their own. */
export interface CliStreams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Everything on standard input. */
  readonly input: () => Promise<string>;
  /**
   * The environment. Default: the process's own. Beneath it, `explain` loads `.env` of the working
   * directory, as developers who paste a token expect. `doctor` loads only the file of
   * `--env-file`, since one of its questions is whether the API's process has loaded its file.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether these are the streams of the process, which a command may then end. */
  readonly isProcess?: boolean;
  /** The columns of each stream that is a terminal. Default: none is. */
  readonly columns?: { readonly out?: number | undefined; readonly error?: number | undefined };
}
