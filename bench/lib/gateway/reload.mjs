// Reloads of the gateway while it is under as much load as it can take: how many requests fail.
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { cores } from "../pin.mjs";
import { runWrk } from "../wrk.mjs";
import { contestants, ours, toRules } from "./contestants.mjs";
import { startContestant } from "./running.mjs";

const everyMs = 100;

/**
 * @param {{ readonly application: number, readonly setting: import("./nginx.mjs").Setting }} surroundings
 * @param {{ readonly tokenFile: string, readonly isQuick: boolean }} options
 * @returns {Promise<import("../report.mjs").Facts>}
 */
export async function measureReload(surroundings, { tokenFile, isQuick }) {
  const contestant = contestants.find(({ name }) => name === ours);
  if (contestant === undefined) throw new Error("The gateway is not among the contestants");
  const running = await startContestant(contestant, surroundings);
  const { authorizer } = running;
  if (authorizer === undefined) throw new Error("The gateway does not run");
  try {
    running.pinAuthorizer(cores.measured);
    const seconds = isQuick ? 3 : 15;
    await runWrk(running.port, { seconds: 1, tokenFile });
    const calm = await runWrk(running.port, { seconds, tokenFile });
    const state = { isOver: false };
    const reloading = reloadUntilOver(authorizer, surroundings.setting, state);
    const busy = await runWrk(running.port, { seconds, tokenFile });
    state.isOver = true;
    await reloading;
    const lines = authorizer.lines();
    const count = (/** @type {string} */ event) => lines.filter((line) => line.includes(`"event":"${event}"`)).length;
    const toRow = (
      /** @type {string} */ name,
      /** @type {import("../wrk.mjs").Load} */ load,
      /** @type {readonly number[]} */ reloads,
    ) => [
      name,
      load.requests.toLocaleString("en"),
      Math.round(load.rate).toLocaleString("en"),
      ...reloads.map(String),
      String(load.refused),
      String(load.broken),
    ];
    return {
      title: `Reload under full load: 64 connections, ${seconds} seconds each`,
      note: `Every ${everyMs} ms the rules file is replaced and the gateway told by SIGHUP: rules change each time, and each fourth time the options of the guard, which then starts with an empty cache.`,
      columns: [
        "gateway",
        "requests",
        "requests/s",
        "reloads",
        "failed reloads",
        "refused requests",
        "broken requests",
      ],
      rows: [toRow("left alone", calm, [0, 0]), toRow("reloading", busy, [count("reloaded"), count("reload_failed")])],
    };
  } finally {
    await running.close();
  }
}

/**
 * @param {import("./programs.mjs").Running} gateway
 * @param {import("./nginx.mjs").Setting} setting
 * @param {{ isOver: boolean }} state
 */
async function reloadUntilOver({ folder, pid }, setting, state) {
  for (let turn = 1; !state.isOver; turn++) {
    const rules = toRules(setting, { extra: `/metrics-${turn}`, realm: `bench-${Math.floor(turn / 4)}` });
    // Replaced as a whole: half a file is a wrong one.
    await writeFile(join(folder, "rules.new"), rules);
    await rename(join(folder, "rules.new"), join(folder, "rules.yaml"));
    process.kill(pid, "SIGHUP");
    await delay(everyMs);
  }
  await delay(2 * everyMs);
}
