// The description of a text that should be a token.

/**
 * What was found instead of a token, and what to do about it. The text is never quoted: it may be a
 * secret.
 */
export interface Shape {
  readonly cause: string;
  readonly fix: string;
  /** Whether it is another kind of document, such as a key set. */
  readonly isDocument?: true;
  /** The token inside, if there is one. */
  readonly token?: string;
}
