// The section `redis` → how Redis is reached.
import type { RedisData } from "../rules/schema.js";

/** A checked section. */
export interface RedisSettings extends Omit<RedisData, "url" | "prefix"> {
  readonly url: string;
  readonly prefix: string;
}

/**
 * The URL of the section, or of the environment variable `REDIS_URL`. Throws `TypeError`; its
 * message quotes no URL, which may contain a password.
 */
export function requireRedis(
  data: RedisData | undefined,
  env: Readonly<Record<string, string | undefined>>,
): RedisSettings | undefined {
  if (data === undefined) return undefined;
  const { url, prefix = "gatewarden:", ...others } = data;
  if (url !== undefined && (parseRedisUrl(url)?.password ?? "") !== "")
    throw new TypeError(
      '"redis.url" has a password, which does not belong in a file: set the environment variable REDIS_URL',
    );
  // Compose and CI systems write `REDIS_URL=` for what is not set.
  const chosen = url ?? (env["REDIS_URL"] || undefined);
  if (chosen === undefined)
    throw new TypeError('"redis" needs "url", or the environment variable REDIS_URL, such as redis://127.0.0.1:6379');
  if (parseRedisUrl(chosen) === undefined)
    throw new TypeError(
      `${url === undefined ? "REDIS_URL" : '"redis.url"'} must be a URL such as redis://127.0.0.1:6379, or rediss://… for TLS`,
    );
  return { ...others, url: chosen, prefix };
}

function parseRedisUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^rediss?:$/.test(url.protocol) && url.hostname !== "" ? url : undefined;
}
