// Answers about opaque tokens in Redis, sealed with keys derived from the tokens (RFC 7662 §4).
import { ConfigError } from "../errors.js";
import type { IntrospectionResponse, IntrospectionStore, SharedAnswer, SharedQuestion } from "../index.js";
import { backOffSeconds } from "../platform/back-off.js";
import { readSafely } from "../platform/runtime.js";
import { isObject, member } from "../token/json.js";
import type { RedisClient } from "./client.js";
import { createRedisCommands, type RedisCommandOptions, type RedisCommands } from "./commands.js";
import { createSeal, readSealed, type Seal, seal } from "./sealed.js";

/** Options of `createRedisIntrospectionStore`. */
export interface RedisIntrospectionOptions extends RedisCommandOptions {
  /**
   * Default `gatewarden:introspection:`. APIs that ask as different clients need one each: the
   * server may answer them differently (RFC 7662 §2.2).
   */
  readonly prefix?: string;
  /**
   * At least 32 bytes, the same in all processes. With it, only they can write answers. Without it,
   * a client with a token and write access to Redis could forge the answer about its own token.
   */
  readonly secret?: string | Uint8Array;
}

/** Longer answers are not shared. */
const maxLength = 65_536;
/** Longest pause after failures of Redis, in seconds. */
const longestPause = 30;

/** How long it stays, in milliseconds, and the value: one text, which every client leaves alone. */
const find = `
local value = redis.call('GET', KEYS[1])
return value and redis.call('PTTL', KEYS[1]) .. ' ' .. value
`;

/**
 * A store for the option `introspection.store`. Redis holds neither tokens nor readable answers:
 * each is sealed with a key that is derived from its token. While Redis fails, the server is asked
 * as without a store. Throws `ConfigError` for an invalid client or option; sends nothing before
 * the first token.
 */
export function createRedisIntrospectionStore(
  client: RedisClient,
  options: RedisIntrospectionOptions = {},
): IntrospectionStore {
  const { prefix = "gatewarden:introspection:", timeout = 1 } = options;
  const secret = requireSecret(options.secret);
  return new SealedAnswers(createRedisCommands(client, { prefix, timeout }), secret);
}

function requireSecret(option: unknown): Uint8Array | undefined {
  const bytes = typeof option === "string" ? new TextEncoder().encode(option) : option;
  if (bytes === undefined || (bytes instanceof Uint8Array && bytes.length >= 32)) return bytes;
  // The secret itself is never part of a message.
  throw new ConfigError({
    option: "secret",
    problem: "must be at least 32 bytes",
    example: "secret: process.env.INTROSPECTION_SECRET",
  });
}

class SealedAnswers implements IntrospectionStore {
  readonly #commands: RedisCommands;
  readonly #secret: Uint8Array | undefined;
  #failures = 0;
  #pausedUntil: number = Number.NEGATIVE_INFINITY;

  constructor(commands: RedisCommands, secret: Uint8Array | undefined) {
    this.#commands = commands;
    this.#secret = secret;
  }

  async load(question: SharedQuestion): Promise<SharedAnswer | undefined> {
    if (this.#isPaused()) return undefined;
    const own = await createSeal({ ...question, secret: this.#secret });
    const key = this.#commands.prefix + own.name;
    const answer = await this.#send(key, ["EVAL", find, "1", key]);
    const [leftMs = "", value = ""] = typeof answer === "string" ? answer.split(" ") : [];
    return readAnswer(value, own, Number(leftMs) / 1000);
  }

  async save(question: SharedQuestion, response: IntrospectionResponse, lifetime: number): Promise<void> {
    const lifetimeMs = Math.floor(lifetime * 1000);
    if (this.#isPaused() || !(lifetimeMs > 0)) return;
    const text = JSON.stringify({ response, lifetime, at: Date.now() / 1000 });
    if (text.length > maxLength) return;
    const own = await createSeal({ ...question, secret: this.#secret });
    const key = this.#commands.prefix + own.name;
    await this.#send(key, ["SET", key, await seal(text, own), "PX", lifetimeMs.toFixed()]);
  }

  /** A Redis that is down must not delay every token by the time limit. */
  #isPaused(): boolean {
    return performance.now() / 1000 < this.#pausedUntil;
  }

  async #send(key: string, args: string[]): Promise<unknown> {
    try {
      const answer = await this.#commands.send(key, args);
      this.#failures = 0;
      return answer;
    } catch (error) {
      if (!this.#isPaused()) {
        this.#pausedUntil = performance.now() / 1000 + backOffSeconds(++this.#failures, longestPause);
      }
      throw error;
    }
  }
}

/**
 * Undefined for anything malformed. The age is the larger of two: by what is left of the lifetime,
 * which clocks that differ cannot change, and by the time inside the seal, which those who can only
 * write to Redis cannot change.
 */
async function readAnswer(value: string, own: Seal, left: number): Promise<SharedAnswer | undefined> {
  const text = await readSealed(value, own);
  if (text === undefined) return undefined;
  const sealed = readSafely<unknown>(() => JSON.parse(text));
  if (!isObject(sealed)) return undefined;
  const [response, lifetime, at] = [member(sealed, "response"), member(sealed, "lifetime"), member(sealed, "at")];
  if (!isObject(response) || typeof lifetime !== "number" || typeof at !== "number" || !(left > 0)) return undefined;
  const age = Math.max(0, lifetime - left, Date.now() / 1000 - at);
  return { response: response as IntrospectionResponse, age };
}
