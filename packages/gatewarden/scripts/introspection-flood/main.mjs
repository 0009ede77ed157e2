// `node packages/gatewarden/scripts/introspection-flood/main.mjs`, after `npm run build`: who is refused while strangers send odd tokens.
import { parseArgs } from "node:util";
import { flood } from "./run.mjs";
import { oddAnswers } from "./server.mjs";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "5" } } });
const seconds = Number(values.seconds);
if (!(seconds >= 1 && seconds <= 600)) throw new RangeError("--seconds is a number from 1 to 600");

const percent = (/** @type {number} */ part, /** @type {number} */ whole) => `${Math.round((100 * part) / whole)} %`;

console.log(
  `${seconds} s each, node ${process.version}. Known: their tokens were active before the flood. New: first seen in it.\n`,
);
console.log("odd answer  latency  odd/s | known  refused  late |  new  refused  late | questions: odd  good");
let refusedKnown = 0;
for (const latency of [5, 50, 200]) {
  for (const odd of Object.keys(oddAnswers)) {
    for (const rate of [10, 50, 500]) {
      const { known, newcomers, questions } = await flood({ odd, rate, seconds, latency });
      refusedKnown += known.refused;
      const shares = [known, newcomers].map(({ asked, refused, late }) =>
        [String(asked).padStart(5), percent(refused, asked).padStart(8), percent(late, asked).padStart(5)].join(" "),
      );
      const counts = `${String(questions.odd).padStart(14)} ${String(questions.good).padStart(5)}`;
      console.log(
        `${odd.padEnd(10)} ${String(latency).padStart(5)} ms ${String(rate).padStart(6)} | ${shares.join(" | ")} | ${counts}`,
      );
    }
  }
}
console.log(`\nknown users refused: ${refusedKnown}`);
if (refusedKnown > 0) process.exitCode = 1;
