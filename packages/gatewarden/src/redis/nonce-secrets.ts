// Secrets of DPoP nonces that a fleet agrees on through Redis and that change by themselves
// (RFC 9449 §8). Requests read them from memory.
import type { NonceSecrets } from "../index.js";
import { DependencyError } from "../monitoring/dependency.js";
import { backOffSeconds } from "../platform/back-off.js";
import { readBase64url, toBase64url } from "../token/base64url.js";
import type { RedisClient } from "./client.js";
import { createRedisCommands, type RedisCommandOptions, type RedisCommands, requireDuration } from "./commands.js";

/** Options of `createRedisNonceSecrets`. */
export interface RedisNonceOptions extends RedisCommandOptions {
  /** Default `gatewarden:nonce:`. */
  readonly prefix?: string;
  /** Seconds after which a new secret is used, from 3600 to 2,592,000. Default 86,400: a day. */
  readonly interval?: number;
}

/** Secrets for the option `dpop.nonce.secret`. */
export interface RedisNonceSecrets extends NonceSecrets {
  /**
   * Resolves once the secrets are known. Await it before the first request: until then, this
   * process has nonces of its own, which costs clients of a fleet a round trip each. Rejects with
   * `DependencyError` while Redis does not answer.
   */
  ready(): Promise<void>;
}

/** Seconds after which the secrets are read again: Redis may have lost them meanwhile. */
const validFor = 30;
const secretBytes = 32;

/** The first process decides. A secret is kept until no nonce of its time can be valid. */
const agree = `
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
return redis.call('GET', KEYS[1])
`;

/**
 * Secrets of nonces, one per interval of the wall clock, made by the process that needs one first.
 * The next one is read an interval ahead. No request waits for Redis: secrets are read beside the
 * requests. While Redis is down, those that are known go on, and beyond them the last known one.
 * Throws `ConfigError` for an invalid client or option; sends nothing before the first request or
 * `ready()`.
 */
export function createRedisNonceSecrets(client: RedisClient, options: RedisNonceOptions = {}): RedisNonceSecrets {
  const { prefix = "gatewarden:nonce:", timeout = 1, interval = 86_400 } = options;
  const range = [3600, 2_592_000] as const;
  const seconds = requireDuration("interval", interval, { range, example: "interval: 86_400" });
  return new SharedSecrets(createRedisCommands(client, { prefix, timeout }), seconds);
}

class SharedSecrets implements RedisNonceSecrets {
  readonly #commands: RedisCommands;
  readonly #interval: number;
  /** By the number of the interval. */
  readonly #known = new Map<number, Uint8Array>();
  #loading: Promise<void> | undefined;
  #failures = 0;
  #nextAt: number = Number.NEGATIVE_INFINITY;

  constructor(commands: RedisCommands, interval: number) {
    this.#commands = commands;
    this.#interval = interval;
  }

  secretAt(time: number): Uint8Array | undefined {
    const number = Math.floor(time / this.#interval);
    if (!Number.isSafeInteger(number)) return undefined;
    if (performance.now() / 1000 >= this.#nextAt) this.#load(number).catch(() => undefined);
    return this.#known.get(number) ?? this.#lastBefore(number);
  }

  ready(): Promise<void> {
    return this.#load(Math.floor(Date.now() / 1000 / this.#interval));
  }

  #lastBefore(number: number): Uint8Array | undefined {
    let last = Number.NEGATIVE_INFINITY;
    for (const one of this.#known.keys()) if (one < number && one > last) last = one;
    return this.#known.get(last);
  }

  #load(number: number): Promise<void> {
    this.#loading ??= this.#loadAll(number).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /** The secret of now, the one before, whose nonces may still be valid, and the next one. */
  async #loadAll(number: number): Promise<void> {
    try {
      await Promise.all([number, number - 1, number + 1].map((one) => this.#loadOne(one)));
      this.#failures = 0;
      this.#nextAt = performance.now() / 1000 + validFor;
      for (const one of this.#known.keys()) if (one < number - 1) this.#known.delete(one);
    } catch (error) {
      this.#nextAt = performance.now() / 1000 + backOffSeconds(++this.#failures, validFor);
      throw error;
    }
  }

  /**
   * A Redis that has lost its data gets the secret that is known here. Where two processes know
   * different ones, what Redis holds wins.
   */
  async #loadOne(number: number): Promise<void> {
    const known = this.#known.get(number);
    const proposal = toBase64url(known ?? crypto.getRandomValues(new Uint8Array(secretBytes)));
    const key = `${this.#commands.prefix}${number}`;
    const keptMs = (this.#interval * 4 * 1000).toFixed();
    const answer = await this.#commands.send(key, ["EVAL", agree, "1", key, proposal, keptMs]);
    const agreed = typeof answer === "string" ? readBase64url(answer) : undefined;
    if (agreed?.length !== secretBytes) throw new DependencyError("Redis holds no secret where one belongs");
    if (answer !== proposal || known === undefined) this.#known.set(number, agreed);
  }
}
