// A duration is what has passed, whatever was done to the wall clock meanwhile.
import { describe, expect, test } from "vitest";
import { createMonotonicClock } from "../../src/platform/monotonic-clock.js";

function createClocks() {
  const clocks = { wall: 1_790_000_000, host: 50 };
  const clock = createMonotonicClock(
    () => clocks.wall,
    () => clocks.host,
  );
  return { clocks, clock, began: clock.at() };
}

describe("A duration", () => {
  test.each([
    ["both clocks run", 30, 30, 30],
    ["less than a second passes", 0.25, 0.25, 0.25],
    ["the wall clock is set back by a day", -86_400 + 30, 30, 30],
    ["the wall clock is set back within the same second", -0.5, 0.1, 0.1],
    ["the wall clock is set ahead by a day: it ends early", 86_400 + 30, 30, 86_430],
    ["the machine slept and its monotonic clock stood still", 3600, 0.1, 3600],
    ["the machine slept and its monotonic clock went on", 3600, 3600, 3600],
  ])("is right when %s", (_name, wall, host, expected) => {
    const { clocks, clock, began } = createClocks();
    clocks.wall += wall;
    clocks.host += host;
    expect(clock.at() - began).toBeCloseTo(expected, 4);
  });

  test("is right when the wall clock was a day ahead at its beginning, and was put right", () => {
    const { clocks, clock } = createClocks();
    clocks.wall += 86_400;
    const began = clock.at();
    clocks.wall -= 86_400;
    for (let second = 0; second < 3600; second++) {
      clocks.wall++;
      clocks.host++;
      clock.at();
    }
    expect(clock.at() - began).toBeCloseTo(3600, 0);
  });

  test.each<[string, () => number]>([
    ["gives NaN", () => Number.NaN],
    ["gives Infinity", () => Number.POSITIVE_INFINITY],
    ["gives -Infinity", () => Number.NEGATIVE_INFINITY],
    [
      "throws",
      () => {
        throw new Error("no clock");
      },
    ],
  ])("goes on by the host's clock while the wall clock %s, and is right afterwards", (_name, odd) => {
    let read = () => 1_790_000_000;
    let host = 50;
    const clock = createMonotonicClock(
      () => read(),
      () => host,
    );
    const began = clock.at();
    read = odd;
    host += 4;
    expect(clock.at() - began).toBeCloseTo(4, 4);
    read = () => 1_790_000_010;
    host += 6;
    expect(clock.at() - began).toBeCloseTo(10, 4);
  });

  test("does not add up small steps twice, however often the clock is read", () => {
    const { clocks, clock, began } = createClocks();
    for (let read = 0; read < 1000; read++) {
      clocks.wall += 0.01;
      clocks.host += 0.01;
      clock.at();
    }
    expect(clock.at() - began).toBeCloseTo(10, 4);
  });

  test("takes a reading of the wall clock that the caller has already", () => {
    const { clocks, clock, began } = createClocks();
    expect(clock.at(clocks.wall + 7) - began).toBeCloseTo(7, 4);
  });
});
