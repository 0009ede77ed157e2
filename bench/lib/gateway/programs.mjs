// Servers that are not Node.js modules, as children: files in a folder of their own, processor time, the core that they run on.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isListening } from "../../../scripts/lib/ports.mjs";
import { startChild, stopChild } from "../../../scripts/lib/processes.mjs";
import { findProgram } from "../../../scripts/lib/programs.mjs";
import { canPin } from "../pin.mjs";

/**
 * @typedef {object} Program
 * @property {string} name Of the executable, or its path.
 * @property {Readonly<Record<string, string>>} [files] What it reads, by name.
 * @property {(folder: string) => readonly string[]} toArguments
 * @property {number | string} port That answers once it has started: a port, or the path of a Unix socket.
 */

/**
 * @typedef {object} Running
 * @property {string} folder
 * @property {number} pid
 * @property {() => readonly string[]} lines What it has written to standard output.
 * @property {() => number} cpu Microseconds of processor time so far, of all its processes.
 * @property {(core: number) => void} pin
 * @property {() => Promise<void>} close
 */

/**
 * @param {Program} program
 * @param {number} core
 * @returns {Promise<Running>}
 */
export async function startProgram({ name, files = {}, toArguments, port }, core) {
  const path = isAbsolute(name) ? name : (findProgram(name) ?? name);
  const folder = await mkdtemp(join(tmpdir(), "gatewarden-bench-"));
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
  const args = [path, ...toArguments(folder)];
  const [command = "", ...rest] = canPin ? ["taskset", "-c", String(core), ...args] : args;
  const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: "1", BENCH_PINNED: "" };
  const child = startChild(command, rest, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env: environment });
  const written = { out: "", error: "" };
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    written.out += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    written.error += text;
  });
  const close = async () => {
    await stopChild(child);
    await rm(folder, { recursive: true, force: true });
  };
  const pid = child.pid ?? 0;
  while (!(typeof port === "string" ? existsSync(port) : await isListening(port))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const log = join(folder, "error.log");
      const text = `${written.out}${written.error}${existsSync(log) ? readFileSync(log, "utf8") : ""}`;
      await close();
      throw new Error(`${name} ended: ${text}`);
    }
    await delay(20);
  }
  return {
    folder,
    pid,
    lines: () => written.out.split("\n"),
    cpu: createProcessorClock(pid),
    pin: (to) => {
      if (!canPin) return;
      for (const one of listFamily(pid)) spawnSync("taskset", ["-acp", String(to), String(one)], { stdio: "ignore" });
    },
    close,
  };
}

/** A process and all that descend from it: workers of nginx and Apache. @param {number} pid @returns {readonly number[]} */
function listFamily(pid) {
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [
        Number(name),
        Number(
          readText(`/proc/${name}/stat`)
            .replace(/^.*\) /s, "")
            .split(" ")[1],
        ),
      ]),
  );
  const family = [pid];
  for (const one of family) for (const [child, parent] of parents) if (parent === one) family.push(child);
  return family;
}

/**
 * Of a process and its children, by the scheduler's count in nanoseconds; the ticks of `stat` are 10 ms, too coarse for a short turn.
 * What a thread took counts after its end, too: a pool such as that of FastAPI ends its threads when they are idle.
 * @param {number} pid
 */
function createProcessorClock(pid) {
  /** By process and thread. @type {Map<string, number>} */
  const present = new Map();
  let ended = 0;
  return () => {
    const before = new Map(present);
    present.clear();
    for (const one of listFamily(pid)) {
      for (const [thread, time] of readProcessorTimes(one)) {
        const name = `${one} ${thread}`;
        present.set(name, time);
        // A number that was given again belongs to another thread.
        if (time >= (before.get(name) ?? 0)) before.delete(name);
      }
    }
    ended += sum(before.values());
    return ended + sum(present.values());
  };
}

/** @param {Iterable<number>} times */
function sum(times) {
  return [...times].reduce((all, time) => all + time, 0);
}

/** Microseconds per thread, or of the whole process where the scheduler does not count. @param {number} pid @returns {readonly (readonly [string, number])[]} */
function readProcessorTimes(pid) {
  const threads = listThreads(pid).map(
    (thread) => /** @type {const} */ ([thread, readText(`/proc/${pid}/task/${thread}/schedstat`)]),
  );
  if (threads.some(([, text]) => text !== ""))
    return threads.map(([thread, text]) => [thread, Number.parseInt(text || "0", 10) / 1000]);
  const [user = 0, system = 0] = readText(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, "")
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return [["all", (user + system) * 10_000]];
}

/** @param {number} pid */
function listThreads(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Empty for a process that has ended meanwhile. @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
