// State that all gateways of a fleet share, over Redis. Loaded only where the rules file has the
// section `redis`, since the client is an optional peer.
import { createRedisNonceSecrets, createRedisReplayStore, createRedisRevocations } from "gatewarden/redis";
import type { RedisSettings } from "./redis-settings.js";
import type { SharedState } from "./shared-state.js";

/** Hears what operators should know. */
export type Report = (event: string, details: object) => void;

const connectTimeout = 2000;
/** Longest pause between two tries to connect, in milliseconds. */
const longestPause = 1000;

/**
 * Connects, and waits for the first answer or the first failure, two seconds at most. While Redis
 * is down the gateway starts all the same: the deny list says in `health()` whether requests are
 * decided.
 */
export async function openRedisState(settings: RedisSettings, report: Report): Promise<SharedState> {
  const { url, prefix, ...replica } = settings;
  const { createClient } = await loadClient();
  const client = createClient({
    url,
    // A command that waits for a connection would keep a provider or a client waiting.
    disableOfflineQueue: true,
    socket: { connectTimeout, reconnectStrategy: toPause },
  });
  reportOutages(client, report);
  await new Promise<unknown>((resolve) => {
    // A server may accept the connection and say nothing.
    setTimeout(resolve, connectTimeout).unref();
    client.once("ready", resolve);
    client.once("error", resolve);
    client.connect().catch(resolve);
  });
  const revocations = createRedisRevocations(client, { prefix: `${prefix}revocations`, ...toReplicaOptions(replica) });
  const nonceSecrets = createRedisNonceSecrets(client, { prefix: `${prefix}nonce:` });
  // Until they are known, nonces of other gateways cost a round trip more.
  nonceSecrets.ready().catch(() => undefined);
  return {
    replay: createRedisReplayStore(client, { prefix: `${prefix}proof:` }),
    nonceSecrets,
    revocations,
    close: async () => {
      await revocations.close();
      client.destroy();
    },
  };
}

async function loadClient(): Promise<typeof import("redis")> {
  try {
    return await import("redis");
  } catch (cause) {
    throw new TypeError('The section "redis" needs the package redis: npm install redis', { cause });
  }
}

/** Doubles from 50 ms, with a share by chance, so that a fleet does not come back at one moment. */
function toPause(retries: number): number {
  return Math.min(50 * 2 ** Math.min(retries, 10), longestPause) * (0.75 + Math.random() / 4);
}

function toReplicaOptions({ beforeJoin, maxLag, foundingTime }: Omit<RedisSettings, "url" | "prefix">) {
  return {
    ...(beforeJoin !== undefined && { beforeJoin }),
    ...(maxLag !== undefined && { maxLag }),
    ...(foundingTime !== undefined && { foundingTime }),
  };
}

interface Watched {
  on(event: "error" | "ready", listener: (error?: unknown) => void): unknown;
}

/** A line when Redis fails, and one when it is back: not one per try. */
function reportOutages(client: Watched, report: Report): void {
  let isDown = false;
  client.on("error", (error) => {
    if (!isDown) report("redis_failed", { problem: toProblem(error) });
    isDown = true;
  });
  client.on("ready", () => {
    if (isDown) report("redis_back", {});
    isDown = false;
  });
}

function toProblem(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code } = error as NodeJS.ErrnoException;
  return (error.message || code || error.name).slice(0, 200);
}
