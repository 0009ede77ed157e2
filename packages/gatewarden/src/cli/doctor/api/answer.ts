// What checks look at of an answer of the API.

/** What the API answered. */
export interface Answer {
  readonly status: number;
  /** Values of a header, one per line on the wire. */
  readonly header: (name: string) => readonly string[];
  /** At most 64 KiB of it. */
  readonly body: string;
}
