// Commands with a time limit, a bound on how many wait, and errors that quote nothing of what was
// sent.
import { ConfigError } from "../errors.js";
import { DependencyError } from "../monitoring/dependency.js";
import { createRedisCall, type RedisClient } from "./client.js";

/** Options of everything that talks to Redis. */
export interface RedisCommandOptions {
  /**
   * What all keys begin with. Fleets that share a Redis but no secrets need one each. Hash tags are
   * not needed: what one command touches is one key.
   */
  readonly prefix?: string;
  /** Seconds for which an answer is awaited, from 0.01 to 60. Default 1. */
  readonly timeout?: number;
}

/** Sends commands. */
export interface RedisCommands {
  readonly prefix: string;
  /** Rejects with `DependencyError`, whatever went wrong. */
  send(key: string, args: string[]): Promise<unknown>;
}

/**
 * How many commands may wait for an answer. Clients queue without a bound while the connection is
 * down (CWE-770), also those that are no longer awaited here.
 */
const maxWaiting = 10_000;
const example = "timeout: 1";

/** Throws `ConfigError` for an invalid client or option. */
export function createRedisCommands(
  client: RedisClient,
  { prefix, timeout }: Required<RedisCommandOptions>,
): RedisCommands {
  const call = createRedisCall(client);
  if (typeof prefix !== "string") {
    throw new ConfigError({ option: "prefix", problem: "must be a string", example: 'prefix: "orders:"' });
  }
  const limitMs = requireDuration("timeout", timeout, { range: [0.01, 60], example }) * 1000;
  let waiting = 0;
  return {
    prefix,
    send(key, args) {
      if (waiting >= maxWaiting) return Promise.reject(new DependencyError("Too many commands wait for Redis"));
      waiting++;
      const answer = begin(call, key, args).finally(() => {
        waiting--;
      });
      return withLimit(answer, limitMs);
    },
  };
}

/** A number of seconds within its range. Throws `ConfigError`. */
export function requireDuration(
  option: string,
  value: unknown,
  { range: [least, most], example }: { readonly range: readonly [number, number]; readonly example: string },
): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  const problem = `must be a number of seconds from ${least} to ${most}`;
  throw new ConfigError({ option, problem, example });
}

async function begin(call: ReturnType<typeof createRedisCall>, key: string, args: string[]): Promise<unknown> {
  try {
    const answer = await call(key, args);
    // Clients can be told to leave texts as bytes.
    return answer instanceof Uint8Array ? new TextDecoder().decode(answer) : answer;
  } catch (error) {
    throw new RedisFailure(error);
  }
}

function withLimit(answer: Promise<unknown>, limitMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new DependencyError(`Redis did not answer within ${limitMs / 1000} s`));
    }, limitMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** A command that failed. `code` is Redis's own, and undefined where there was no answer. */
export class RedisFailure extends DependencyError {
  readonly code: string | undefined;

  constructor(error: unknown) {
    const code = readCode(error);
    super(code === undefined ? "Redis cannot be reached" : `Redis answered ${code}`, { cause: error });
    this.code = code;
  }
}

/**
 * An error of Redis begins with its code, such as `READONLY`. The rest may quote keys and scripts.
 */
function readCode(error: unknown): string | undefined {
  try {
    const message: unknown = (error as { readonly message?: unknown }).message;
    return typeof message === "string" ? /^[A-Z]{2,20}(?=\s)/.exec(message)?.[0] : undefined;
  } catch {
    return undefined;
  }
}
