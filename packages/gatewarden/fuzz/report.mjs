// What a run found, as text.

/** @typedef {import("./run.mjs").Tally} Tally */

/** @param {Tally} tally @param {{ seed: number, seconds: number }} run */
export function report(tally, { seed, seconds }) {
  const explained = Object.values(tally.explained).reduce((sum, count) => sum + count, 0);
  const lines = [
    `${format(tally.cases)} cases in ${seconds.toFixed(1)} s (${format(Math.round(tally.cases / seconds))} per second)`,
    `${format(tally.accepted + tally.refused)} agreements: ${format(tally.accepted)} accepted with the same claims, ${format(tally.refused)} refused`,
    `${format(explained)} explained differences:`,
    ...list(tally.explained),
    "What the guard said:",
    ...list(tally.reasons),
    `${format(tally.unexplainedCount)} unexplained differences`,
    ...tally.unexplained.flatMap((one) => [
      "",
      `${one.problem} (--seed ${seed} --only ${one.index})`,
      JSON.stringify(one),
    ]),
  ];
  return lines.join("\n");
}

/** @param {Record<string, number>} counts */
function list(counts) {
  const rows = Object.entries(counts).sort(([, one], [, other]) => other - one);
  return rows.map(([name, count]) => `${format(count).padStart(11)}  ${name}`);
}

/** @param {number} number */
function format(number) {
  return number.toLocaleString("en");
}
