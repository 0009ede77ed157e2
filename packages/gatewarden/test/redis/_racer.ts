// One process of a fleet: many connections that all try to use the same proofs. Told by its parent
// what to do; answers which ids were new for it.
import { setTimeout as delay } from "node:timers/promises";
import { createRedisReplayStore } from "../../src/redis/redis.js";
import { type clientNames, clusterConnectors, connectors } from "./_clients.js";

/** What a racer is told. */
export interface Race {
  readonly name: (typeof clientNames)[number];
  /** One port, or those of a cluster. */
  readonly ports: readonly number[];
  readonly prefix: string;
  readonly connections: number;
  readonly ids: number;
  /** Times of one connection: ids are tried so often, one after the other, not at once. */
  readonly rounds: number;
  /** Seconds for which an answer is awaited. */
  readonly timeout: number;
}

/** What a racer says. */
export type RacerMessage =
  | { readonly type: "ready" | "begun" | "failing" }
  | {
      readonly type: "done";
      readonly taken: readonly number[];
      readonly used: number;
      readonly failed: number;
    };

const say = (message: RacerMessage) => void process.send?.(message);

process.once("message", async (race: Race) => {
  const { name, ports, prefix, connections, ids, rounds, timeout } = race;
  const [port = 0] = ports;
  const connect = () => (ports.length > 1 ? clusterConnectors[name](ports) : connectors[name](port));
  const open = await Promise.all(Array.from({ length: connections }, connect));
  const go = new Promise((resolve) => process.once("message", resolve));
  say({ type: "ready" });
  await go;
  const endsAt = Date.now() / 1000 + 600;
  const taken: number[] = [];
  let [used, failed] = [0, 0];
  /** Tries until there is an answer, as a client does that gets a 503. */
  const use = async (store: ReturnType<typeof createRedisReplayStore>, id: number) => {
    for (;;) {
      try {
        if (await store.add(`${id}`, endsAt)) taken.push(id);
        else used++;
        if (taken.length + used === connections) say({ type: "begun" });
        return;
      } catch {
        failed++;
        if (failed === 1) say({ type: "failing" });
        await delay(20);
      }
    }
  };
  const all = open.map(async ({ client }) => {
    const store = createRedisReplayStore(client, { prefix, timeout });
    const width = Math.ceil(ids / rounds);
    for (let first = 0; first < ids; first += width) {
      const batch = Array.from({ length: Math.min(width, ids - first) }, (_, n) => first + n);
      await Promise.all(batch.map((id) => use(store, id)));
    }
  });
  await Promise.all(all);
  for (const { close } of open) close();
  say({ type: "done", taken, used, failed });
  process.disconnect();
});
