// `gatewarden explain`: where the token comes from. It is never printed.

/** The token from the command line or, for "-", from standard input; undefined when there is not exactly one. */
export async function readToken(
  positionals: readonly string[],
  input: () => Promise<string>,
): Promise<string | undefined> {
  const [first, second] = positionals;
  if (first === undefined || second !== undefined) return undefined;
  return first === "-" ? (await input()).trim() : first;
}
