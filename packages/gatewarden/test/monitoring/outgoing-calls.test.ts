// Calls are listened to from outside, and nobody outside can change what comes of them.
import { AsyncLocalStorage } from "node:async_hooks";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type CallListener, OutgoingCalls } from "../../src/monitoring/outgoing-calls.js";

const call = { kind: "keys", issuer: "https://issuer.test/" } as const;

function runWith(task: () => Promise<unknown>, ...listeners: readonly CallListener[]) {
  const calls = new OutgoingCalls();
  for (const listener of listeners) calls.listen(listener);
  return calls.run(call, task);
}

afterEach(() => vi.restoreAllMocks());

describe("A call", () => {
  test("runs without listeners", async () => {
    expect(await runWith(async () => "done")).toBe("done");
  });

  test("runs in the context of the listener that begins it", async () => {
    const storage = new AsyncLocalStorage<string>();
    const listener: CallListener = (_call, begin) => storage.run("span", begin);
    expect(await runWith(async () => storage.getStore(), listener)).toBe("span");
  });

  test.each<[string, CallListener]>([
    ["never begins it", () => {}],
    ["begins it twice", (_call, begin) => void Promise.all([begin(), begin()])],
    [
      "throws",
      () => {
        throw new Error("SECRET");
      },
    ],
    [
      "begins it and throws",
      (_call, begin) => {
        void begin();
        throw new Error("SECRET");
      },
    ],
    ["rejects", (async () => Promise.reject(new Error("SECRET"))) as unknown as CallListener],
  ])("runs once with a listener that %s", async (_name, listener) => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const task = vi.fn(async () => "done");
    expect(await runWith(task, listener)).toBe("done");
    expect(task).toHaveBeenCalledOnce();
    expect(JSON.stringify(warnings.mock.calls)).not.toContain("SECRET");
  });

  test("runs once with two listeners, who both hear the end", async () => {
    const ends: unknown[] = [];
    const listener: CallListener = (_call, begin) => void begin().then((error) => ends.push(error));
    const task = vi.fn(async () => "done");
    expect(await runWith(task, listener, listener)).toBe("done");
    expect(task).toHaveBeenCalledOnce();
    await vi.waitFor(() => expect(ends).toEqual([undefined, undefined]));
  });

  test("rejects as its task does, and the listener is told the error", async () => {
    const failure = new Error("down");
    const ends: unknown[] = [];
    const listener: CallListener = (_call, begin) => void begin().then((error) => ends.push(error));
    await expect(runWith(() => Promise.reject(failure), listener)).rejects.toBe(failure);
    expect(ends).toEqual([failure]);
  });

  test("is told to nobody who has stopped listening", async () => {
    const calls = new OutgoingCalls();
    const listener = vi.fn();
    calls.listen(listener)();
    await calls.run(call, async () => {});
    expect(listener).not.toHaveBeenCalled();
  });
});
