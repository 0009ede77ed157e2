// The first of several processes: starts the others, replaces those that end, and answers operators
// for all of them.
import cluster, { type Worker } from "node:cluster";
import { loadConfig } from "../config.js";
import type { GatewayOptions } from "../gateway.js";
import { drain, listen } from "../listening.js";
import { mergeMetrics } from "../metrics/merge.js";
import { createAdminServer, type Readiness } from "../server/admin.js";
import { isReport, type Order, type State } from "./messages.js";

/** The running processes. */
export interface Fleet {
  reload(): void;
  /** Lets all requests finish, and resolves when every worker has ended. */
  close(): Promise<void>;
}

const restartDelay = 1000;
const reportTimeout = 2000;

/** Starts the workers. Rejects if the configuration cannot be right, or if one cannot listen. */
export async function startFleet(
  options: GatewayOptions,
  count: number,
  write: (line: string) => void,
): Promise<Fleet> {
  const { settings } = loadConfig(options.rules, options);
  const state = { isStopping: false, reportId: 0, reloads: 0 };
  const log = (event: string, details: object) =>
    write(JSON.stringify({ time: new Date().toISOString(), event, ...details }));
  const addresses = await Promise.all(Array.from({ length: count }, () => startCurrentWorker(state)));
  cluster.on("exit", (worker, code, signal) => {
    if (state.isStopping) return;
    log("worker_ended", { worker: worker.id, code, signal });
    // A worker that cannot start would otherwise be started without pause.
    setTimeout(() => {
      if (!state.isStopping)
        startCurrentWorker(state).catch((error: unknown) => log("worker_failed", { problem: toProblem(error) }));
    }, restartDelay);
  });
  const ask = () => askWorkers(listWorkers(), ++state.reportId);
  const admin =
    settings.admin &&
    createAdminServer({
      toMetrics: async () => mergeMetrics((await ask()).map(({ worker, metrics }) => ({ worker, text: metrics }))),
      // Workers share their keys, so one speaks for all.
      toPublished: async () => (await ask())[0]?.published ?? { metadata: undefined, keySet: undefined },
      toReadiness: async () =>
        state.isStopping ? { status: "stopping", reasons: [] } : joinReadiness(await ask(), count),
    });
  const adminAddress = admin && settings.admin ? await listen(admin, settings.admin) : undefined;
  log("started_all", { address: addresses[0], adminAddress, workers: count });
  return {
    reload: () => {
      state.reloads += 1;
      for (const worker of listWorkers()) orderReload(worker);
    },
    close: async () => {
      state.isStopping = true;
      const workers = listWorkers();
      const ended = workers.map((worker) => new Promise<void>((resolve) => worker.once("exit", () => resolve())));
      for (const worker of workers) worker.process.kill("SIGTERM");
      await Promise.all([...ended, admin && drain(admin, 1)]);
    },
  };
}

function listWorkers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected() === true) as Worker[];
}

function orderReload(worker: Worker): void {
  worker.send({ order: "reload" } satisfies Order);
}

/** A worker hears orders from when it listens. One that was given before may have been missed. */
async function startCurrentWorker(state: { readonly reloads: number }): Promise<string> {
  const worker = cluster.fork();
  const known = state.reloads;
  const address = await startWorker(worker);
  if (state.reloads !== known && worker.isConnected()) orderReload(worker);
  return address;
}

function startWorker(worker: Worker): Promise<string> {
  return new Promise((resolve, reject) => {
    // A message to one that has just died. Its end is noticed by "exit".
    worker.on("error", () => undefined);
    worker.once("exit", () => reject(new Error("A worker ended before it listened")));
    worker.on("message", (message: unknown) => {
      if (!isReport(message)) return;
      if (message.report === "listening") resolve(message.address);
      if (message.report === "failed") reject(new Error(message.problem));
    });
  });
}

interface Answered extends State {
  readonly worker: number;
}

/** A worker that does not answer in time is left out, and then missing from the count. */
async function askWorkers(workers: readonly Worker[], id: number): Promise<readonly Answered[]> {
  const answers = await Promise.all(workers.map((worker) => askWorker(worker, id)));
  return answers.filter((answer) => answer !== undefined);
}

function askWorker(worker: Worker, id: number): Promise<Answered | undefined> {
  return new Promise((resolve) => {
    const end = (state: Answered | undefined) => {
      clearTimeout(timer);
      worker.off("message", hear);
      resolve(state);
    };
    const hear = (message: unknown) => {
      if (isReport(message) && message.report === "state" && message.id === id) end({ ...message, worker: worker.id });
    };
    const timer = setTimeout(() => end(undefined), reportTimeout);
    worker.on("message", hear);
    worker.send({ order: "report", id } satisfies Order);
  });
}

/** As good as the best worker, and degraded if they differ. */
function joinReadiness(states: readonly Answered[], count: number): Readiness {
  const reasons = new Set(states.flatMap(({ readiness }) => readiness.reasons));
  if (states.length < count) reasons.add(`${count - states.length} of ${count} processes do not answer`);
  const isReady = states.some(({ readiness }) => readiness.status === "ready" || readiness.status === "degraded");
  return { status: isReady ? (reasons.size > 0 ? "degraded" : "ready") : "not ready", reasons: [...reasons] };
}

function toProblem(error: unknown): string {
  return error instanceof Error ? error.message : "unknown";
}
