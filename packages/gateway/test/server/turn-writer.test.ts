// The log within a turn: whole lines, in order, and none lost.
import { expect, test } from "vitest";
import { createTurnWriter } from "../../src/server/turn-writer.js";

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("the lines of a turn are written at once, and those of another one apart", async () => {
  const written: string[] = [];
  const { write } = createTurnWriter((text) => written.push(text));
  write("a");
  write("b");
  expect(written).toEqual([]);
  await nextTurn();
  write("c");
  await nextTurn();
  expect(written).toEqual(["a\nb\n", "c\n"]);
});

test("what a turn collects is bounded (CWE-770), and its lines keep their order", async () => {
  const written: string[] = [];
  const { write } = createTurnWriter((text) => written.push(text));
  const lines = Array.from({ length: 5000 }, (_, index) => `${index}`.padStart(100, "0"));
  for (const line of lines) write(line);
  expect(written.length).toBeGreaterThan(5);
  await nextTurn();
  expect(written.join("")).toBe(`${lines.join("\n")}\n`);
  expect(Math.max(...written.map(({ length }) => length))).toBeLessThan(70_000);
});

test("what is collected is written before the process ends, and once", async () => {
  const written: string[] = [];
  const { write, flush } = createTurnWriter((text) => written.push(text));
  write("a");
  flush();
  flush();
  await nextTurn();
  expect(written).toEqual(["a\n"]);
});
