// Closes the tenant's port for a while when a fault requires it.
import type { Server } from "node:http";
import type { Fault } from "../faults/fault.js";
import { listen } from "./listen.js";
import type { Handler } from "./pipeline.js";

export interface PortFault {
  /**
   * Closes the port for the fault's duration. With undefined it opens the port again, and rejects
   * when another process has taken it.
   */
  readonly apply: (fault: Fault | undefined) => Promise<void>;
  /** The first of all handlers: an existing connection serves no more requests. */
  readonly handler: Handler;
  /** The tenant is closing: the port stays as it is. */
  readonly dispose: () => void;
}

export interface PortFaultOptions {
  readonly host: string;
  readonly port: number;
  /** Called when the fault's duration is over. */
  readonly onOver: () => void;
}

export function createPortFault(server: Server, { host, port, onOver }: PortFaultOptions): PortFault {
  let timer: NodeJS.Timeout | undefined;
  let isDisposed = false;
  return {
    apply: async (fault) => {
      clearTimeout(timer);
      if (isDisposed) return;
      if (fault === undefined) {
        await listen(server, { host, port });
        return;
      }
      server.close();
      timer = setTimeout(onOver, (fault.seconds ?? 0) * 1000);
    },
    handler: async ({ request }, next) => {
      if (server.listening) return next();
      request.socket.destroy();
    },
    dispose: () => {
      clearTimeout(timer);
      isDisposed = true;
    },
  };
}
