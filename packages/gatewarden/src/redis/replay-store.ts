// Used DPoP proofs in Redis: one atomic insert per proof, shared by all processes of a fleet
// (RFC 9449 §11.1).
import type { ReplayStore } from "../index.js";
import { DependencyError } from "../monitoring/dependency.js";
import type { RedisClient } from "./client.js";
import { createRedisCommands, type RedisCommandOptions, requireDuration } from "./commands.js";
import { createEvictionCheck } from "./eviction.js";

/** Options of `createRedisReplayStore`. */
export interface RedisReplayOptions extends RedisCommandOptions {
  /** Default `gatewarden:proof:`. */
  readonly prefix?: string;
  /**
   * Seconds by which Redis's clock may be ahead of this process's, and by which clocks of Redis
   * servers may differ that take over from each other. Each proof is kept for so much longer.
   * Default 60, from 0 to 3600.
   */
  readonly clockMargin?: number;
  /**
   * Whether to go on where Redis may evict ids before they expire: `maxmemory` is set, and
   * `maxmemory-policy` is not `noeviction`. An evicted proof can be sent again. Default false:
   * requests with a proof are refused with 503.
   */
  readonly allowEviction?: boolean;
}

/**
 * Inserts an id that is new. Redis's own clock decides when an id ends, and nothing is inserted
 * after that: an id that has been forgotten is never new again, however the clocks of the processes
 * differ. A client that sends the command again after a broken connection gets the same answer, as
 * the value names the call.
 */
const insert = `
local time = redis.call('TIME')
if tonumber(ARGV[2]) <= time[1] * 1000 + time[2] / 1000 then return 'late' end
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PXAT', ARGV[2]) then return 'new' end
if redis.call('GET', KEYS[1]) == ARGV[1] then return 'new' end
return 'used'
`;

/**
 * A store of used proofs for `dpop.replay` that all processes share. Redis 6.2 or later; its
 * primary decides. Whatever Redis cannot answer is refused with `replay_store_unavailable` (503).
 * Keys hold a SHA-256 of the client's key and `jti`, no token and no claim. Throws `ConfigError`
 * for an invalid client or option; sends nothing before the first proof.
 */
export function createRedisReplayStore(client: RedisClient, options: RedisReplayOptions = {}): ReplayStore {
  const { prefix = "gatewarden:proof:", timeout = 1, clockMargin = 60, allowEviction = false } = options;
  const commands = createRedisCommands(client, { prefix, timeout });
  const margin = requireDuration("clockMargin", clockMargin, { range: [0, 3600], example: "clockMargin: 60" });
  const refuseEviction = allowEviction ? undefined : createEvictionCheck(commands);
  const nextCall = createCallNames();
  return {
    async add(id, expiresAt) {
      const key = prefix + id;
      // Both are sent at once: the first check costs no round trip of its own.
      const safe = refuseEviction?.(key);
      const endsAt = Math.ceil((expiresAt + margin) * 1000);
      const answer = commands.send(key, ["EVAL", insert, "1", key, nextCall(), endsAt.toFixed()]);
      const [inserted] = await Promise.all([answer, safe]);
      return isNew(inserted, margin);
    },
  };
}

function isNew(answer: unknown, margin: number): boolean {
  if (answer === "new") return true;
  if (answer === "used") return false;
  if (answer !== "late") throw new DependencyError("Redis gave an answer that is not one of the script's");
  throw new DependencyError(`The clock of Redis is ahead of this process's by more than ${margin} s`);
}

/** Names that no other call of any process has. */
function createCallNames(): () => string {
  let start: string | undefined;
  let count = 0;
  return () => {
    // Not at creation, where Workers have no randomness yet.
    start ??= crypto.randomUUID();
    count++;
    return `${start}.${count}`;
  };
}
