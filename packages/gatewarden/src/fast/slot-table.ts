// A table from numbers to numbers. Half the size of a Map and contiguous, so a look-up waits for
// memory once.

const empty = 0;
const smallest = 256;

/**
 * Maps random numbers of at most 30 bits to indices. Open addressing: on a collision the next slot
 * is used.
 */
export class SlotTable {
  // Two numbers per slot: the key, and the value plus one, so that 0 means empty.
  #slots = new Int32Array(2 * smallest);
  #size = 0;

  /** The value of a key, or -1. */
  get(place: number): number {
    const slots = this.#slots;
    const mask = slots.length - 2;
    for (let slot = (place << 1) & mask; ; slot = (slot + 2) & mask) {
      const value = slots[slot + 1] ?? empty;
      if (value === empty || slots[slot] === place) return value - 1;
    }
  }

  /** Stores a value, which must not be negative. */
  set(place: number, value: number): void {
    if (4 * (this.#size + 1) > this.#slots.length) this.#grow();
    const slots = this.#slots;
    const slot = this.#find(place);
    if (slots[slot + 1] === empty) this.#size++;
    slots[slot] = place;
    slots[slot + 1] = value + 1;
  }

  /** Removes a key. Later entries move up, so that no gap hides them. */
  delete(place: number): void {
    const slots = this.#slots;
    const mask = slots.length - 2;
    let gap = this.#find(place);
    if (slots[gap + 1] === empty) return;
    this.#size--;
    for (let next = (gap + 2) & mask; slots[next + 1] !== empty; next = (next + 2) & mask) {
      const home = ((slots[next] ?? 0) << 1) & mask;
      // An entry may move to the gap unless its own sequence starts after it.
      if (((next - home) & mask) < ((next - gap) & mask)) continue;
      slots.copyWithin(gap, next, next + 2);
      gap = next;
    }
    slots[gap + 1] = empty;
  }

  /** The slot of the key, or else the slot where it would be stored. */
  #find(place: number): number {
    const slots = this.#slots;
    const mask = slots.length - 2;
    let slot = (place << 1) & mask;
    while (slots[slot + 1] !== empty && slots[slot] !== place) slot = (slot + 2) & mask;
    return slot;
  }

  /** At most half full, so that the next free slot is near. */
  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(2 * old.length);
    for (let slot = 0; slot < old.length; slot += 2) {
      const value = old[slot + 1] ?? empty;
      if (value === empty) continue;
      const to = this.#find(old[slot] ?? 0);
      this.#slots[to] = old[slot] ?? 0;
      this.#slots[to + 1] = value;
    }
  }
}
