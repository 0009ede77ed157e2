// Durations run on a monotonic clock, `exp` on the wall clock. However the wall clock is set, nothing is used for too long.
import { createGuard, type Introspect, type IntrospectionOptions } from "gatewarden";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createClock, start } from "../support/clock.js";
import { audience, options, verdict } from "../support/keys.js";

const day = 86_400;
let host = 0;

beforeEach(() => {
  host = 1_000_000;
  vi.spyOn(performance, "now").mockImplementation(() => host);
});
afterEach(() => vi.restoreAllMocks());

function createBench(claims: object = {}, changes: Partial<IntrospectionOptions> = {}) {
  const clock = createClock();
  const response = { active: true, sub: "user|1", aud: audience, exp: start + 10 * day, token_type: "Bearer" };
  const server = vi.fn<Introspect>(async () => ({ ...response, ...claims }));
  const guard = createGuard(options({ introspection: { introspect: server, ...changes }, now: clock.now }));
  return {
    clock,
    server,
    ask: (token = "opaque") => verdict(guard, token),
    /** Lets time pass on both clocks. */
    pass(seconds: number) {
      clock.advance(seconds);
      host += seconds * 1000;
    },
  };
}

describe("a description", () => {
  test.each([
    ["set back by a day", -day],
    ["set back by half a second", -0.5],
    ["left alone", 0],
  ])("is used for maxAge, and no longer, when the wall clock is %s", async (_, step) => {
    const { ask, clock, pass, server } = createBench({}, { maxAge: 30 });
    await ask();
    clock.advance(step);
    pass(29);
    await ask();
    expect(server).toHaveBeenCalledTimes(1);
    pass(1.1);
    await ask();
    expect(server).toHaveBeenCalledTimes(2);
  });

  test("ends early when the wall clock is set ahead, and is then asked for again", async () => {
    const { ask, clock, server } = createBench();
    await ask();
    clock.advance(day);
    expect(await ask()).toBe("accepted");
    expect(server).toHaveBeenCalledTimes(2);
  });

  test("made while the wall clock was a day ahead does not live a day longer", async () => {
    const { ask, clock, pass, server } = createBench({ exp: start + 10 * day }, { maxAge: 30 });
    clock.advance(day);
    await ask();
    clock.advance(-day);
    pass(31);
    await ask();
    expect(server).toHaveBeenCalledTimes(2);
  });

  test("ends with exp on the wall clock, also when that is set ahead", async () => {
    const { ask, clock, server } = createBench({ exp: start + 20 });
    await ask();
    server.mockResolvedValue({ active: false });
    clock.advance(19);
    expect(await ask()).toBe("accepted");
    clock.advance(1);
    expect(await ask()).toBe("token_inactive");
  });

  test("is not used beyond maxAge because exp moved away with a clock that was set back", async () => {
    const { ask, clock, pass, server } = createBench({ exp: start + 20 });
    await ask();
    clock.advance(-100);
    pass(59);
    await ask();
    expect(server).toHaveBeenCalledTimes(1);
    pass(2);
    await ask();
    expect(server).toHaveBeenCalledTimes(2);
  });
});

test("a token stays inactive no longer because the wall clock was set back", async () => {
  const { ask, clock, pass, server } = createBench();
  server.mockResolvedValueOnce({ active: false });
  expect(await ask()).toBe("token_inactive");
  clock.advance(-day);
  pass(9);
  expect(await ask()).toBe("token_inactive");
  pass(2);
  expect(await ask()).toBe("accepted");
});

test("the server is not left alone for longer because the wall clock was set back", async () => {
  const { ask, clock, pass, server } = createBench();
  const error = Object.assign(new Error("down"), { status: 401 });
  for (let index = 0; index < 5; index++) {
    server.mockRejectedValueOnce(error);
    await ask(`token${index}`);
  }
  expect(await ask()).toBe("introspection_unavailable");
  clock.advance(-day);
  pass(2);
  expect(await ask()).toBe("accepted");
});

test("a token without an answer is asked about again after a second, also when the wall clock was set back", async () => {
  const { ask, clock, pass, server } = createBench();
  server.mockRejectedValueOnce(Object.assign(new Error("odd"), { status: 400 }));
  expect(await ask()).toBe("introspection_unavailable");
  clock.advance(-day);
  expect(await ask()).toBe("introspection_unavailable");
  pass(1.1);
  expect(await ask()).toBe("accepted");
});
