// The API that is shown, as a child process.
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "./failure.mjs";
import { exampleDirectory } from "./paths.mjs";
import { pickPort, toReachable } from "./ports.mjs";
import { print } from "./printable.mjs";
import { collect } from "./process-output.mjs";
import { startChild } from "./processes.mjs";

const preload = new URL("./end-with-parent.mjs", import.meta.url).href;
const defaultPort = "3000";
const patienceMs = 15_000;
/** The show asks over plain http: what these name is for `npm run serve`. Empty counts as not set, and a `.env` cannot change it. */
const withoutTls = { TLS_CERT_FILE: "", TLS_KEY_FILE: "", MTLS: "", MTLS_PROXY: "", MTLS_HEADER: "" };

/**
 * @typedef {object} Api
 * @property {string} url Without a slash at the end.
 * @property {boolean} isReady Whether it can check tokens.
 * @property {() => void} showLog Writes the log to standard output from now on.
 * @property {Promise<void>} ended Resolves when the process has ended.
 */

/**
 * @typedef {object} Place
 * @property {string} host
 * @property {string} port
 */

/**
 * Starts the built API and waits until it can check tokens, or has tried for long enough. Throws a `Failure` when it ends.
 * @param {Place} place
 * @param {Readonly<Record<string, string>>} issuerEnv
 * @returns {Promise<Api>}
 */
export async function startApi({ host, port }, issuerEnv) {
  const ignored = Object.keys(withoutTls).filter((name) => process.env[name]?.trim());
  if (ignored.length > 0) print(`Plain http here; ${ignored.join(", ")} left aside.`);
  const child = startChild(process.execPath, ["--import", preload, join("dist", "main.js")], {
    cwd: exampleDirectory,
    env: { EXPLAIN: "development", ...process.env, ...issuerEnv, ...withoutTls, HOST: host, PORT: port },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = collect(child);
  const url = `http://${toReachable(host)}:${port}`;
  const isReady = await waitUntilReady(url, child, output);
  return { url, isReady, showLog: output.show, ended: output.ended };
}

/**
 * Where to listen.
 * @returns {Promise<Place>}
 */
export async function choosePlace() {
  const host = process.env["HOST"]?.trim() || "127.0.0.1";
  return { host, port: await choosePort(host) };
}

/**
 * A port that is no number is left as it is: the API says what is wrong with it.
 * @param {string} host
 */
async function choosePort(host) {
  const wanted = process.env["PORT"]?.trim() || defaultPort;
  if (!/^\d+$/.test(wanted) || Number(wanted) > 65_535) return wanted;
  const port = String(await pickPort(Number(wanted), host));
  if (port !== wanted && wanted !== "0") print(`Port ${wanted} is taken; the API uses ${port} instead.`);
  return port;
}

/**
 * @param {string} url
 * @param {import("./processes.mjs").ChildProcess} child
 * @param {{ text: () => string, ended: Promise<void> }} output
 */
async function waitUntilReady(url, child, output) {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    if (await isHealthy(url)) return true;
    await Promise.race([delay(100), output.ended]);
    if (child.exitCode === null && child.signalCode === null) continue;
    await output.ended;
    throw new Failure(`The API did not start:\n${output.text()}`);
  }
  return false;
}

/** @param {string} url */
async function isHealthy(url) {
  try {
    const { ok } = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(patienceMs) });
    return ok;
  } catch {
    return false;
  }
}
