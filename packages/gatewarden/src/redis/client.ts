// The user's own Redis client, taken by its shape: node-redis (single, pool, cluster, sentinel) or
// ioredis (single, cluster). No client is imported.
import { ConfigError } from "../errors.js";

/** node-redis: `createClient`, `createClientPool`. */
export interface NodeRedisClient {
  sendCommand(args: string[]): Promise<unknown>;
}

/** node-redis: `createCluster`. The first key decides which node is asked. */
export interface NodeRedisCluster {
  sendCommand(firstKey: string | undefined, isReadonly: boolean | undefined, args: string[]): Promise<unknown>;
  getSlotRandomNode(slot: number): unknown;
}

/** node-redis: `createSentinel`. */
export interface NodeRedisSentinel {
  sendCommand(isReadonly: boolean | undefined, args: string[]): Promise<unknown>;
  getSentinelNode(): unknown;
}

/** ioredis: `Redis`, also through Sentinel, and `Cluster`. */
export interface IoRedisClient {
  call(command: string, args: string[]): Promise<unknown>;
}

/** A connected client of `redis` 5 or later, or of `ioredis` 5 or later. */
export type RedisClient = NodeRedisClient | NodeRedisCluster | NodeRedisSentinel | IoRedisClient;

/**
 * Sends one command to the primary that holds the key. May throw or reject with anything that the
 * client throws or rejects with.
 */
export type RedisCall = (key: string, args: string[]) => Promise<unknown>;

/**
 * How commands are sent with this client. Throws `ConfigError` for a value that is no client of a
 * known shape. Sends nothing.
 */
export function createRedisCall(client: RedisClient): RedisCall {
  const call = findCall(client);
  if (call) return call;
  throw new ConfigError({
    option: "client",
    problem: "must be a client of `redis` or of `ioredis`",
    example: "createRedisReplayStore(await createClient({ url }).connect())",
  });
}

/** Reading a member may run a getter that throws. */
function findCall(client: RedisClient): RedisCall | undefined {
  try {
    if (hasMethod<IoRedisClient>(client, "call")) {
      return (_key, [command = "", ...args]) => client.call(command, args);
    }
    if (!hasMethod<NodeRedisClient>(client, "sendCommand")) return undefined;
    if (hasMethod<NodeRedisCluster>(client, "getSlotRandomNode")) {
      return (key, args) => client.sendCommand(key, false, args);
    }
    if (hasMethod<NodeRedisSentinel>(client, "getSentinelNode")) return (_key, args) => client.sendCommand(false, args);
    return (_key, args) => client.sendCommand(args);
  } catch {
    return undefined;
  }
}

function hasMethod<Client>(client: unknown, name: keyof Client & string): client is Client {
  const isObject = typeof client === "object" && client !== null;
  return isObject && typeof (client as Readonly<Record<string, unknown>>)[name] === "function";
}
