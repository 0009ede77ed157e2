// The parts of an API's answer that checks read.

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  /** Values of a header, one per line on the wire. */
  readonly header: (name: string) => readonly string[];
  /** The first 64 KiB. */
  readonly body: string;
}
