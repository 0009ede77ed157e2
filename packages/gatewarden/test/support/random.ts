// Random numbers that can be had again: a failing run prints its seed.
import { randomInt } from "node:crypto";

export interface Random {
  readonly seed: number;
  /** From 0 up to, not including, `bound`. */
  below(bound: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  bytes(length: number): Uint8Array;
}

/** Takes the seed from `GATEWARDEN_SEED`, or a fresh one, and prints it. */
export function createRandom(name: string): Random {
  const seed = Number(process.env["GATEWARDEN_SEED"] ?? randomInt(2 ** 31));
  console.log(`${name}: GATEWARDEN_SEED=${seed}`);
  let state = seed >>> 0;
  // mulberry32: small, and enough for choosing among test cases.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    seed,
    below,
    pick: (items) => items[below(items.length)] ?? items[0],
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  };
}
