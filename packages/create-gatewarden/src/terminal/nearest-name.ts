// The known name that a misspelt one probably meant.

/** The name that was probably meant: with a similar spelling, or the same beginning. */
export function findNearestName(given: string, names: readonly string[]): string | undefined {
  const bare = (text: string) => text.replaceAll(/[-_]/g, "").toLowerCase();
  const wanted = bare(given).slice(0, 40);
  if (wanted === "") return undefined;
  const distances = names.map((name) => ({ name, distance: measure(wanted, bare(name)) }));
  const [best] = distances.sort((one, other) => one.distance - other.distance);
  if (best && best.distance <= Math.max(1, Math.floor(wanted.length / 3))) return best.name;
  return names.find((name) => bare(name).startsWith(wanted) || wanted.startsWith(bare(name)));
}

/** How many characters must be changed, added or removed (Levenshtein). */
function measure(one: string, other: string): number {
  let row = [...other, ""].map((_letter, index) => index);
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
