// The known name that a misspelt one probably meant.

/** The name with the most similar spelling, if one is similar enough. */
export function findSimilarName(given: string, names: readonly string[]): string | undefined {
  const wanted = bare(given).slice(0, 40);
  const [best] = names
    .map((name) => ({ name, distance: countChanges(wanted, bare(name)) }))
    .sort((one, other) => one.distance - other.distance);
  if (wanted === "" || best === undefined) return undefined;
  return best.distance <= Math.ceil(wanted.length / 3) ? best.name : undefined;
}

function bare(text: string): string {
  return text.replaceAll(/[-_]/g, "").toLowerCase();
}

/** Characters to change, add or remove (Levenshtein). */
function countChanges(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let line = 1; line <= one.length; line++) {
    const next = [line];
    for (let column = 1; column <= other.length; column++) {
      const change = (row[column - 1] ?? 0) + (one[line - 1] === other[column - 1] ? 0 : 1);
      next.push(Math.min(change, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
