// A wall clock that is set ahead or back, and a machine that sleeps: nothing lives longer for it,
// nothing is forgotten too early, and honest clients get in as soon as the clock is right again.
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createNonces } from "../../src/binding/nonce.js";
import { createMemoryReplayStore, createRevocationList, type ReplayStore } from "../../src/index.js";
import { start } from "../support/clock.js";
import { status } from "../support/issuer-server.js";
import { verdict } from "../support/keys.js";
import { type Remote, second, startRemote } from "../support/remote.js";
import {
  guardWith as boundGuard,
  createSender,
  issue,
  prove,
  proven,
  type Sender,
  verdictOf,
} from "../support/senders.js";
import { createTwoClocks, type TwoClocks } from "../support/two-clocks.js";

const hour = 3600;
const day = 24 * hour;

let clocks: TwoClocks;
beforeEach(() => {
  clocks = createTwoClocks();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("Keys", () => {
  let remote: Remote;
  beforeEach(async () => {
    remote = await startRemote({ now: clocks.now });
    vi.spyOn(Math, "random").mockReturnValue(1);
  });
  afterEach(() => remote.server.close());

  const fetches = () => remote.server.count("/jwks");
  const keys = () => remote.guard.status().issuers[0]?.keys;
  const accepted = async () => expect(await verdict(remote.guard, remote.token())).toBe("accepted");

  test("that were withdrawn go in their time, though the clock was a day ahead when they were loaded", async () => {
    clocks.step(day);
    await accepted();
    clocks.step(-day);
    remote.server.publish([second.jwk]);
    clocks.pass(599);
    expect(keys()?.state).toBe("fresh");
    clocks.pass(1);
    expect(await verdict(remote.guard, remote.token())).toBe("key_unknown");
    expect(await verdict(remote.guard, remote.token(second))).toBe("accepted");
  });

  test("are asked for again after the back-off, though the clock was a day ahead when a fetch failed", async () => {
    remote.server.on("/jwks", status(500));
    clocks.step(day);
    expect(await verdict(remote.guard, remote.token())).toBe("keys_unavailable");
    clocks.step(-day);
    remote.server.publish([remote.key.jwk]);
    clocks.pass(0.5);
    expect(await verdict(remote.guard, remote.token())).toBe("keys_unavailable");
    await expect(remote.guard.ready()).rejects.toThrow(/status 500/);
    expect(fetches()).toBe(1);
    clocks.pass(0.5);
    await accepted();
  });

  test("serve in an outage for the agreed time and no longer, though the clock is set back meanwhile", async () => {
    await accepted();
    remote.server.on("/jwks", status(500));
    clocks.pass(600);
    await accepted();
    for (let hours = 0; hours < 23; hours++) {
      clocks.pass(hour);
      await accepted();
      clocks.step(10 - hour);
    }
    clocks.pass(hour - 1);
    await accepted();
    clocks.pass(1);
    expect(await verdict(remote.guard, remote.token())).toBe("keys_unavailable");
  });

  test.each([
    ["ahead and back", (): void => [day, -day].forEach(clocks.step)],
    ["back and ahead", (): void => [-day, day].forEach(clocks.step)],
    ["back", (): void => clocks.step(-hour)],
  ])("neither fail nor flood the issuer when the clock is set %s", async (_name, set) => {
    await accepted();
    set();
    for (let n = 0; n < 10; n++) await accepted();
    clocks.pass(400);
    await accepted();
    expect(fetches()).toBe(1);
  });

  test("are fetched anew at once when the clock is set ahead, or the machine slept: withdrawn keys do not live on", async () => {
    await accepted();
    remote.server.publish([second.jwk]);
    clocks.suspend(601);
    expect(await verdict(remote.guard, remote.token())).toBe("key_unknown");
    remote.server.publish([remote.key.jwk]);
    clocks.step(601);
    await accepted();
  });

  test("report their times by the clock as it is, not as it was when they were loaded", async () => {
    clocks.step(day);
    await accepted();
    clocks.step(-day);
    clocks.pass(100);
    const now = clocks.now();
    expect(keys()).toMatchObject({
      state: "fresh",
      loadedAt: now - 100,
      freshUntil: now + 500,
      usableUntil: now + 500 + day,
    });
    remote.server.on("/jwks", status(500));
    clocks.pass(500);
    clocks.step(day);
    await verdict(remote.guard, remote.token());
    clocks.step(-hour);
    expect(keys()?.retryAt).toBeCloseTo(clocks.now() + 1, 3);
  });

  test("earn questions for unknown ids by the time that passes, though the clock is set back", async () => {
    clocks.step(day);
    await accepted();
    for (let n = 0; n < 20; n++) await verdict(remote.guard, remote.token({ ...second, kid: `n${n}` }));
    clocks.step(-day);
    const before = fetches();
    clocks.pass(10);
    remote.server.publish([remote.key.jwk, second.jwk]);
    expect(await verdict(remote.guard, remote.token(second))).toBe("accepted");
    expect(fetches()).toBe(before + 1);
  });
});

describe("Used DPoP proofs", () => {
  let sender: Sender;
  let token: string;
  beforeAll(async () => {
    sender = await createSender();
    token = await issue({ cnf: { jkt: sender.jkt }, exp: start + 400 * day });
  });

  let store: ReplayStore;
  let guard: ReturnType<typeof boundGuard>;
  beforeEach(() => {
    store = createMemoryReplayStore({ now: clocks.now });
    guard = boundGuard({ now: clocks.now, dpop: { mode: "allowed", replay: store } });
  });

  const proofAt = (iat: number) => prove(sender, token, { claims: { iat } });
  const send = (proof: string) => verdictOf(guard, proven(token, proof));
  /** A client whose clock is that of the server. */
  const sendFresh = () => send(proofAt(clocks.now()));

  test.each([10, 64, 3 * hour])(
    "stay used when the clock is set ahead by a day and put right %i seconds later",
    async (later) => {
      const used = proofAt(start);
      expect(await send(used)).toBe("accepted");
      clocks.step(day);
      clocks.pass(later);
      expect(await sendFresh()).toBe("accepted");
      clocks.step(-day);
      expect(await send(used)).toBe(later < 65 ? "dpop_replayed" : "dpop_stale");
      expect(await sendFresh()).toBe("accepted");
    },
  );

  test("stay used when the store was full while the clock was ahead, and honest clients get in again soon", async () => {
    const small = createMemoryReplayStore({ capacity: 3, now: clocks.now });
    guard = boundGuard({ now: clocks.now, dpop: { mode: "allowed", replay: small } });
    const used = [proofAt(start), proofAt(start), proofAt(start)];
    for (const proof of used) expect(await send(proof)).toBe("accepted");
    clocks.step(day);
    expect(await sendFresh()).toBe("accepted");
    clocks.step(-day);
    for (const proof of used) expect(await send(proof)).toBe("dpop_replayed");
    clocks.pass(1);
    expect(await sendFresh()).toBe("accepted");
  });

  test("do not shut honest clients out for the rest of the day on which the clock was ahead for a while, and back again", async () => {
    clocks.step(day);
    for (let second = 0; second < 600; second += 20) {
      expect(await sendFresh()).toBe("accepted");
      clocks.pass(20);
    }
    clocks.step(-day);
    for (let second = 0; second < 600; second += 20) {
      expect(await sendFresh()).toBe("accepted");
      clocks.pass(20);
    }
  });

  test("from a day ahead stay used when that day comes", async () => {
    clocks.step(day);
    const used = proofAt(clocks.now());
    expect(await send(used)).toBe("accepted");
    clocks.step(-day);
    expect(await send(used)).toBe("dpop_issued_in_future");
    for (let hours = 0; hours < 24; hours++) {
      clocks.pass(hour);
      expect(await sendFresh()).toBe("accepted");
    }
    expect(await send(used)).toBe("dpop_replayed");
  });

  test("stay used when the clock is set back by an hour; what the hour before may have seen is refused, and no more", async () => {
    const old = proofAt(start);
    expect(await send(old)).toBe("accepted");
    clocks.pass(hour);
    const recent = proofAt(clocks.now());
    expect(await send(recent)).toBe("accepted");
    clocks.step(-hour);
    expect(await send(old)).toBe("dpop_replayed");
    // Of a client whose clock is right, and was not set back with the server's.
    expect(await send(recent)).toBe("dpop_issued_in_future");
    clocks.pass(2 * 65);
    expect(await sendFresh()).toBe("accepted");
    clocks.pass(hour - 2 * 65);
    expect(await send(recent)).toBe("dpop_replayed");
    expect(await sendFresh()).toBe("accepted");
  });

  test("end while the machine sleeps, and new ones are taken", async () => {
    const used = proofAt(start);
    expect(await send(used)).toBe("accepted");
    clocks.suspend(hour);
    expect(await send(used)).toBe("dpop_stale");
    expect(await sendFresh()).toBe("accepted");
    clocks.pass(66);
    expect(await sendFresh()).toBe("accepted");
    expect(store.size).toBe(1);
  });

  test("are forgotten when they have ended by both clocks", async () => {
    for (let second = 0; second < 1000; second++) {
      store.add(`id-${second}`, clocks.now() + 65);
      clocks.pass(1);
    }
    expect(store.size).toBeLessThanOrEqual(67);
  });
});

describe("Nonces", () => {
  test("of one process age by the time that passes, though the clock is set back", () => {
    const nonces = createNonces({ secret: undefined, lifetime: 100, now: clocks.now });
    clocks.step(day);
    const early = nonces.current();
    clocks.step(-day);
    expect(nonces.age(early)).toMatch(/current|previous/);
    clocks.pass(201);
    expect(nonces.age(early)).toBeUndefined();
    clocks.pass(day - 201);
    expect(nonces.age(early)).toBeUndefined();
  });

  test("of one process are good for their time when the clock is set back", () => {
    const nonces = createNonces({ secret: undefined, lifetime: 100, now: clocks.now });
    clocks.pass(250);
    const nonce = nonces.current();
    clocks.step(-hour);
    expect(nonces.age(nonce)).toBe("current");
    clocks.pass(100);
    expect(nonces.age(nonce)).toBe("previous");
  });

  test("of one process end while the machine sleeps", () => {
    const nonces = createNonces({ secret: undefined, lifetime: 100, now: clocks.now });
    const nonce = nonces.current();
    clocks.suspend(201);
    expect(nonces.age(nonce)).toBeUndefined();
    expect(nonces.age(nonces.current())).toBe("current");
  });

  test("of a fleet are the same on servers that began at different times, as their wall clocks agree", () => {
    const secret = new Uint8Array(32).fill(7);
    const first = createNonces({ secret, lifetime: 100, now: clocks.now });
    clocks.pass(1234);
    expect(createNonces({ secret, lifetime: 100, now: clocks.now }).age(first.current())).toBe("current");
  });
});

describe("The deny list in memory", () => {
  const issuer = "https://issuer.test/";
  const facts = { issuer, subject: undefined, clientId: undefined, sid: undefined, issuedAt: start };
  const create = () => createRevocationList({ maxEntries: 1, now: clocks.now });
  const isRevoked = (list: ReturnType<typeof create>) =>
    list.isRevoked({ ...facts, jti: "a", expiresAt: start + hour });

  test("forgets no entry that still matters because the clock was ahead: it takes no other for it", () => {
    const list = create();
    list.revoke({ issuer, jti: "a", expiresAt: start + hour });
    clocks.step(day);
    expect(() => list.revoke({ issuer, jti: "b", expiresAt: start + day + hour })).toThrow(RangeError);
    clocks.step(-day);
    expect(isRevoked(list)).toBe(true);
  });

  test("makes room for another when the entry has ended by both clocks", () => {
    const list = create();
    list.revoke({ issuer, jti: "a", expiresAt: start + hour });
    clocks.pass(2 * hour);
    list.revoke({ issuer, jti: "b", expiresAt: start + day });
    expect(list.size).toBe(1);
  });

  test.each([
    ["set back by a day", -day],
    ["set ahead and back", 0],
  ])("revokes on when the clock is %s", (_name, step) => {
    const list = create();
    list.revoke({ issuer, jti: "a", expiresAt: start + hour });
    clocks.step(day);
    clocks.step(step - day);
    clocks.pass(hour - 1);
    expect(isRevoked(list)).toBe(true);
  });
});
