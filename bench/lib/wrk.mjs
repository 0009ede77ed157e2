// wrk as the load generator: some microseconds per request, where a client in Node.js costs as much as the servers under test.
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startChild } from "../../scripts/lib/processes.mjs";
import { findProgram } from "../../scripts/lib/programs.mjs";
import { canPin, cores } from "./pin.mjs";

/**
 * @typedef {object} Load
 * @property {number} requests
 * @property {number} rate Requests per second.
 * @property {number} refused Answers of 400 and above.
 * @property {number} broken Connections that failed, and answers that never came.
 * @property {number} p99 Microseconds.
 */

/**
 * @param {number} port
 * @param {{ readonly seconds: number, readonly tokenFile: string, readonly connections?: number }} options
 * @returns {Promise<Load>}
 */
export async function runWrk(port, { seconds, tokenFile, connections = 64 }) {
  const script = fileURLToPath(new URL("gateway/files/requests.lua", import.meta.url));
  const args = [
    "-t1",
    `-c${connections}`,
    `-d${seconds}s`,
    "--timeout",
    "10s",
    "-s",
    script,
    `http://127.0.0.1:${port}`,
    "--",
    tokenFile,
  ];
  const wrk = findProgram("wrk") ?? "wrk";
  const [command = "", ...rest] = canPin ? ["taskset", "-c", String(cores.measured), wrk, ...args] : [wrk, ...args];
  const child = startChild(command, rest, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  await once(child, "close");
  const found = /^RESULT (.*)$/m.exec(text)?.[1];
  if (found === undefined) throw new Error(`wrk has no result: ${text}`);
  const { requests, microseconds, refused, broken, p99 } = JSON.parse(found);
  return { requests, rate: (requests / microseconds) * 1e6, refused, broken, p99 };
}
