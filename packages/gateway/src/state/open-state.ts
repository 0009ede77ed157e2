// Opens what the guards of this process share, as the settings say.
import type { RedisSettings } from "./redis-settings.js";
import { createMemoryState, type SharedState } from "./shared-state.js";

/** What decides. */
export interface StateSettings {
  readonly redis: RedisSettings | undefined;
  /** Where providers report that access ends; undefined where they do not. */
  readonly events: object | undefined;
}

/** Throws `TypeError` where a client is missing. `report` hears of outages. */
export async function openState(
  { redis, events }: StateSettings,
  report: (event: string, details: object) => void,
): Promise<SharedState> {
  if (redis === undefined) return createMemoryState({ canRevoke: events !== undefined });
  const { openRedisState } = await import("./redis-state.js");
  return openRedisState(redis, report);
}
