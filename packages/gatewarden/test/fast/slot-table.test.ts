import { expect, test } from "vitest";
import { SlotTable } from "../../src/fast/slot-table.js";

/** Numbers that are the same every time. */
function createNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("has nothing at a place that was never set", () => {
  const places = new SlotTable();
  expect([places.get(0), places.get(2 ** 30 - 1)]).toEqual([-1, -1]);
  places.delete(7);
  expect(places.get(7)).toBe(-1);
});

test("takes another value for a place", () => {
  const places = new SlotTable();
  places.set(5, 0);
  places.set(5, 9);
  expect(places.get(5)).toBe(9);
  places.delete(5);
  expect(places.get(5)).toBe(-1);
});

// Many places that want the same slots, so that they stand in each other's way and move up when one goes.
test.each([64, 1024, 2 ** 30])("answers as a Map does, with places below %i", (range) => {
  const numbers = createNumbers(range);
  const places = new SlotTable();
  const map = new Map<number, number>();
  const wrong: [step: number, place: number][] = [];
  for (let step = 0; step < 60_000; step++) {
    const place = (numbers(2) === 0 ? numbers(range) : numbers(64) << 24) & (2 ** 30 - 1);
    if (numbers(3) === 0) {
      places.delete(place);
      map.delete(place);
    } else {
      places.set(place, step);
      map.set(place, step);
    }
    for (const one of [place, numbers(range)]) if (places.get(one) !== (map.get(one) ?? -1)) wrong.push([step, one]);
  }
  for (const [place, value] of map) if (places.get(place) !== value) wrong.push([-1, place]);
  expect(wrong).toEqual([]);
});
