// Whether the server is left alone: which failures decide that, who may still ask, and how it ends. The server is a function here.
import { createGuard, type Introspect, type IntrospectionOptions } from "gatewarden";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createClock, start } from "../support/clock.js";
import { audience, options, refusalOf, verdict } from "../support/keys.js";

const active = { active: true, sub: "user|1", aud: audience, exp: start + 7200, token_type: "Bearer" };

function failure(data: object, message = "failed"): Error {
  return Object.assign(new Error(message), data);
}

/** A server that can be switched, asked with every request, and how often it was. */
function createBench(changes: Partial<IntrospectionOptions> = {}) {
  const clock = createClock();
  const server = vi.fn<Introspect>(async () => active);
  const guard = createGuard(options({ introspection: { introspect: server, maxAge: 0, ...changes }, now: clock.now }));
  return {
    clock,
    server,
    guard,
    ask: (token: string) => verdict(guard, token),
    /** Makes tokens known to be active. */
    async know(count: number) {
      for (let index = 0; index < count; index++) expect(await verdict(guard, `known${index}`)).toBe("accepted");
      server.mockClear();
    },
    failWith(error: unknown) {
      server.mockImplementation(() => Promise.reject(error));
    },
    /** Only odd tokens fail. */
    chokeOn(error: unknown) {
      server.mockImplementation((token) => (token.startsWith("odd") ? Promise.reject(error) : Promise.resolve(active)));
    },
    recover() {
      server.mockImplementation(async () => active);
    },
  };
}

const certain: readonly [string, unknown][] = [
  ["401", failure({ status: 401 })],
  ["401 as statusCode", failure({ statusCode: 401 })],
  ["a refused connection", failure({ code: "ECONNREFUSED" })],
  ["an unknown host", new TypeError("fetch failed", { cause: failure({ code: "ENOTFOUND" }) })],
  ["no route, two causes deep", failure({ cause: { cause: { code: "EHOSTUNREACH" } } })],
];

const unclear: readonly [string, unknown][] = [
  ["500", failure({ status: 500 })],
  ["503", failure({ status: 503, retryAfter: 30 })],
  ["302", failure({ status: 302 })],
  ["a reset connection", failure({ code: "ECONNRESET" })],
  ["a time-out", new DOMException("over", "TimeoutError")],
  ["an error that says nothing", new Error("401 ECONNREFUSED 429")],
  ["something that is no error", "401"],
  ["undefined", undefined],
  ["a status as text", failure({ status: "401" })],
];

const tokenOnly: readonly [string, unknown][] = [
  ["400", failure({ status: 400 })],
  ["403", failure({ status: 403 })],
  ["404", failure({ status: 404 })],
  ["an answer that could not be read", failure({ status: 200 })],
];

describe("what concerns all tokens", () => {
  test.each(certain)(
    "%s opens the circuit with the fifth in a row, and the first answer closes it",
    async (_, error) => {
      const { ask, failWith, recover, server, clock, guard } = createBench();
      failWith(error);
      for (let index = 0; index < 20; index++) expect(await ask(`new${index}`)).toBe("introspection_unavailable");
      expect(server).toHaveBeenCalledTimes(5);
      expect(guard.status().introspection?.circuit).toEqual({ known: "closed", others: "open" });
      clock.advance(1);
      expect(guard.status().introspection?.circuit.others).toBe("half-open");
      recover();
      expect(await ask("new0")).toBe("accepted");
      expect(guard.status().introspection?.circuit).toEqual({ known: "closed", others: "closed" });
      expect(await ask("new1")).toBe("accepted");
    },
  );

  test.each(certain)("%s for tokens known to be active closes the door for all", async (_, error) => {
    const { ask, know, failWith, server, guard } = createBench();
    await know(1);
    failWith(error);
    for (let index = 0; index < 20; index++) expect(await ask("known0")).toBe("introspection_unavailable");
    expect(await ask("new")).toBe("introspection_unavailable");
    expect(server).toHaveBeenCalledTimes(5);
    expect(guard.status().introspection?.circuit).toEqual({ known: "open", others: "open" });
  });

  test.each([...certain, ["429", failure({ status: 429 })]])(
    "%s on strangers' word keeps no known token out",
    async (_, error) => {
      const { ask, know, chokeOn, clock } = createBench();
      await know(3);
      chokeOn(error);
      for (let index = 0; index < 100; index++) {
        for (let odd = 0; odd < 10; odd++) expect(await ask(`odd${index}-${odd}`)).toBe("introspection_unavailable");
        expect(await ask(`known${index % 3}`)).toBe("accepted");
        clock.advance(0.1);
      }
    },
  );

  test.each([10, 1000])("an outage of two minutes costs few questions, with %i known tokens", async (count) => {
    const { ask, know, failWith, recover, server, clock } = createBench();
    await know(count);
    failWith(failure({ code: "ECONNREFUSED" }));
    for (let tick = 0; tick < 1200; tick++) {
      expect(await ask(`known${tick % count}`)).toBe("introspection_unavailable");
      expect(await ask(`new${tick}`)).toBe("introspection_unavailable");
      clock.advance(0.1);
    }
    // Five of each kind at first, then one of each with every back-off: of 0.5 s at least, doubling up to between 15 and 30 s.
    expect(server.mock.calls.length).toBeLessThanOrEqual(2 * 5 + 2 * 13);
    recover();
    clock.advance(30);
    expect(await ask("known0")).toBe("accepted");
  });
});

describe("429 (RFC 6585 §4)", () => {
  test("opens at once for as long as the server asks, whatever it answers to others meanwhile", async () => {
    const { ask, know, chokeOn, clock, server, guard } = createBench();
    await know(1);
    chokeOn(failure({ status: 429, retryAfter: 20 }));
    await ask("odd");
    const refusal = await refusalOf(guard.verify("new"));
    expect(refusal).toMatchObject({ reason: "introspection_unavailable", status: 503, retryAfter: 20 });
    expect(refusal.cause).toMatchObject({ status: 429 });
    clock.advance(19);
    expect(await ask("known0")).toBe("accepted");
    expect(await ask("new")).toBe("introspection_unavailable");
    expect((await guard.health()).reasons).toEqual([
      "Introspection is held back. It is left alone for a while: tokens that were not active lately are refused",
    ]);
    expect(server).toHaveBeenCalledTimes(2);
    clock.advance(1);
    expect(await ask("new")).toBe("accepted");
    expect((await guard.health()).status).toBe("ready");
  });

  test("to a known token is for all", async () => {
    const { ask, know, failWith, recover, clock, server } = createBench();
    await know(2);
    failWith(failure({ status: 429, retryAfter: 5 }));
    for (const token of ["known0", "known1", "new"]) expect(await ask(token)).toBe("introspection_unavailable");
    expect(server).toHaveBeenCalledTimes(1);
    recover();
    clock.advance(5);
    expect(await ask("known1")).toBe("accepted");
    expect(await ask("new")).toBe("accepted");
  });

  test.each<[string, unknown, number]>([
    ["a day", 86_400, 60],
    ["for ever", Number.POSITIVE_INFINITY, 60],
    ["a negative time", -5, 1],
    ["no number", Number.NaN, 1],
    ["a text", "30", 1],
    ["nothing", undefined, 1],
  ])("that asks for %s is waited for within bounds", async (_, retryAfter, longest) => {
    const { ask, failWith, recover, clock } = createBench();
    failWith(failure({ status: 429, retryAfter }));
    await ask("odd");
    recover();
    expect(await ask("new")).toBe("introspection_unavailable");
    clock.advance(longest);
    expect(await ask("new")).toBe("accepted");
  });
});

describe("what may be one token's doing", () => {
  test.each([...unclear, ...tokenOnly])("%s on strangers' word never opens the circuit", async (_, error) => {
    const { ask, chokeOn, server, guard } = createBench();
    chokeOn(error);
    for (let index = 0; index < 50; index++) expect(await ask(`odd${index}`)).toBe("introspection_unavailable");
    expect(server).toHaveBeenCalledTimes(50);
    expect(await ask("new")).toBe("accepted");
    expect(guard.status().introspection?.circuit).toEqual({ known: "closed", others: "closed" });
  });

  test.each(unclear)("%s for five known tokens in a row opens it, for all", async (_, error) => {
    const { ask, know, failWith, recover, clock, server } = createBench();
    await know(9);
    failWith(error);
    for (let index = 0; index < 9; index++) expect(await ask(`known${index}`)).toBe("introspection_unavailable");
    expect(await ask("new")).toBe("introspection_unavailable");
    expect(server).toHaveBeenCalledTimes(5);
    recover();
    clock.advance(1);
    expect(await ask("known8")).toBe("accepted");
    expect(await ask("new")).toBe("accepted");
  });

  test.each(tokenOnly)("%s does not, whatever token it is", async (_, error) => {
    const { ask, know, failWith, server } = createBench();
    await know(9);
    failWith(error);
    for (let index = 0; index < 9; index++) await ask(`known${index}`);
    expect(server).toHaveBeenCalledTimes(9);
  });

  test("one known token says nothing, however often it fails", async () => {
    const { ask, know, server } = createBench();
    await know(2);
    server.mockImplementation(async (token) => {
      if (token === "known0") throw failure({ status: 500 });
      return active;
    });
    for (let index = 0; index < 20; index++) expect(await ask("known0")).toBe("introspection_unavailable");
    expect(await ask("known1")).toBe("accepted");
    expect(await ask("new")).toBe("accepted");
  });

  test("five of them say nothing when one that is in order comes between", async () => {
    const { ask, know, server } = createBench();
    await know(9);
    server.mockImplementation(async (token) => {
      if (token === "known8") return active;
      throw failure({ status: 500 });
    });
    for (const index of [0, 1, 2, 3, 8, 4, 5, 6, 7, 8]) await ask(`known${index}`);
    expect(server).toHaveBeenCalledTimes(10);
    expect(await ask("known8")).toBe("accepted");
  });

  test("where fewer than five are known, all of them must fail", async () => {
    const { ask, know, failWith, server } = createBench();
    await know(2);
    failWith(failure({ status: 500 }));
    for (const token of ["known0", "known0", "known1", "known0", "new"]) await ask(token);
    expect(server).toHaveBeenCalledTimes(3);
  });

  test("an error whose members cannot be read is one of these", async () => {
    const { ask, chokeOn } = createBench();
    const hostile = new Error("hostile");
    const get = () => {
      throw new Error("trap");
    };
    for (const name of ["status", "statusCode", "code", "retryAfter"]) Object.defineProperty(hostile, name, { get });
    chokeOn(hostile);
    for (let index = 0; index < 9; index++) expect(await ask(`odd${index}`)).toBe("introspection_unavailable");
    expect(await ask("new")).toBe("accepted");
  });
});

describe("half-open", () => {
  /** Opened by known tokens, and the back-off is over. */
  async function createHalfOpen() {
    const bench = createBench();
    await bench.know(9);
    bench.failWith(failure({ status: 500 }));
    for (let index = 0; index < 5; index++) await bench.ask(`known${index}`);
    bench.clock.advance(1);
    bench.server.mockClear();
    return bench;
  }

  test("one question tries at a time; others are refused until it is answered", async () => {
    const { ask, server } = await createHalfOpen();
    let answer = (_: typeof active) => {};
    server.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    const trying = ask("known0");
    const others = await Promise.all(Array.from({ length: 50 }, (_, index) => ask(`known${1 + (index % 8)}`)));
    expect(new Set(others)).toEqual(new Set(["introspection_unavailable"]));
    expect(server).toHaveBeenCalledTimes(1);
    answer(active);
    expect(await trying).toBe("accepted");
    server.mockImplementation(async () => active);
    expect(await Promise.all(["known1", "known2", "new"].map(ask))).toEqual(["accepted", "accepted", "accepted"]);
  });

  test("a known token tries even while an odd one is trying and hangs", async () => {
    const { ask, server } = await createHalfOpen();
    server.mockImplementation((token) => (token === "odd" ? new Promise(() => {}) : Promise.resolve(active)));
    void ask("odd");
    expect(await ask("known0")).toBe("accepted");
    expect(await ask("new")).toBe("accepted");
  });

  test("an odd token that fails does not make the outage longer: the next may try after a second", async () => {
    const { ask, chokeOn, server, clock } = await createHalfOpen();
    chokeOn(failure({ status: 500 }));
    for (let second = 0; second < 20; second++) {
      for (let count = 0; count < 10; count++) await ask(`odd${second}-${count}`);
      clock.advance(1);
    }
    expect(server).toHaveBeenCalledTimes(20);
    expect(await ask("new")).toBe("accepted");
    expect(await ask("known0")).toBe("accepted");
  });

  test("an answer about an odd token shows that the server is there", async () => {
    const { ask, chokeOn } = await createHalfOpen();
    chokeOn(failure({ status: 400 }));
    expect(await ask("odd")).toBe("introspection_unavailable");
    expect(await Promise.all([ask("new0"), ask("new1")])).toEqual(["accepted", "accepted"]);
    expect(await ask("known0")).toBe("accepted");
  });

  test("a known token that fails makes it longer, also where it began in another way", async () => {
    const { ask, know, failWith, server, clock } = createBench();
    await know(9);
    failWith(failure({ status: 401 }));
    for (let index = 0; index < 5; index++) await ask("known0");
    clock.advance(1);
    failWith(failure({ status: 500 }));
    await ask("known0");
    expect(await ask("known1")).toBe("introspection_unavailable");
    expect(server).toHaveBeenCalledTimes(6);
  });

  test("a known token that fails as the others did makes it longer", async () => {
    const { ask, server, clock, recover } = await createHalfOpen();
    await ask("known5");
    expect(await ask("known6")).toBe("introspection_unavailable");
    expect(server).toHaveBeenCalledTimes(1);
    recover();
    clock.advance(2);
    expect(await ask("known6")).toBe("accepted");
  });

  test("questions that were under way when it opened count once", async () => {
    const { ask, know, server, clock, recover } = createBench();
    await know(9);
    const fails: ((error: Error) => void)[] = [];
    server.mockImplementation(() => new Promise((_, reject) => fails.push(reject)));
    const asked = Array.from({ length: 8 }, (_, index) => ask(`known${index}`));
    await vi.waitFor(() => expect(fails).toHaveLength(8));
    for (const fail of fails.slice(0, 5)) fail(failure({ status: 500 }));
    await Promise.all(asked.slice(0, 5));
    clock.advance(1);
    for (const fail of fails.slice(5)) fail(failure({ status: 500 }));
    await Promise.all(asked);
    recover();
    expect(await ask("known8")).toBe("accepted");
  });
});

describe("a token without an answer", () => {
  test.each([...unclear, ...tokenOnly])(
    "that failed with %s is not asked about again for a second",
    async (_, error) => {
      const { ask, chokeOn, server, clock, guard } = createBench();
      chokeOn(error);
      for (let index = 0; index < 100; index++) expect(await ask("odd")).toBe("introspection_unavailable");
      expect(server).toHaveBeenCalledTimes(1);
      expect(await refusalOf(guard.verify("odd"))).toMatchObject({ status: 503, retryAfter: 1 });
      expect(await ask("new")).toBe("accepted");
      clock.advance(1);
      await ask("odd");
      expect(server).toHaveBeenCalledTimes(3);
    },
  );

  test("that was active before is asked about at once", async () => {
    const { ask, know, failWith, recover } = createBench();
    await know(2);
    failWith(failure({ status: 500 }));
    expect(await ask("known0")).toBe("introspection_unavailable");
    recover();
    expect(await ask("known0")).toBe("accepted");
  });

  test.each(certain)("that failed with %s is asked about at once: its text is not the cause", async (_, error) => {
    const { ask, failWith, recover } = createBench();
    failWith(error);
    expect(await ask("new")).toBe("introspection_unavailable");
    recover();
    expect(await ask("new")).toBe("accepted");
  });

  test("is one of a bounded number that are remembered", async () => {
    const { ask, chokeOn, server } = createBench({ maxEntries: 10 });
    chokeOn(failure({ status: 400 }));
    for (let index = 0; index < 11; index++) await ask(`odd${index}`);
    server.mockClear();
    await ask("odd1");
    expect(server).not.toHaveBeenCalled();
    await ask("odd0");
    expect(server).toHaveBeenCalledTimes(1);
  });

  test.each(tokenOnly)(
    "that failed with %s does not make the guard look ill once the server has answered",
    async (_, error) => {
      const { ask, chokeOn, guard } = createBench();
      chokeOn(error);
      await ask("odd0");
      expect((await guard.health()).status).toBe("degraded");
      await ask("new");
      await ask("odd1");
      expect((await guard.health()).status).toBe("ready");
      expect(guard.status().introspection).toMatchObject({ asked: 3, failed: 2 });
    },
  );

  test.each(tokenOnly)("that was active before and fails with %s does make it look ill", async (_, error) => {
    const { know, ask, failWith, guard } = createBench();
    await know(1);
    failWith(error);
    await ask("known0");
    expect((await guard.health()).status).toBe("degraded");
  });
});

describe("a token that is known to be active", () => {
  /** Strangers' tokens are refused, so that what is accepted was known. */
  async function closeDoor({ ask, server }: ReturnType<typeof createBench>) {
    server.mockImplementation((token) =>
      token.startsWith("known") ? Promise.resolve(active) : Promise.reject(failure({ status: 429, retryAfter: 60 })),
    );
    await ask("odd");
  }

  test("is known for an hour after it was last active", async () => {
    const bench = createBench();
    await bench.know(2);
    bench.clock.advance(3599);
    await closeDoor(bench);
    expect(await bench.ask("known0")).toBe("accepted");
    bench.clock.advance(1);
    expect(await bench.ask("known0")).toBe("accepted");
    expect(await bench.ask("known1")).toBe("introspection_unavailable");
  });

  test("is not known any longer once it is inactive, or past its time", async () => {
    const bench = createBench({ inactiveMaxAge: 0 });
    bench.server.mockResolvedValueOnce({ ...active, exp: start + 10 });
    expect(await bench.ask("known-short")).toBe("accepted");
    await bench.know(1);
    bench.server.mockResolvedValueOnce({ active: false });
    expect(await bench.ask("known0")).toBe("token_inactive");
    bench.clock.advance(10);
    await closeDoor(bench);
    expect(await bench.ask("known0")).toBe("introspection_unavailable");
    expect(await bench.ask("known-short")).toBe("introspection_unavailable");
  });

  test("is one of a bounded number: those confirmed last", async () => {
    const bench = createBench({ maxEntries: 3 });
    await bench.know(3);
    await bench.ask("known0");
    await bench.ask("known3");
    await closeDoor(bench);
    const verdicts = await Promise.all(["known0", "known1", "known2", "known3"].map(bench.ask));
    expect(verdicts).toEqual(["accepted", "introspection_unavailable", "accepted", "accepted"]);
  });
});

describe("a probe that never ends", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("holds its slot for its time and no longer: it was cut off with its request, as Workers do", async () => {
    const { ask, failWith, recover, server, clock } = createBench({ timeout: 5 });
    failWith(failure({ code: "ECONNREFUSED" }));
    for (let index = 0; index < 5; index++) await ask(`new${index}`);
    clock.advance(2);
    vi.spyOn(AbortSignal, "timeout").mockReturnValueOnce(new AbortController().signal);
    server.mockImplementationOnce(() => new Promise(() => undefined));
    void ask("gone");
    await vi.waitFor(() => expect(server).toHaveBeenCalledTimes(6));
    recover();
    clock.advance(4);
    expect(await ask("early")).toBe("introspection_unavailable");
    clock.advance(1);
    expect(await ask("late")).toBe("accepted");
  });
});
