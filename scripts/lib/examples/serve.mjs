// An example as a process: started by its own `serve` script.
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "../failure.mjs";
import { toNpmCommand } from "../npm.mjs";
import { root } from "../paths.mjs";
import { toReachable } from "../ports.mjs";
import { collect } from "../process-output.mjs";
import { startChild, stopChild } from "../processes.mjs";
import { toRuntimePath } from "./runtimes.mjs";

const preload = new URL("../end-with-parent.mjs", import.meta.url).href;
const patienceMs = 60_000;

/**
 * Where an example listens, and what else it finds in its environment.
 * @typedef {object} ServeOptions
 * @property {string} host
 * @property {string} port Not 0: the example is expected to name it.
 * @property {Readonly<Record<string, string>>} env
 */

/**
 * Starts an example and waits until it says where it listens. Throws a `Failure` when it ends before.
 * @param {import("./list.mjs").Example} example
 * @param {ServeOptions} options
 */
export async function serveExample({ name, runtime, resource }, { host, port, env }) {
  const url = toUrl({ host, port });
  const [command, args] = toNpmCommand(["run", "--silent", "serve", "-w", `examples/${name}`]);
  const isWindows = process.platform === "win32";
  const child = startChild(command, args, {
    cwd: root,
    // npm starts a shell, and that the example: a group of their own lets all of them be stopped.
    detached: !isWindows,
    shell: isWindows && command === "npm",
    env: {
      ...process.env,
      ...toRuntimeEnvironment(runtime),
      ...env,
      ...toResource(resource, url),
      HOST: host,
      PORT: port,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = collect(child);
  const deadline = Date.now() + patienceMs;
  while (!output.text().includes(`:${port}`)) {
    await Promise.race([delay(50), output.ended]);
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (!isOver && Date.now() < deadline) continue;
    await stopChild(child);
    throw new Failure(`examples/${name} did not start:\n${output.text()}`);
  }
  const { show, ended } = output;
  return {
    url,
    isReady: true,
    showLog: show,
    ended,
    stop: () => stopChild(child),
  };
}

/** @param {Pick<ServeOptions, "host" | "port">} place */
const toUrl = ({ host, port }) => `http://${toReachable(host)}:${port}`;

/**
 * @param {import("./list.mjs").Resource | undefined} resource
 * @param {string} url
 */
const toResource = (resource, url) => (resource ? { [resource.variable]: url + resource.path } : {});

/**
 * The APIs of a tenant that issues tokens for an example; undefined where the tenant's own will do.
 * @param {import("./list.mjs").Example} example
 * @param {Pick<ServeOptions, "host" | "port">} place Where it will listen.
 */
export function toApis({ resource }, place) {
  if (resource === undefined) return undefined;
  return [{ audience: toUrl(place) + resource.path, permissions: ["read:admin", "read:reports"] }];
}

/**
 * Node.js ends with this process even when it is killed.
 * @param {import("./runtimes.mjs").Runtime | undefined} runtime
 */
function toRuntimeEnvironment(runtime) {
  if (runtime === undefined) return { NODE_OPTIONS: `--import ${preload}` };
  return { PATH: toRuntimePath(), DENO_NO_UPDATE_CHECK: "1" };
}
