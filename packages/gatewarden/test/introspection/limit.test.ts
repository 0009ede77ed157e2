// Who may ask, and when: a quarter of the places and the next free one are for tokens known to be active.
import { createGuard, type Introspect } from "gatewarden";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createClock, start } from "../support/clock.js";
import { audience, options, verdict } from "../support/keys.js";

const active = { active: true, sub: "user|1", aud: audience, exp: start + 300, token_type: "Bearer" };

/** A server whose answers are given one by one. */
function createBench(maxConcurrent: number) {
  const clock = createClock();
  const waiting = new Map<string, () => void>();
  const introspect: Introspect = (token) => new Promise((resolve) => waiting.set(token, () => resolve(active)));
  const introspection = { introspect, maxConcurrent, maxAge: 0, timeout: 60 };
  const guard = createGuard(options({ introspection, now: clock.now }));
  const ask = (token: string) => verdict(guard, token);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const answer = async (token: string) => {
    await vi.waitFor(() => expect([...waiting.keys()]).toContain(token));
    waiting.get(token)?.();
    waiting.delete(token);
    await settle();
  };
  return {
    clock,
    ask,
    answer,
    /** Tokens that the server is being asked about. */
    asked: async () => {
      await settle();
      return [...waiting.keys()];
    },
    async know(...tokens: string[]) {
      for (const token of tokens) {
        const asking = ask(token);
        await answer(token);
        expect(await asking).toBe("accepted");
      }
    },
  };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("lanes", () => {
  test.each([
    [1, 1],
    [2, 1],
    [4, 3],
    [8, 6],
    [32, 24],
  ])("of %i places made-up tokens get %i, and known ones all", async (maxConcurrent, most) => {
    const { ask, asked, know } = createBench(maxConcurrent);
    const known = Array.from({ length: maxConcurrent }, (_, index) => `known${index}`);
    await know(...known);
    for (let index = 0; index < 100; index++) void ask(`odd${index}`);
    expect(await asked()).toHaveLength(most);
    for (const token of known) void ask(token);
    expect(await asked()).toHaveLength(maxConcurrent);
    expect((await asked()).filter((token) => token.startsWith("known"))).toHaveLength(maxConcurrent - most);
  });

  test("known tokens can take every place when no others ask", async () => {
    const { ask, asked, know } = createBench(4);
    const known = ["known0", "known1", "known2", "known3", "known4"];
    await know(...known);
    for (const token of known) void ask(token);
    expect(await asked()).toEqual(known.slice(0, 4));
  });

  test("with a single place a known token is next, however many made-up ones wait", async () => {
    const { ask, answer, asked, know } = createBench(1);
    await know("known0");
    for (let index = 0; index < 100; index++) void ask(`odd${index}`);
    const known = ask("known0");
    await answer("odd0");
    expect(await asked()).toEqual(["known0"]);
    await answer("known0");
    expect(await known).toBe("accepted");
  });

  test("known tokens go in the order in which they came", async () => {
    const { ask, answer, asked, know } = createBench(1);
    const known = ["known0", "known1", "known2"];
    await know(...known);
    for (const token of known) void ask(token);
    for (const token of known) {
      expect(await asked()).toEqual([token]);
      await answer(token);
    }
  });

  test("of made-up tokens the newest goes first, and beyond a thousand the oldest gives up", async () => {
    const { ask, answer, asked } = createBench(1);
    const first = ask("t0");
    const verdicts = Array.from({ length: 1001 }, (_, index) => ask(`t${index + 1}`));
    expect(await verdicts[0]).toBe("introspection_unavailable");
    await answer("t0");
    expect(await first).toBe("accepted");
    expect(await asked()).toEqual(["t1001"]);
  });

  test.each([
    ["known0", 30],
    ["new", 10],
  ])("%s waits for %i seconds at most", async (token, longest) => {
    const { ask, answer, asked, clock, know } = createBench(1);
    await know("known0", "known1");
    void ask("running");
    const early = ask(token);
    await asked();
    clock.advance(longest + 1);
    const late = token === "new" ? ask("late") : ask("known1");
    expect(await early).toBe("introspection_unavailable");
    await answer("running");
    await answer(token === "new" ? "late" : "known1");
    expect(await late).toBe("accepted");
  });

  test("the place of a question that was cut off with its request, as Workers do, is free again after its time", async () => {
    const { ask, answer, asked, clock } = createBench(1);
    vi.spyOn(AbortSignal, "timeout").mockReturnValueOnce(new AbortController().signal);
    void ask("gone");
    await asked();
    clock.advance(61);
    const next = ask("next");
    await answer("next");
    expect(await next).toBe("accepted");
  });

  test("a token whose question was cut off is asked about anew after its time, and not before", async () => {
    const { ask, answer, asked, clock } = createBench(4);
    const asking = vi.spyOn(AbortSignal, "timeout").mockReturnValueOnce(new AbortController().signal);
    void ask("same");
    await asked();
    clock.advance(59);
    void ask("same");
    await asked();
    expect(asking).toHaveBeenCalledOnce();
    clock.advance(1);
    const again = ask("same");
    await asked();
    expect(asking).toHaveBeenCalledTimes(2);
    await answer("same");
    expect(await again).toBe("accepted");
  });

  test("who waits a little less is answered", async () => {
    const { ask, answer, asked, clock } = createBench(1);
    void ask("running");
    const early = ask("early");
    await asked();
    clock.advance(9);
    await answer("running");
    await answer("early");
    expect(await early).toBe("accepted");
  });
});
