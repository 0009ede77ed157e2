// Whether Redis may drop ids before they expire, to make room for others (CWE-636).
import { DependencyError } from "../monitoring/dependency.js";
import { createMonotonicClock } from "../platform/monotonic-clock.js";
import { warn } from "../platform/runtime.js";
import { type RedisCommands, RedisFailure } from "./commands.js";

/** Seconds after which the configuration is read again: it can change while Redis runs. */
const validFor = 60;

/** In a script, so that in a cluster the node that holds the key answers. */
const readPolicy = `
local memory = redis.call('INFO', 'memory')
return (memory:match('maxmemory:(%d+)') or '') .. ' ' .. (memory:match('maxmemory_policy:([%w-]+)') or '')
`;

/**
 * Creates a check that rejects with `DependencyError` while the node of the key may evict. Where
 * Redis does not say (a user without `INFO`, a service that hides it), it warns once and passes.
 * Only the first request waits; later reads happen beside the requests.
 */
export function createEvictionCheck(commands: RedisCommands): (key: string) => Promise<void> | undefined {
  const clock = createMonotonicClock(() => Date.now() / 1000);
  let problem: DependencyError | undefined;
  let isKnown = false;
  let nextAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;
  const refuse = () => problem && Promise.reject(problem);
  const load = async (key: string) => {
    try {
      const policy = readEvictionPolicy(await commands.send(key, ["EVAL", readPolicy, "1", key]));
      if (policy === undefined) warnOfUnknown();
      problem = policy ? new DependencyError(`Redis may evict used proofs: ${policy}`) : undefined;
    } catch (error) {
      // Without an answer nothing is known.
      if (!(error instanceof RedisFailure && isForbidden(error))) throw error;
      warnOfUnknown();
    }
    isKnown = true;
    nextAt = clock.at() + validFor;
  };
  return (key) => {
    if (loading === undefined && clock.at() >= nextAt) {
      loading = load(key).finally(() => {
        loading = undefined;
      });
      // Where the policy is known already, no request waits for this.
      loading.catch(() => undefined);
    }
    return isKnown ? refuse() : loading?.then(refuse);
  };
}

function isForbidden({ code }: RedisFailure): boolean {
  return code === "NOPERM" || code === "ERR";
}

let hasWarned = false;

function warnOfUnknown(): void {
  if (!hasWarned) warn("GATEWARDEN_REDIS_EVICTION", unknown);
  hasWarned = true;
}

const unknown =
  "It cannot be determined whether Redis evicts keys: used DPoP proofs need `maxmemory-policy noeviction`";

/** Empty where nothing is evicted; undefined where it cannot be determined. */
function readEvictionPolicy(answer: unknown): string | undefined {
  const [limit = "", policy = ""] = typeof answer === "string" ? answer.split(" ") : [];
  if (limit === "" || policy === "") return undefined;
  return limit === "0" || policy === "noeviction" ? "" : `maxmemory-policy is ${policy}`;
}
