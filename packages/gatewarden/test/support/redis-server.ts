// A real Redis server on a free port, with its data in a folder of its own.
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pickPort } from "../../../../scripts/lib/ports.mjs";
import { startChild, stopChild } from "../../../../scripts/lib/processes.mjs";
import { findProgram } from "../../../../scripts/lib/programs.mjs";

/** A running server. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Ends it as a crash does: without saving. */
  kill(): Promise<void>;
  /** Starts it again on its port; what it had saved is there again. */
  start(): Promise<void>;
  /** Sends one command; the answer is as it came over the wire (RESP 2), at least its first line. */
  send(...command: readonly string[]): Promise<string>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** Starts one. `options` are pairs of its configuration, such as `["appendonly", "yes"]`. */
export async function startRedis(options: readonly (readonly [string, string])[] = []): Promise<RedisServer> {
  const program = findProgram("redis-server");
  if (program === undefined) throw new Error("There is no redis-server; install it, or set REDIS_SERVER_PATH");
  const folder = await mkdtemp(join(tmpdir(), "gatewarden-redis-"));
  const port = await pickPort(0, "127.0.0.1");
  const fixed = [["port", String(port)], ["bind", "127.0.0.1"], ["dir", folder], ["save", ""], ...options];
  const args = fixed.flatMap(([name, value]) => [`--${name}`, String(value)]);
  let child: ReturnType<typeof startChild> | undefined;
  const start = async () => {
    child = startChild(program, args, { stdio: "ignore" });
    while (!(await answersPing(port))) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with exit code ${child.exitCode}`);
      await delay(10);
    }
  };
  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child?.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  };
  const close = async () => {
    if (child) await stopChild(child);
    await rm(folder, { recursive: true, force: true });
  };
  await start();
  const send = (...command: readonly string[]) => sendCommand(port, command);
  return { port, url: `redis://127.0.0.1:${port}`, kill, start, send, close };
}

/** Sends one command on a connection of its own. Rejects on an error of Redis. */
function sendCommand(port: number, command: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(
        `*${command.length}\r\n${command.map((one) => `$${Buffer.byteLength(one)}\r\n${one}\r\n`).join("")}`,
      );
    });
    socket.once("data", (answer) => {
      socket.destroy();
      const text = answer.toString();
      if (text.startsWith("-")) reject(new Error(`${command[0]}: ${text.trim()}`));
      else resolve(text);
    });
    socket.once("error", reject);
  });
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.once("data", (answer) => {
      socket.destroy();
      resolve(answer.toString().startsWith("+PONG"));
    });
    socket.once("error", () => resolve(false));
  });
}
