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

/** The end of a sentence about an unknown name: the one that was probably meant, or all of them. */
export function suggestName(given: string, names: readonly string[]): string {
  const nearest = findNearestName(given, names);
  return nearest === undefined ? `. There are: ${names.join(", ")}.` : `; did you mean "${nearest}"?`;
}

/** How many characters must be changed, added, removed or swapped with the next (Damerau). */
function measure(one: string, other: string): number {
  let before: readonly number[] = [];
  let row = [...other, ""].map((_letter, index) => index);
  for (let line = 1; line <= one.length; line++) {
    const next = [line];
    for (let column = 1; column <= other.length; column++) {
      const change = (row[column - 1] ?? 0) + (one[line - 1] === other[column - 1] ? 0 : 1);
      const isSwapped = one[line - 1] === other[column - 2] && one[line - 2] === other[column - 1];
      const swap = isSwapped ? (before[column - 2] ?? 0) + 1 : change;
      next.push(Math.min(change, swap, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[other.length] ?? 0;
}
