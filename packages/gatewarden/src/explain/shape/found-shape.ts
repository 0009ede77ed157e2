// What is said of a text that should be a token.

/** What stands where a token should, and what to do about it. No part of the text is quoted: it may be a secret. */
export interface Shape {
  readonly cause: string;
  readonly fix: string;
  /** Whether it is a document of another kind, such as a key set. */
  readonly isDocument?: true;
  /** The token within, where there is one. */
  readonly token?: string;
}
