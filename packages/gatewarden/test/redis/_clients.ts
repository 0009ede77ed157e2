// Both clients over one server, as an application would create them.
import { Cluster, Redis } from "ioredis";
import { createClient, createCluster } from "redis";
import type { RedisClient } from "../../src/redis/redis.js";

/** A connected client, and how to end it. */
export interface Connected {
  readonly client: RedisClient;
  close(): void;
}

const host = "127.0.0.1";
const ignore = () => undefined;
const retryStrategy = () => 20;
/** Milliseconds. The limit of node-redis is 5 s, which a busy machine can reach. */
const commandOptions = { timeout: 60_000 };

/** For `describe.each`. */
export const clientNames = ["redis", "ioredis"] as const;

type Connectors<Target> = Readonly<Record<(typeof clientNames)[number], (target: Target) => Promise<Connected>>>;

/** By the name of the package. */
export const connectors: Connectors<number> = {
  async redis(port) {
    const client = createClient({ socket: { host, port, reconnectStrategy: 20 }, commandOptions });
    client.on("error", ignore);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  async ioredis(port) {
    const client = new Redis({ host, port, retryStrategy });
    client.on("error", ignore);
    return { client, close: () => client.disconnect() };
  },
};

/** As `connectors`, for a cluster. */
export const clusterConnectors: Connectors<readonly number[]> = {
  async redis(ports) {
    const rootNodes = ports.map((port) => ({ socket: { host, port } }));
    const client = createCluster({ rootNodes, defaults: { socket: { reconnectStrategy: 20 } }, commandOptions });
    client.on("error", ignore);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  async ioredis(ports) {
    const nodes = ports.map((port) => ({ host, port }));
    const client = new Cluster(nodes, { clusterRetryStrategy: retryStrategy });
    client.on("error", ignore);
    return { client, close: () => client.disconnect() };
  },
};

/** What the server itself answers to a command, over a connection of its own. */
export async function ask(port: number, command: string, ...args: readonly string[]): Promise<unknown> {
  const client = new Redis({ host, port, retryStrategy });
  client.on("error", ignore);
  try {
    return await client.call(command, [...args]);
  } finally {
    client.disconnect();
  }
}
