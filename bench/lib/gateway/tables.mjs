// What the gateway suite prints.
import { spawnSync } from "node:child_process";
import { findProgram } from "../../../scripts/lib/programs.mjs";
import { toText } from "../report.mjs";
import { summarize } from "../statistics.mjs";
import { noOp } from "./contestants.mjs";

/** @typedef {import("./contestants.mjs").Contestant} Contestant */
/** @typedef {import("../../suites/gateway.mjs").WorkloadName} WorkloadName */
/** @typedef {import("../../suites/gateway.mjs").Samples} Samples */

/**
 * @param {{ present: readonly Contestant[], left: readonly { name: string, missing: readonly string[] }[], samples: Samples, knownCount: number }} found
 * @returns {readonly import("../report.mjs").Facts[]}
 */
export function toTables({ present, left, samples, knownCount }) {
  const parts = { present, left, samples };
  return [
    {
      ...toTable(parts, "known"),
      title: `Through a proxy: ${knownCount} tokens, known; all processes of a contestant on one core`,
      note: `${listVersions()}. Load and the protected application have the other core.`,
    },
    {
      ...toTable(parts, "known, authorizer on the other core"),
      title: `Through a proxy: ${knownCount} tokens, known; nginx on one core, what it asks on the other`,
      note: "Load and the protected application share the other core with what nginx asks.",
    },
    {
      ...toTable(parts, "new"),
      title: "Through a proxy: every token new; all processes of a contestant on one core",
      note: "Caches keep what they are told to by default: mod_oauth2 1,000 tokens, the gateway 25,000.",
    },
  ];
}

/**
 * @param {{ present: readonly Contestant[], left: readonly { name: string, missing: readonly string[] }[], samples: Samples }} parts
 * @param {WorkloadName} workload
 */
function toTable({ present, left, samples }, workload) {
  const of = (/** @type {string | undefined} */ name) => samples.get(name ?? "")?.get(workload) ?? [];
  const rates = (/** @type {string} */ name) => of(name).map(({ rate }) => rate);
  const median = (/** @type {string | undefined} */ name, /** @type {"cpu" | "authorizer" | "p99"} */ what) =>
    summarize(of(name).map((sample) => sample[what])).median;
  // Turn by turn, since the two of one turn ran within the same seconds.
  const ratio = (/** @type {string} */ name) => {
    const ofNoOp = rates(noOp);
    return summarize(rates(name).map((one, turn) => one / (ofNoOp[turn] ?? Number.NaN))).median;
  };
  const rows = present
    .filter(({ name }) => of(name).length > 0)
    .map(({ name, bare, kind }) => {
      const rate = summarize(rates(name));
      const cpu = median(name, "cpu");
      const added = cpu - median(bare, "cpu");
      return [
        kind === "ours" ? `**${name}**` : name,
        Math.round(rate.median).toLocaleString("en"),
        `${Math.round(rate.low).toLocaleString("en")} - ${Math.round(rate.high).toLocaleString("en")}`,
        toText(ratio(name)),
        toText(cpu),
        median(name, "authorizer") > 0 ? toText(median(name, "authorizer")) : "",
        bare === undefined || Number.isNaN(added) ? "" : toText(added),
        Math.round(1e6 / cpu).toLocaleString("en"),
        ...(workload === "new" ? [] : [toText(median(name, "p99") / 1000)]),
      ];
    });
  const columns = [
    "contestant",
    "requests/s",
    "p25 - p75",
    "of the no-op authorizer",
    "CPU µs/request",
    "of it the authorizer",
    "added by the check",
    "requests per second of CPU",
    ...(workload === "new" ? [] : ["p99 ms"]),
  ];
  const asks = workload === "known, authorizer on the other core";
  const leftOut = asks
    ? []
    : left.map(({ name, missing }) => [
        `${name}: left out, no ${missing.join(", ")}`,
        ...columns.slice(1).map(() => ""),
      ]);
  return { columns, rows: [...rows, ...leftOut] };
}

/** Of the programs, as they name themselves. */
function listVersions() {
  const asks = /** @type {const} */ ([
    ["nginx", "-v", /nginx\/(\S+)/],
    ["apache2", "-v", /Apache\/(\S+)/],
    ["haproxy", "-v", /version (\S+)/],
    ["uvicorn", "--version", /uvicorn (\S+)/],
    ["wrk", "-v", /wrk (?:debian\/)?(\S+)/],
  ]);
  return asks
    .map(([name, flag, pattern]) => {
      const path = findProgram(name);
      if (path === undefined) return `no ${name}`;
      const { stdout, stderr } = spawnSync(path, [flag], { encoding: "utf8" });
      return `${name} ${pattern.exec(`${stdout}${stderr}`)?.[1] ?? "?"}`;
    })
    .join(", ");
}
