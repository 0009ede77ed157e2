// Graceful shutdown: requests under way are finished, new ones are refused, then the process ends.
import type { FastifyInstance } from "fastify";

const patienceMs = 10_000;
const watchMs = 250;

/** Closes the application on SIGINT and SIGTERM. A second signal, or a request that never ends, does not hold it up. */
export function closeOnSignals(app: FastifyInstance): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close(app, signal));
  if (process.env["npm_lifecycle_event"]) endWithParent();
}

/** npm passes SIGTERM to the shell that it started, and many a shell ends without passing it on: then nobody would stop us. */
function endWithParent(): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, watchMs);
  watch.unref();
}

async function close(app: FastifyInstance, signal: string): Promise<void> {
  app.log.info({ signal }, "closing");
  setTimeout(() => process.exit(1), patienceMs).unref();
  await app.close();
  process.exit(0);
}
