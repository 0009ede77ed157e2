// A real NATS server with JetStream on a free port, with its data in a folder of its own.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pickPort } from "../../../../scripts/lib/ports.mjs";
import { startChild, stopChild } from "../../../../scripts/lib/processes.mjs";
import { findProgram } from "../../../../scripts/lib/programs.mjs";

/** A running server. */
export interface NatsServer {
  readonly url: string;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on its port; what it had stored is there again. */
  start(): Promise<void>;
  /** Removes what it has stored. Not while it runs. */
  loseData(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** Tries again on another port: a connection of another test may have taken the one that was free. */
export async function startNats(tries = 3): Promise<NatsServer> {
  const program = findProgram("nats-server");
  if (program === undefined) throw new Error("There is no nats-server; install it, or set NATS_SERVER_PATH");
  const folder = await mkdtemp(join(tmpdir(), "gatewarden-nats-"));
  const port = await pickPort(0, "127.0.0.1");
  const store = join(folder, "jetstream");
  let child: ReturnType<typeof startChild> | undefined;
  const start = async () => {
    const args = ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", store];
    child = startChild(program, args, { stdio: "ignore" });
    while (!(await greets(port))) {
      if (child.exitCode !== null) throw new Error(`nats-server ended with exit code ${child.exitCode}`);
      await delay(10);
    }
  };
  try {
    await start();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (tries > 1) return startNats(tries - 1);
    throw error;
  }
  return {
    url: `nats://127.0.0.1:${port}`,
    start,
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
    loseData: () => rm(store, { recursive: true, force: true }),
    async close() {
      if (child) await stopChild(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A server says INFO at once, and has JetStream by then. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", (greeting) => {
      socket.destroy();
      resolve(greeting.includes('"jetstream":true'));
    });
    socket.once("error", () => resolve(false));
  });
}
