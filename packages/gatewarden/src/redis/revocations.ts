// The revocations of a fleet over Redis.
import { createReplica, type ReplicaOptions, type RevocationReplica } from "../revocation/replica/replica.js";
import type { RedisClient } from "./client.js";
import type { RedisCommandOptions } from "./commands.js";
import { createRedisRevocationLog } from "./revocation-log.js";

/** Options of `createRedisRevocations`. Times in seconds. */
export interface RedisRevocationOptions extends RedisCommandOptions, ReplicaOptions {
  /** Default `gatewarden:revocations`. All keys are in one slot of a cluster. */
  readonly prefix?: string;
  /** Seconds for which an answer is awaited, from 0.01 to 60. Default 5. */
  readonly timeout?: number;
}

/**
 * A deny list that all processes of a fleet share: each has all of it in its own memory, and
 * follows a log in Redis. A check asks nothing and never waits. Reads on a connection of its own,
 * which it makes with `client.duplicate()`. Begins at once; `close()` ends it, and leaves the
 * client open. Redis 6.2 or later. Throws `ConfigError`.
 */
export function createRedisRevocations(client: RedisClient, options: RedisRevocationOptions = {}): RevocationReplica {
  const { prefix = "gatewarden:revocations", timeout = 5, ...replica } = options;
  return createReplica(createRedisRevocationLog(client, { prefix, timeout }), replica);
}
