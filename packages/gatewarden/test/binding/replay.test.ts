// Replay stores: an atomic insert, bounded memory that refuses rather than forgets, and failure that lets nobody in.
import { beforeAll, describe, expect, test, vi } from "vitest";
import { createMemoryReplayStore, permission, type ReplayStore } from "../../src/index.js";
import {
  createSender,
  guardWith,
  issue,
  prove,
  proven,
  refusalOf,
  type Sender,
  time,
  verdictOf,
} from "../support/senders.js";

describe("The memory store", () => {
  const create = (capacity = 3) => {
    const clock = { now: 1000 };
    return { clock, store: createMemoryReplayStore({ capacity, now: () => clock.now }) };
  };

  test("takes an id once", () => {
    const { store } = create();
    expect([store.add("a", 1060), store.add("a", 1060), store.add("b", 1060)]).toEqual([true, false, true]);
  });
  test("knows an id whatever end it comes with", () => {
    const { store } = create();
    expect([store.add("a", 1060), store.add("a", 1070)]).toEqual([true, false]);
  });
  test("keeps an id to the last moment", () => {
    const { store, clock } = create();
    store.add("a", 1060.5);
    clock.now = 1060.4;
    expect(store.add("a", 1060.5)).toBe(false);
  });
  test("refuses rather than forgets when it is full", () => {
    const { store } = create();
    for (const id of ["a", "b", "c"]) store.add(id, 1060);
    expect(() => store.add("d", 1060)).toThrow("full");
    expect(store.add("a", 1060)).toBe(false);
  });
  test("has room again once ids have ended", () => {
    const { store, clock } = create();
    for (const id of ["a", "b", "c"]) store.add(id, 1060);
    clock.now = 1061;
    expect(["d", "e", "f"].map((id) => store.add(id, 1100))).toEqual([true, true, true]);
  });
  test("never takes what has ended for new, even if the clock is set back", () => {
    const { store, clock } = create();
    store.add("a", 1060);
    clock.now = 1061;
    store.add("b", 1100);
    clock.now = 1030;
    expect(store.add("a", 1060)).toBe(false);
  });
  test("stays small under a stream of ids", () => {
    const { store, clock } = create(61 * 10);
    for (let second = 0; second < 1000; second++) {
      clock.now = 1000 + second;
      for (let n = 0; n < 10; n++) expect(store.add(`${second}-${n}`, clock.now + 60)).toBe(true);
    }
  });
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("has no capacity of %d", (capacity) => {
    expect(() => createMemoryReplayStore({ capacity })).toThrow(RangeError);
  });
});

describe("Attack: one client fills the store of all (CWE-770)", () => {
  const create = (capacity?: number) => {
    const clock = { now: 1000 };
    const store = createMemoryReplayStore({ ...(capacity && { capacity }), now: () => clock.now });
    let count = 0;
    /** Sends so many new proofs of a key, until one is refused. How many were taken. */
    const send = (holder: string, proofs: number): number => {
      for (let n = 0; n < proofs; n++) {
        try {
          store.add(`id-${count++}`, clock.now + 65, holder);
        } catch {
          return n;
        }
      }
      return proofs;
    };
    return { clock, store, send };
  };

  test("a key holds a fifth of it at most, and another finds room at once", () => {
    const { store, send } = create(1000);
    expect(send("greedy", 2000)).toBe(200);
    expect(() => store.add("more", 1065, "greedy")).toThrow("One key holds its share");
    expect(send("other", 150)).toBe(150);
    expect(store.size).toBe(350);
  });
  test("ten keys that take all they can leave room for another", () => {
    const { send } = create(100_000);
    for (let key = 0; key < 10; key++) send(`greedy-${key}`, 100_000);
    expect(send("other", 2000)).toBe(2000);
  });
  test("a used proof stays used while its key can send no new one", () => {
    const { store, send } = create(1000);
    store.add("used", 1065, "greedy");
    send("greedy", 1000);
    expect(store.add("used", 1065, "greedy")).toBe(false);
  });
  test("a key has its share again once its proofs have ended", () => {
    const { clock, store, send } = create(1000);
    send("greedy", 1000);
    clock.now += 65;
    expect(send("greedy", 1000)).toBe(200);
    expect(store.size).toBe(200);
  });
  test("a small store is no smaller for one key: a hundred of its proofs always fit", () => {
    const { send } = create(100);
    expect(send("only", 200)).toBe(100);
  });
  test.each([
    [600, 0],
    [450, 1],
    [200, 5],
  ])("a busy honest client gets in with %i requests per second, beside %i that take all they can", (rate, others) => {
    const { clock, send } = create();
    for (let second = 0; second < 150; second++) {
      for (let key = 0; key < others; key++) send(`greedy-${key}`, 200_000);
      expect(send("busy", rate)).toBe(rate);
      clock.now++;
    }
  });
});

describe("A guard", () => {
  let sender: Sender;
  let token: string;
  beforeAll(async () => {
    sender = await createSender();
    token = await issue({ cnf: { jkt: sender.jkt } });
  });
  const guardOver = (replay: ReplayStore) => guardWith({ dpop: { mode: "allowed", replay } });

  test.each<[string, ReplayStore["add"]]>([
    [
      "throws",
      () => {
        throw new Error("down");
      },
    ],
    ["rejects", () => Promise.reject(new Error("down"))],
    ["answers undefined", () => undefined as unknown as boolean],
    ["answers text", () => "OK" as unknown as boolean],
    ["promises null", () => Promise.resolve(null) as unknown as Promise<boolean>],
    ["answers 1", () => 1 as unknown as boolean],
  ])("lets nobody in when the store %s", async (_name, add) => {
    const guard = guardOver({ add });
    const request = proven(token, prove(sender, token));
    expect(await verdictOf(guard, request)).toBe("replay_store_unavailable");
    expect(await refusalOf(guard, request)).toEqual({ status: 503, challenges: [], nonce: undefined });
  });
  test("lets nobody in when the memory store is full", async () => {
    const guard = guardOver(createMemoryReplayStore({ capacity: 1, now: () => time }));
    expect(await verdictOf(guard, proven(token, prove(sender, token)))).toBe("accepted");
    expect(await verdictOf(guard, proven(token, prove(sender, token)))).toBe("replay_store_unavailable");
  });
  test("refuses a key beyond its share with 503, lets others in, and does not report the store as failing", async () => {
    const guard = guardOver(createMemoryReplayStore({ capacity: 500, now: () => time }));
    for (let n = 0; n < 100; n++) expect(await verdictOf(guard, proven(token, prove(sender, token)))).toBe("accepted");
    expect(await verdictOf(guard, proven(token, prove(sender, token)))).toBe("replay_store_unavailable");
    const other = await createSender();
    const bound = await issue({ cnf: { jkt: other.jkt } });
    expect(guard.status().replay).toMatchObject({ failed: 0, failingSince: undefined });
    expect(await verdictOf(guard, proven(bound, prove(other, bound)))).toBe("accepted");
  });
  test("uses a proof up that is good, though its request is refused for what the token may not do", async () => {
    const guard = guardOver(createMemoryReplayStore({ now: () => time }));
    const request = proven(token, prove(sender, token));
    expect(await guard.attempt(request, permission("write"))).toMatchObject({ reason: "permission_missing" });
    expect(await verdictOf(guard, request)).toBe("dpop_replayed");
  });
  test.each([true, false])("waits for a store that promises %s", async (isNew) => {
    const guard = guardOver({ add: () => Promise.resolve(isNew) });
    expect(await verdictOf(guard, proven(token, prove(sender, token)))).toBe(isNew ? "accepted" : "dpop_replayed");
  });
  test("tells the store a hash, until when the proof could come again, and whose key it was", async () => {
    const add = vi.fn(() => true);
    await verdictOf(guardOver({ add }), proven(token, prove(sender, token, { claims: { iat: time - 3 } })));
    expect(add).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      time - 3 + 60 + 5,
      sender.jkt,
    );
  });
  test("asks the store of no request that is refused anyway", async () => {
    const add = vi.fn(() => true);
    const guard = guardOver({ add });
    await verdictOf(guard, proven(token, prove(sender, token, { claims: { ath: "x" } })));
    await verdictOf(guard, proven(token, prove(await createSender(), token)));
    expect(add).not.toHaveBeenCalled();
  });
  test("shares what was used only with guards that are given the same store", async () => {
    const replay = createMemoryReplayStore({ now: () => time });
    const request = proven(token, prove(sender, token));
    expect(await verdictOf(guardOver(replay), request)).toBe("accepted");
    expect(await verdictOf(guardWith(), request)).toBe("accepted");
    expect(await verdictOf(guardOver(replay), request)).toBe("dpop_replayed");
  });
  test("takes one of many equal requests at once", async () => {
    const seen = new Set<string>();
    const add = async (id: string) => {
      await Promise.resolve();
      return !seen.has(id) && seen.add(id).has(id);
    };
    const request = proven(token, prove(sender, token));
    const guard = guardOver({ add });
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => verdictOf(guard, request)));
    expect(verdicts.filter((verdict) => verdict === "accepted")).toHaveLength(1);
  });

  describe("that checks one incoming request several times on its way", () => {
    const slow = (seen = new Set<string>()): ReplayStore => ({
      add: async (id) => {
        await Promise.resolve();
        return !seen.has(id) && seen.add(id).has(id);
      },
    });

    test("takes its proof as used once, also while the store is still asked", async () => {
      const guard = guardOver(slow());
      const proof = prove(sender, token);
      const incoming = {};
      const check = () => verdictOf(guard, proven(token, proof, { incoming }));
      expect(await Promise.all([check(), check()])).toEqual(["accepted", "accepted"]);
      expect(await check()).toBe("accepted");
      expect(await verdictOf(guard, proven(token, proof, { incoming: {} }))).toBe("dpop_replayed");
      expect(await verdictOf(guard, proven(token, proof))).toBe("dpop_replayed");
    });

    test("takes no other proof for it, and refuses a replay at every check", async () => {
      const guard = guardOver(slow());
      const [one, other] = [prove(sender, token), prove(sender, token)];
      expect(await verdictOf(guard, proven(token, one))).toBe("accepted");
      const incoming = {};
      expect(await verdictOf(guard, proven(token, other, { incoming }))).toBe("accepted");
      for (const _ of [1, 2]) expect(await verdictOf(guard, proven(token, one, { incoming }))).toBe("dpop_replayed");
    });

    test("makes every other check of the proof each time", async () => {
      const guard = guardOver(slow());
      const proof = prove(sender, token);
      const incoming = {};
      expect(await verdictOf(guard, proven(token, proof, { incoming }))).toBe("accepted");
      const elsewhere = proven(token, proof, { incoming, url: "/admin" });
      expect(await verdictOf(guard, elsewhere)).toBe("dpop_target_mismatch");
    });
  });
});
