// Resharding, as an operator does it while the cluster is in use.
import { ask } from "./_clients.js";

/** Moves the slot of a key, with all of its keys, to another of the primaries. */
export async function moveSlot(ports: readonly number[], key: string): Promise<void> {
  const [slot, ...ids] = await Promise.all([
    ask(ports[0] ?? 0, "CLUSTER", "KEYSLOT", key),
    ...ports.map((port) => ask(port, "CLUSTER", "MYID")),
  ]);
  const sizes = await Promise.all(ports.map((port) => ask(port, "CLUSTER", "COUNTKEYSINSLOT", String(slot))));
  const from = sizes.findIndex((size) => Number(size) > 0);
  const to = (from + 1) % ports.length;
  const [source = 0, target = 0] = [ports[from], ports[to]];
  await ask(target, "CLUSTER", "SETSLOT", String(slot), "IMPORTING", String(ids[from]));
  await ask(source, "CLUSTER", "SETSLOT", String(slot), "MIGRATING", String(ids[to]));
  const keys = (await ask(source, "CLUSTER", "GETKEYSINSLOT", String(slot), "100")) as string[];
  await ask(source, "MIGRATE", "127.0.0.1", String(target), "", "0", "5000", "KEYS", ...keys);
  for (const port of [target, source]) await ask(port, "CLUSTER", "SETSLOT", String(slot), "NODE", String(ids[to]));
}
