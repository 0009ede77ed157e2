// A log that its reader does not read: bounded, and the gap is named.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createBoundedOutput } from "../../src/server/bounded-output.js";

test("while the reader does not read, lines beyond the bound are dropped, and a line says how many (CWE-770)", async () => {
  const pipe = new PassThrough({ highWaterMark: 1 });
  const write = createBoundedOutput(pipe, 1000);
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index} ${"x".repeat(90)}`);
  for (const line of lines) write(`${line}\n`);
  write("two\nmore\n");
  expect(pipe.writableLength).toBeLessThan(1200);
  const parts: string[] = [];
  pipe.setEncoding("utf8").on("data", (text: string) => parts.push(text));
  await once(pipe, "drain");
  write("read again\n");
  pipe.end();
  await once(pipe, "end");
  const seen = parts.join("").trimEnd().split("\n");
  const gap = seen.findIndex((line) => line.includes("log_lines_dropped"));
  const missing = lines.length + 2 - gap;
  expect(gap).toBeGreaterThan(5);
  expect(seen.slice(0, gap)).toEqual(lines.slice(0, gap));
  expect(JSON.parse(seen[gap] ?? "")).toMatchObject({ event: "log_lines_dropped", lines: missing });
  expect(seen.slice(gap + 1)).toEqual(["read again"]);
});

test("a reader that keeps up gets every line, in order", async () => {
  const pipe = new PassThrough();
  const parts: string[] = [];
  pipe.setEncoding("utf8").on("data", (text: string) => parts.push(text));
  const write = createBoundedOutput(pipe, 1000);
  for (let index = 0; index < 1000; index++) {
    write(`line ${index}\n`);
    if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  pipe.end();
  await once(pipe, "end");
  expect(parts.join("")).toBe(Array.from({ length: 1000 }, (_, index) => `line ${index}\n`).join(""));
});

test("a real pipe that is not read holds no more than the bound", async () => {
  const script = `
    const { createBoundedOutput } = await import(process.argv[1]);
    const write = createBoundedOutput(process.stdout, 100000);
    let most = 0;
    for (let turn = 0; turn < 500; turn++) {
      write("x".repeat(9999) + "\\n");
      most = Math.max(most, process.stdout.writableLength);
      await new Promise((resolve) => setImmediate(resolve));
    }
    process.stderr.write(String(most));
    process.exit();`;
  const built = new URL("../../dist/server/bounded-output.js", import.meta.url).href;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, built], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [errors] = await Promise.all([child.stderr.setEncoding("utf8").toArray(), once(child, "exit")]);
  child.stdout.destroy();
  expect(Number(errors.join(""))).toBeLessThanOrEqual(110_000);
});
