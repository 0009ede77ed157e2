// One of several processes over one port. It listens to clients of the port only; the first process
// answers operators.
import { type GatewayOptions, startGateway } from "../gateway.js";
import { isOrder, type Report } from "./messages.js";

/** Resolves to the exit code once the worker has stopped. */
export async function runWorker(options: GatewayOptions, stopped: Promise<void>): Promise<number> {
  const tell = (report: Report) => void process.send?.(report);
  try {
    const gateway = await startGateway({ ...options, overrides: { ...options.overrides, admin: "off" } });
    process.on("message", (message) => {
      if (!isOrder(message)) return;
      if (message.order === "reload") void gateway.reload();
      else
        void Promise.all([gateway.toMetrics(), gateway.readiness()]).then(
          ([metrics, readiness]) =>
            tell({ report: "state", id: message.id, metrics, readiness, published: gateway.toPublished() }),
          // Without an answer the first process counts this one as missing.
          () => undefined,
        );
    });
    tell({ report: "listening", address: gateway.address });
    // Without the first process there is no one left to end this one.
    await Promise.race([stopped, new Promise<void>((resolve) => process.once("disconnect", resolve))]);
    await gateway.close();
    return 0;
  } catch (error) {
    tell({ report: "failed", problem: error instanceof Error ? error.message : "The worker failed" });
    return 2;
  } finally {
    if (process.connected) process.disconnect();
  }
}
