// What a run found, as text.

/** @typedef {import("./run.mjs").Tally} Tally */

/** @param {Record<string, Tally>} tallies @param {{ seed: number, seconds: number }} run */
export function report(tallies, { seed, seconds }) {
  const parts = Object.entries(tallies).filter(([, { cases }]) => cases > 0);
  const cases = sum(parts.map(([, tally]) => tally.cases));
  const shares = parts.map(([subject, tally]) => `${format(tally.cases)} ${subject}`).join(", ");
  return [
    `${format(cases)} cases in ${seconds.toFixed(1)} s (${format(Math.round(cases / seconds))} per second): ${shares}`,
    ...parts.flatMap(([subject, tally]) => describe(subject, tally, seed)),
    "",
    `${format(sum(parts.map(([, tally]) => tally.unexplainedCount)))} unexplained differences`,
  ].join("\n");
}

/** @param {string} subject @param {Tally} tally @param {number} seed */
function describe(subject, tally, seed) {
  return [
    "",
    `Of ${format(tally.cases)} ${subject}:`,
    `${format(tally.accepted + tally.refused)} agreements: ${format(tally.accepted)} accepted with the same claims, ${format(tally.refused)} refused`,
    `${format(sum(Object.values(tally.explained)))} explained differences:`,
    ...list(tally.explained),
    "What the guard said:",
    ...list(tally.reasons),
    `${format(tally.unexplainedCount)} unexplained differences`,
    ...tally.unexplained.flatMap(({ index, problem, shown }) => [
      "",
      `${problem} (--seed ${seed} --only ${index}); the smallest such case:`,
      JSON.stringify(shown),
    ]),
  ];
}

/** @param {Record<string, number>} counts */
function list(counts) {
  const rows = Object.entries(counts).sort(([, one], [, other]) => other - one);
  return rows.map(([name, count]) => `${format(count).padStart(11)}  ${name}`);
}

/** @param {readonly number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** @param {number} number */
function format(number) {
  return number.toLocaleString("en");
}
