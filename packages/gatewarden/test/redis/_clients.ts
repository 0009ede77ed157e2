// Both clients over one server, as an application would create them.
import { Redis } from "ioredis";
import { createClient } from "redis";
import type { RedisClient } from "../../src/redis/redis.js";

/** A connected client, and how to end it. */
export interface Connected {
  readonly client: RedisClient;
  close(): void;
}

const ignore = () => undefined;

/** By the name of the package. */
export const connectors: Readonly<Record<"redis" | "ioredis", (port: number) => Promise<Connected>>> = {
  async redis(port) {
    const client = createClient({ socket: { host: "127.0.0.1", port, reconnectStrategy: 20 } });
    client.on("error", ignore);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  async ioredis(port) {
    const client = new Redis({ host: "127.0.0.1", port, retryStrategy: () => 20 });
    client.on("error", ignore);
    return { client, close: () => client.disconnect() };
  },
};

/** For `describe.each`. */
export const clientNames = ["redis", "ioredis"] as const;

/** What the server itself answers to a command, over a connection of its own. */
export async function ask(port: number, command: string, ...args: readonly string[]): Promise<unknown> {
  const client = new Redis({ host: "127.0.0.1", port, retryStrategy: () => 20 });
  client.on("error", ignore);
  try {
    return await client.call(command, [...args]);
  } finally {
    client.disconnect();
  }
}
