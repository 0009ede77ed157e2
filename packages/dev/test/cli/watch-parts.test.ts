// What `gatewarden watch` is made of: its filter, the lines it reads, and the lines it prints.
import { Readable } from "node:stream";
import { createScreen } from "gatewarden/terminal";
import { describe, expect, test } from "vitest";
import { loadEventData } from "../../src/cli/event-data.js";
import { fitsFilter, type WatchedEvent } from "../../src/cli/watch-filter.js";
import { formatEvent } from "../../src/cli/watch-format.js";

describe("The filter", () => {
  const decisions = [
    { outcome: "accepted", need: "permission read:admin" },
    { outcome: "refused", reason: "expired", need: "permission read:admin" },
    { outcome: "refused", reason: "permission_missing", need: "anyOf(permission read:x, role admin)" },
    { outcome: "anonymous" },
  ];

  test.each([
    [{}, [0, 1, 2, 3]],
    [{ outcome: ["refused"] }, [1, 2]],
    [{ outcome: ["refused", "anonymous"] }, [1, 2, 3]],
    [{ reason: ["expired"] }, [1]],
    [{ reason: ["expired", "permission_missing"] }, [1, 2]],
    [{ need: ["read:admin"] }, [0, 1]],
    [{ need: ["permission read:admin"], outcome: ["accepted"] }, [0]],
    [{ need: ["read:x"] }, [2]],
    [{ need: ["admin"] }, [2]],
    [{ need: ["read"] }, []],
    [{ need: ["undefined"] }, []],
    [{ kind: ["decision"] }, [0, 1, 2, 3]],
    [{ kind: ["token"] }, []],
    [{ as: ["undefined"] }, []],
  ])("%j let through %j", (filter, expected) => {
    const events = decisions.map((one, index) => ({ ...one, kind: "decision", index }));
    expect(events.filter((event) => fitsFilter(event, filter)).map(({ index }) => index)).toEqual(expected);
  });
});

describe("A decision at a terminal", () => {
  const event = {
    at: "2026-12-01T10:00:00.000Z",
    kind: "decision",
    outcome: "refused",
    status: 403,
    reason: "expired",
  };
  const print = (more: WatchedEvent, width: number) => {
    let text = "";
    const out = (part: string) => {
      text += part;
    };
    const screen = createScreen({ out, error: out, env: { TERM: "dumb" }, columns: { out: width } });
    screen.out(...formatEvent({ ...event, ...more }, screen));
    return text;
  };

  test("has cause and fix below it, within the columns", () => {
    const words = "one two three four five six seven eight nine ten eleven twelve thirteen";
    const lines = print({ cause: words, fix: words, holder: "bob" }, 60).trimEnd().split("\n");
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d decision refused 403 expired holder=bob$/);
    expect(lines[1]).toMatch(/^ {9}cause: one two/);
    expect(lines[2]).toMatch(/^ {9}\w/);
    expect(lines.find((line) => line.includes("fix:"))).toMatch(/^ {9}fix: one two/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  test("shows no line end and no control of a cause or a fix (CWE-150)", () => {
    const lines = print({ cause: "a\nb\u001b[2J", fix: "c\r\u202e" }, 80).trimEnd().split("\n");
    expect(lines.slice(1)).toEqual([`${" ".repeat(9)}cause: a\\nb\\u001b[2J`, `${" ".repeat(9)}fix: c\\r\\u202e`]);
  });
});

describe("The data of events", () => {
  const read = async (...chunks: readonly (string | Uint8Array)[]) => {
    const all: string[] = [];
    const bytes = chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk));
    for await (const data of loadEventData(Readable.from(bytes))) all.push(data);
    return all;
  };

  test.each([
    ["any line end of HTML §9.2.5", ["data: a\n\ndata: b\r\n\r\ndata: c\r"], ["a", "b", "c"]],
    ["parts of a line", ["da", "ta: a", "b\n"], ["ab"]],
    ["parts of a character", [Buffer.from("data: ä\n").subarray(0, 7), Buffer.from("data: ä\n").subarray(7)], ["ä"]],
    ["what JSON may contain", ["data: a\u2028b\u2029c\u0085d\n"], ["a\u2028b\u2029c\u0085d"]],
    ["other lines", ["retry: 1\n: still here\nid: 2\ndata:a\n\n"], ["a"]],
    ["a line that does not end", ["data: a\ndata: b"], ["a"]],
  ])("%s", async (_what, chunks, expected) => {
    expect(await read(...chunks)).toEqual(expected);
  });

  test("a line without end is given up (CWE-770)", async () => {
    await expect(
      read(
        "data: ",
        ..."x"
          .repeat(20)
          .split("")
          .map((one) => one.repeat(65_536)),
      ),
    ).rejects.toThrow("without end");
    expect(await read(`data: ${"x".repeat(1_000_000)}\n`)).toHaveLength(1);
  });
});
