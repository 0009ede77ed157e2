// `gatewarden gateway`: serves one proxy until the process is asked to stop.
import { startGateway } from "../gateway.js";
import { watchFile } from "../reload/watch-file.js";
import type { CommandLine } from "./command-line.js";
import type { CliIo } from "./io.js";

/** Resolves to the exit code once the gateway has stopped. */
export async function runServe({ rules, proxy, listen, admin }: CommandLine, io: CliIo): Promise<number> {
  const gateway = await startGateway({
    rules,
    env: io.env,
    overrides: { proxy, listen, admin },
    write: (line) => io.out(`${line}\n`),
  });
  const reload = () => void gateway.reload();
  const stopWatching = rules === undefined ? undefined : watchFile(rules, reload);
  io.onReload(reload);
  await io.untilStopped();
  stopWatching?.();
  await gateway.close();
  return 0;
}
