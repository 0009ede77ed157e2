// The benchmarks' command line: pins itself to one core, runs the suites, prints tables and writes RESULTS.md and results.svg.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "./lib/machine.mjs";
import { canPin, cores, onCore } from "./lib/pin.mjs";
import { toSvg } from "./lib/plot.mjs";
import { replaceSection } from "./lib/record.mjs";
import { toMarkdown } from "./lib/report.mjs";
import { runBurst } from "./suites/burst.mjs";
import { runColdStart } from "./suites/cold-start.mjs";
import { runDpop } from "./suites/dpop.mjs";
import { runFilters } from "./suites/filters.mjs";
import { runFleet } from "./suites/fleet.mjs";
import { runGateway } from "./suites/gateway.mjs";
import { runGrowth } from "./suites/growth.mjs";
import { runHttp } from "./suites/http.mjs";
import { runInProcess } from "./suites/in-process.mjs";
import { runKeyRefresh } from "./suites/key-refresh.mjs";
import { runKeys } from "./suites/keys.mjs";
import { runMemory } from "./suites/memory.mjs";
import { runParts } from "./suites/parts.mjs";
import { runStartUp } from "./suites/start-up.mjs";
import { runTesting } from "./suites/testing.mjs";

/** @type {Readonly<Record<string, (options: import("./lib/run.mjs").RunOptions) => Promise<readonly (import("./lib/report.mjs").Table | import("./lib/report.mjs").Facts)[]>>>} */
const suites = {
  "in-process": runInProcess,
  dpop: runDpop,
  http: runHttp,
  parts: runParts,
  burst: runBurst,
  "start-up": runStartUp,
  "cold-start": runColdStart,
  memory: runMemory,
  keys: runKeys,
  "key-refresh": runKeyRefresh,
  growth: runGrowth,
  filters: runFilters,
  fleet: runFleet,
  gateway: runGateway,
  testing: runTesting,
};

const usage = `Usage: npm run bench -- [--quick] [--suite ${Object.keys(suites).join("|")}] [--only TEXT] [--no-write] [--record]`;
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    suite: { type: "string", multiple: true },
    only: { type: "string" },
    "no-write": { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(usage);
else if (process.env["BENCH_PINNED"]) await main();
else startPinned();

/** Once more, on one core and with the garbage collector at hand. */
function startPinned() {
  if (!canPin) console.error("There is no taskset here: nothing is pinned to a core, so expect wider spread.");
  const script = fileURLToPath(import.meta.url);
  const [command, args] = onCore(cores.measured, ["--expose-gc", script, ...process.argv.slice(2)]);
  const { status } = spawnSync(command, args, { stdio: "inherit", env: { ...process.env, BENCH_PINNED: "1" } });
  process.exitCode = status ?? 1;
}

async function main() {
  const names = values.suite ?? Object.keys(suites);
  const unknown = names.find((name) => !Object.hasOwn(suites, name));
  if (unknown !== undefined) throw new Error(`There is no suite "${unknown}". ${usage}`);
  const tables = [];
  const sections = /** @type {string[]} */ ([]);
  for (const name of names) {
    const found =
      (await suites[name]?.({
        isQuick: values.quick,
        only: values.only,
        log: (what) => console.error(`… ${name}: ${what}`),
      })) ?? [];
    const text = [`## ${name}`, "", ...found.map(toMarkdown)].join("\n");
    console.log(text);
    tables.push(...found);
    sections.push(text);
  }
  const results = new URL("RESULTS.md", import.meta.url);
  // Suites that ran alone, but whole, may replace their own sections, which then say so.
  if (values.record && values.suite && !values.quick && !values.only && !values["no-write"]) {
    const text = readFileSync(results, "utf8");
    writeFileSync(
      results,
      names.reduce((record, name, index) => replaceSection(record, name, sections[index] ?? ""), text),
    );
  }
  // Parts of a run, or a quick one, never replace the record of a whole one.
  if (values["no-write"] || values.quick || values.suite || values.only) return;
  writeFileSync(results, [describeMachine(), ...sections].join("\n"));
  const main = tables.find((table) => "results" in table);
  if (main) writeFileSync(new URL("results.svg", import.meta.url), toSvg(main));
}
