// `gatewarden gateway`: serves one proxy until the process is asked to stop.
import cluster from "node:cluster";
import { type Gateway, type GatewayOptions, startGateway } from "../gateway.js";
import { watchFile } from "../reload/watch-file.js";
import { createLastingWriter } from "../server/turn-writer.js";
import { type Fleet, startFleet } from "../workers/primary.js";
import { runWorker } from "../workers/worker.js";
import type { ServeLine } from "./command-line.js";
import type { CliIo } from "./io.js";

/** Resolves to the exit code once the gateway has stopped. */
export async function runServe(line: ServeLine, io: CliIo): Promise<number> {
  const { rules, proxy, listen, admin, events, workers } = line;
  const { write, close } = createLastingWriter(io.log ?? io.out);
  const options: GatewayOptions = { rules, env: io.env, overrides: { proxy, listen, admin, events, workers }, write };
  // Before anything listens: a signal that nothing hears ends the process.
  const stopped = io.untilStopped();
  if (cluster.isWorker && workers > 1) return runWorker(options, stopped).finally(close);
  const state: { running?: Gateway | Fleet; isStale: boolean } = { isStale: false };
  const reload = () => {
    state.isStale = state.running === undefined;
    void state.running?.reload();
  };
  // From before the file is read: a change while the gateway starts must not be missed.
  const stopWatching = rules === undefined ? undefined : watchFile(rules, reload);
  io.onReload(reload);
  try {
    const running = workers > 1 ? await startFleet(options, workers, write) : await startGateway(options);
    state.running = running;
    if (state.isStale) reload();
    await stopped;
    stopWatching?.();
    await running.close();
    return 0;
  } finally {
    stopWatching?.();
    close();
  }
}
