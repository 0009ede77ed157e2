// `gatewarden/redis`: state that the processes of a fleet share, over the user's own Redis client.
// Neither `redis` nor `ioredis` must be installed for the types.

export type { ReplicaOptions, RevocationReplica } from "../revocation/replica/replica.js";
export type {
  IoRedisClient,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSentinel,
  RedisClient,
} from "./client.js";
export type { RedisCommandOptions } from "./commands.js";
export { createRedisIntrospectionStore, type RedisIntrospectionOptions } from "./introspection-store.js";
export { createRedisNonceSecrets, type RedisNonceOptions, type RedisNonceSecrets } from "./nonce-secrets.js";
export { createRedisReplayStore, type RedisReplayOptions } from "./replay-store.js";
export { createRedisRevocations, type RedisRevocationOptions } from "./revocations.js";
