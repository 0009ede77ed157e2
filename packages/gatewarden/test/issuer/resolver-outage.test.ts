// Issuers that are looked up in data that fail, hang or answer late: who is still served, for how long, and what others are told.
import { AuthError, createGuard, type Guard, type GuardOptions, type IssuerOptions } from "gatewarden";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { type Clock, createClock, start } from "../support/clock.js";
import { createKey, forge } from "../support/forge.js";
import { audience, bearer, refusalOf, verdict } from "../support/keys.js";

const key = createKey("ES256", "k");
const keys = { jwks: { keys: [key.jwk] } };
const maxAge = 40;
const nameOf = (name: string) => `https://${name}.test/`;

function tokenOf(name: string): string {
  const payload = { iss: nameOf(name), aud: audience, sub: "user|1", exp: start + 900_000 };
  return forge({ header: { alg: "ES256", kid: key.kid }, payload, key });
}

type Terms = IssuerOptions | undefined;
type Answer = (iss: string) => Terms | Promise<Terms>;

/** Data of the developer, whose answers a test can change. */
interface Data {
  readonly rows: Map<string, IssuerOptions>;
  answer: Answer;
  readonly resolve: ReturnType<typeof vi.fn<Answer>>;
  /** How often each issuer was asked for. */
  count(name: string): number;
}

function createData(...names: string[]): Data {
  const rows = new Map(names.map((name) => [nameOf(name), { issuer: nameOf(name), keys }]));
  const resolve = vi.fn<Answer>((iss) => data.answer(iss));
  const data: Data = {
    rows,
    answer: async (iss) => rows.get(iss),
    resolve,
    count: (name) => resolve.mock.calls.filter(([iss]) => iss === nameOf(name)).length,
  };
  return data;
}

const failures: readonly [string, Answer][] = [
  [
    "throws",
    () => {
      throw new Error("database down");
    },
  ],
  ["rejects", () => Promise.reject(new Error("database down"))],
  ["never answers", () => new Promise(() => {})],
];

/** Lets everything happen that waits for no clock. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

let clock: Clock;
let data: Data;

beforeEach(() => {
  clock = createClock();
  data = createData("a", "b", "c");
});

function guardOf(changes: GuardOptions = {}): Guard<unknown> {
  const issuer = { resolve: (iss: string) => data.resolve(iss), maxAge, timeout: 0.1 };
  return createGuard({ issuer, audience, now: clock.now, env: {}, ...changes });
}

async function knowing(names: readonly string[], changes?: GuardOptions): Promise<Guard<unknown>> {
  const guard = guardOf(changes);
  for (const name of names) expect(await verdict(guard, tokenOf(name))).toBe("accepted");
  return guard;
}

describe("A known issuer", () => {
  test("is looked up again in the background after three quarters of maxAge, while its users are served at once", async () => {
    const guard = await knowing(["a"]);
    const request = bearer(tokenOf("a"));
    clock.advance(29);
    expect(guard.attempt(request)).not.toBeInstanceOf(Promise);
    expect(data.count("a")).toBe(1);
    clock.advance(1);
    for (let time = 0; time < 3; time++) expect(guard.attempt(request)).not.toBeInstanceOf(Promise);
    await settle();
    expect(data.count("a")).toBe(2);
    clock.advance(29);
    expect(guard.attempt(request)).not.toBeInstanceOf(Promise);
    expect(data.count("a")).toBe(2);
  });

  test("waits for the answer once maxAge has passed", async () => {
    const guard = await knowing(["a"]);
    data.rows.delete(nameOf("a"));
    clock.advance(maxAge);
    expect(guard.attempt(bearer(tokenOf("a")))).toBeInstanceOf(Promise);
    expect(await verdict(guard, tokenOf("a"))).toBe("issuer_untrusted");
  });

  test("that was removed is refused as soon as the background look-up has said so", async () => {
    const guard = await knowing(["a"]);
    data.rows.delete(nameOf("a"));
    clock.advance(30);
    expect(await verdict(guard, tokenOf("a"))).toBe("accepted");
    await vi.waitFor(async () => expect(await verdict(guard, tokenOf("a"))).toBe("issuer_untrusted"));
  });

  test.each(failures)(
    "keeps its old terms for twice maxAge and no longer while the function %s",
    async (_name, fail) => {
      const guard = await knowing(["a"]);
      data.answer = fail;
      for (const age of [30, 41, 60, 79]) {
        clock.set(start + age);
        expect(await verdict(guard, tokenOf("a"))).toBe("accepted");
      }
      clock.set(start + 80);
      const refusal = await refusalOf(guard.verify(tokenOf("a")));
      expect(refusal).toMatchObject({ reason: "issuer_unavailable", status: 503 });
      expect(refusal.retryAfter).toBeGreaterThanOrEqual(1);
      expect(refusal.cause).toBeInstanceOf(Error);
      expect(guard.refusal(refusal).headers["www-authenticate"]).toBeUndefined();
    },
  );

  test.each(failures)("is accepted again once a function that %s has recovered", async (_name, fail) => {
    const guard = await knowing(["a"]);
    data.answer = fail;
    clock.advance(90);
    expect(await verdict(guard, tokenOf("a"))).toBe("issuer_unavailable");
    data.answer = async (iss) => data.rows.get(iss);
    clock.advance(30);
    expect(await verdict(guard, tokenOf("a"))).toBe("accepted");
  });

  test("is not asked for with each request while the function fails", async () => {
    const guard = await knowing(["a"]);
    data.answer = () => Promise.reject(new Error("database down"));
    clock.advance(50);
    for (let time = 0; time < 100; time++) await verdict(guard, tokenOf("a"));
    expect(data.count("a")).toBe(2);
  });

  test("whose new terms cannot be right keeps the old ones for maxAge, not for longer", async () => {
    const guard = await knowing(["a"]);
    data.rows.set(nameOf("a"), { issuer: nameOf("a"), keys, algorithms: ["none" as "RS256"] });
    clock.advance(30);
    for (let time = 0; time < 3; time++) expect(await verdict(guard, tokenOf("a"))).toBe("accepted");
    clock.advance(10);
    for (let time = 0; time < 3; time++) expect(await verdict(guard, tokenOf("a"))).toBe("check_failed");
    data.rows.set(nameOf("a"), { issuer: nameOf("a"), keys });
    clock.advance(30);
    expect(await verdict(guard, tokenOf("a"))).toBe("accepted");
  });

  test("is not brought back by an answer that comes after its time", async () => {
    const guard = await knowing(["a"]);
    let answerLate: (() => void) | undefined;
    data.answer = () => new Promise((resolve) => (answerLate = () => resolve({ issuer: nameOf("a"), keys })));
    clock.advance(90);
    expect(await verdict(guard, tokenOf("a"))).toBe("issuer_unavailable");
    data.rows.delete(nameOf("a"));
    data.answer = async (iss) => data.rows.get(iss);
    clock.advance(30);
    expect(await verdict(guard, tokenOf("a"))).toBe("issuer_untrusted");
    answerLate?.();
    await settle();
    expect(await verdict(guard, tokenOf("a"))).toBe("issuer_untrusted");
  });
});

describe("An issuer that is not known yet", () => {
  test.each(failures)("is 503 with Retry-After while the function %s", async (_name, fail) => {
    data.answer = fail;
    const refusal = await refusalOf(guardOf().verify(tokenOf("a")));
    expect(refusal).toMatchObject({ reason: "issuer_unavailable", status: 503, retryAfter: 1 });
    expect(refusal.cause).toBeInstanceOf(Error);
  });

  test("says in its cause that the function took too long", async () => {
    data.answer = () => new Promise(() => {});
    const { cause } = await refusalOf(guardOf().verify(tokenOf("a")));
    expect(cause).toMatchObject({ name: "DependencyError", message: "The issuer resolver took more than 0.1 s" });
  });

  test("is explained without the words of the function's own error, which may quote a token (CWE-532)", async () => {
    data.answer = () => Promise.reject(new RangeError("no row for eyJ"));
    const [finding] = await guardOf().explain(tokenOf("a"));
    expect(finding).toMatchObject({ code: "issuer_unavailable", message: expect.stringContaining("RangeError.") });
    expect(JSON.stringify(finding)).not.toContain("eyJ");
  });

  test("is left alone for a while after five failures, and no other issuer is", async () => {
    data.answer = (iss) => {
      if (iss === nameOf("a")) throw new Error("broken row");
      return data.rows.get(iss);
    };
    const guard = guardOf();
    for (let time = 0; time < 20; time++) expect(await verdict(guard, tokenOf("a"))).toBe("issuer_unavailable");
    expect(data.count("a")).toBe(5);
    expect(await verdict(guard, tokenOf("b"))).toBe("accepted");
    data.answer = (iss) => data.rows.get(iss);
    clock.advance(1);
    expect(await verdict(guard, tokenOf("a"))).toBe("accepted");
  });
});

describe("The circuit", () => {
  const down: Answer = () => Promise.reject(new Error("database down"));

  /** Look-ups of known issuers fail in turn until back-off begins. */
  async function breakDown(guard: Guard<unknown>): Promise<void> {
    data.answer = down;
    clock.advance(maxAge);
    for (let round = 0; round < 2; round++) {
      for (const name of ["a", "b", "c"]) expect(await verdict(guard, tokenOf(name))).toBe("accepted");
      clock.advance(1);
    }
    clock.advance(-1);
  }

  test("opens when look-ups of several known issuers fail in a row: others are 503 and not asked for, known ones are served", async () => {
    const guard = await knowing(["a", "b", "c"]);
    await breakDown(guard);
    data.resolve.mockClear();
    const refusal = await refusalOf(guard.verify(tokenOf("new")));
    expect(refusal).toMatchObject({ reason: "issuer_unavailable", status: 503 });
    expect(refusal.retryAfter).toBeGreaterThanOrEqual(1);
    for (const name of ["a", "b", "c"]) expect(await verdict(guard, tokenOf(name))).toBe("accepted");
    expect(data.resolve).not.toHaveBeenCalled();
  });

  test("closes by itself: after its back-off a new issuer is asked for, and accepted", async () => {
    const guard = await knowing(["a", "b", "c"]);
    await breakDown(guard);
    data.rows.set(nameOf("new"), { issuer: nameOf("new"), keys });
    data.answer = async (iss) => data.rows.get(iss);
    clock.advance(30);
    expect(await verdict(guard, tokenOf("new"))).toBe("accepted");
  });

  test("does not open on the word of made-up issuers that make the function throw", async () => {
    const guard = await knowing(["a"]);
    data.answer = (iss) => (data.rows.has(iss) ? Promise.resolve(data.rows.get(iss)) : down(iss));
    for (let index = 0; index < 100; index++)
      expect(await verdict(guard, tokenOf(`made-up-${index}`))).toBe("issuer_unavailable");
    expect(await verdict(guard, tokenOf("b"))).toBe("accepted");
    clock.advance(maxAge);
    expect(await verdict(guard, tokenOf("a"))).toBe("accepted");
  });

  test("does not open on the word of one known issuer whose data are broken", async () => {
    const guard = await knowing(["a"]);
    data.answer = (iss) => (iss === nameOf("a") ? down(iss) : Promise.resolve(data.rows.get(iss)));
    for (let time = 0; time < 10; time++) {
      clock.advance(31);
      await verdict(guard, tokenOf("a"));
    }
    expect(await verdict(guard, tokenOf("b"))).toBe("accepted");
  });

  test("leaves less room to others while look-ups of known issuers fail", async () => {
    const guard = await knowing(["a"]);
    data.answer = down;
    clock.advance(maxAge);
    expect(await verdict(guard, tokenOf("a"))).toBe("accepted");
    data.answer = () => new Promise(() => {});
    data.resolve.mockClear();
    // Made beforehand: signing them may take longer than a look-up may.
    const requests = Array.from({ length: 40 }, (_, index) => bearer(tokenOf(`made-up-${index}`)));
    const others = requests.map((request) => guard.attempt(request));
    expect(data.resolve).toHaveBeenCalledTimes(16);
    for (const outcome of await Promise.all(others)) expect(outcome).toBeInstanceOf(AuthError);
  });
});

describe("The question about an issuer that cannot exist", () => {
  const isNobody = (iss: string) => iss.endsWith(".invalid/");
  const anybody: Answer = async (iss) => ({ issuer: iss, keys });

  test.each(failures)(
    "is put again where the function %s at it, and one that trusts anybody is found out",
    async (_name, fail) => {
      const guard = guardOf();
      data.answer = (iss) => (isNobody(iss) ? fail(iss) : data.rows.get(iss));
      await verdict(guard, tokenOf("a"));
      data.answer = anybody;
      expect(await verdict(guard, tokenOf("attacker"))).toBe("check_failed");
    },
  );

  test("lets no terms be used while it is not answered", async () => {
    const guard = guardOf();
    data.answer = (iss) => (isNobody(iss) ? new Promise(() => {}) : anybody(iss));
    expect(await verdict(guard, tokenOf("attacker"))).toBe("issuer_unavailable");
  });

  test("is put once to a function that does not know it", async () => {
    await knowing(["a", "b", "c"]);
    expect(data.resolve.mock.calls.filter(([iss]) => isNobody(iss))).toHaveLength(1);
  });

  test("passes a function that throws at names that it does not know", async () => {
    data.answer = (iss) => data.rows.get(iss) ?? Promise.reject(new Error("no such name"));
    const guard = await knowing(["a", "b"]);
    expect(await verdict(guard, tokenOf("attacker"))).toBe("issuer_unavailable");
  });
});

describe("A wall clock that is set", () => {
  /** A request comes while it is wrong, as they do all the time. */
  async function setBack(guard: Guard<unknown>): Promise<void> {
    clock.advance(-86_400);
    await verdict(guard, tokenOf("other"));
  }

  test("back by a day does not keep a removed issuer trusted", async () => {
    const guard = await knowing(["a"]);
    data.rows.delete(nameOf("a"));
    await setBack(guard);
    clock.advance(maxAge);
    expect(await verdict(guard, tokenOf("a"))).toBe("issuer_untrusted");
  });

  test("back by a day does not keep old terms beyond twice maxAge while the function fails", async () => {
    const guard = await knowing(["a"]);
    data.answer = () => Promise.reject(new Error("database down"));
    await setBack(guard);
    clock.advance(2 * maxAge);
    expect(await verdict(guard, tokenOf("a"))).toBe("issuer_unavailable");
  });

  test("back by a day does not keep a new issuer unknown", async () => {
    const guard = guardOf();
    expect(await verdict(guard, tokenOf("new"))).toBe("issuer_untrusted");
    data.rows.set(nameOf("new"), { issuer: nameOf("new"), keys });
    await setBack(guard);
    clock.advance(10);
    expect(await verdict(guard, tokenOf("new"))).toBe("accepted");
  });

  test("back by a day does not prolong a back-off", async () => {
    const guard = guardOf();
    data.answer = () => Promise.reject(new Error("database down"));
    for (let time = 0; time < 6; time++) await verdict(guard, tokenOf("a"));
    data.answer = async (iss) => data.rows.get(iss);
    await setBack(guard);
    clock.advance(30);
    expect(await verdict(guard, tokenOf("a"))).toBe("accepted");
  });

  test("ahead by a day costs a look-up and refuses nobody", async () => {
    const guard = await knowing(["a"]);
    clock.advance(86_400);
    expect(await verdict(guard, tokenOf("a"))).toBe("accepted");
    expect(data.count("a")).toBe(2);
    clock.advance(-86_400);
    expect(await verdict(guard, tokenOf("a"))).toBe("accepted");
    expect(data.count("a")).toBe(2);
  });
});
