// A contestant at work: its processes, started together; and the check that it accepts and refuses what it should.
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pickPort } from "../../../scripts/lib/ports.mjs";
import { cores } from "../pin.mjs";
import { startProgram } from "./programs.mjs";

/** @typedef {import("./contestants.mjs").Contestant} Contestant */

/**
 * @typedef {object} RunningContestant
 * @property {Contestant} contestant
 * @property {number} port
 * @property {() => Promise<number>} cpu Microseconds of all its processes.
 * @property {() => number} authorizerCpu Of the one that is asked.
 * @property {(core: number) => void} pinAuthorizer
 * @property {import("./programs.mjs").Running | undefined} authorizer
 * @property {() => Promise<void>} close
 */

/**
 * Everything on the core that is measured.
 * @param {Contestant} contestant
 * @param {{ readonly application: number, readonly setting: import("./nginx.mjs").Setting }} surroundings
 * @returns {Promise<RunningContestant>}
 */
export async function startContestant(contestant, { application, setting }) {
  const free = () => pickPort(0, "127.0.0.1");
  const own = contestant.toApplication ? await free() : application;
  const [port, authorizerPort] = [await free(), await free()];
  const socket = join(tmpdir(), `gatewarden-bench-${authorizerPort}.sock`);
  const placed = { port, application: own, authorizer: authorizerPort, socket, setting };
  const started = /** @type {import("./programs.mjs").Running[]} */ ([]);
  const start = async (/** @type {import("./programs.mjs").Program | undefined} */ program) => {
    const running = program && (await startProgram(program, cores.other));
    if (running) started.push(running);
    return running;
  };
  await start(contestant.toApplication?.(placed));
  const authorizer = await start(contestant.toAuthorizer?.(placed));
  await start(contestant.toProxy(placed));
  return {
    contestant,
    port: placed.port,
    cpu: async () => started.reduce((sum, { cpu }) => sum + cpu(), 0),
    authorizerCpu: () => authorizer?.cpu() ?? 0,
    pinAuthorizer: (core) => authorizer?.pin(core),
    authorizer,
    close: async () => {
      await Promise.all(started.map(({ close }) => close()));
      await rm(socket, { force: true });
    },
  };
}

/**
 * Each accepts a good token and refuses bad ones, or the comparison would mean nothing.
 * @param {RunningContestant} running
 * @param {{ readonly good: string, readonly bad: Readonly<Record<string, string | undefined>> }} samples
 */
export async function checkAnswers({ contestant: { name, kind }, port }, { good, bad }) {
  const ask = async (/** @type {string | undefined} */ token) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${port}/orders`, { headers, redirect: "manual" });
    await response.arrayBuffer();
    return response.status;
  };
  const accepted = await ask(good);
  if (accepted !== 200) throw new Error(`${name} answers ${accepted} to a good token`);
  if (kind === "bare" || kind === "floor") return;
  for (const [what, token] of Object.entries(bad)) {
    const status = await ask(token);
    // Another status would be a fault of the set-up, not a refusal.
    if (status !== 401 && status !== 403) throw new Error(`${name} answers ${status} to ${what}`);
  }
}
