// Nonces: stateless, rotating, and refreshed without an extra round trip (RFC 9449 §8, §9).
import { beforeAll, describe, expect, test } from "vitest";
import { createNonces } from "../../src/binding/nonce.js";
import { AuthError, type GuardOptions } from "../../src/index.js";
import {
  createSender,
  guardWith,
  issue,
  prove,
  proven,
  refusalOf,
  requestWith,
  type Sender,
  time,
  verdictOf,
} from "../support/senders.js";

const secret = new Uint8Array(32).fill(7);

describe("A nonce", () => {
  const createClock = (lifetime = 100, key = secret) => {
    const clock = { now: 1000 };
    return { clock, nonces: createNonces({ secret: key, lifetime, now: () => clock.now }) };
  };

  test("is good for its time window and the next one", () => {
    const { clock, nonces } = createClock();
    const nonce = nonces.current();
    expect(nonces.age(nonce)).toBe("current");
    clock.now = 1099;
    expect(nonces.age(nonce)).toBe("current");
    clock.now = 1100;
    expect(nonces.age(nonce)).toBe("previous");
    clock.now = 1199;
    expect(nonces.age(nonce)).toBe("previous");
    clock.now = 1200;
    expect(nonces.age(nonce)).toBeUndefined();
  });
  test("of a window to come is none", () => {
    const { clock, nonces } = createClock();
    clock.now = 1100;
    const nonce = nonces.current();
    clock.now = 1000;
    expect(nonces.age(nonce)).toBeUndefined();
  });
  test("is the same on every server that has the secret", () => {
    expect(createClock().nonces.age(createClock().nonces.current())).toBe("current");
  });
  test("of another secret is none", () => {
    const other = createClock(100, new Uint8Array(32).fill(8)).nonces.current();
    expect(createClock().nonces.age(other)).toBeUndefined();
  });
  test.each([undefined, null, "", "x", 1, {}, "é".repeat(22)])("is not %j", (value) => {
    expect(createClock().nonces.age(value)).toBeUndefined();
  });
  test("is made of the characters that RFC 9449 §8.1 allows", () => {
    expect(createClock().nonces.current()).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});

describe("A nonce of secrets that change in time", () => {
  /** A secret per 300 seconds, as a fleet agrees on them. */
  const secrets = new Map([1, 2, 3].map((byte) => [byte, new Uint8Array(32).fill(byte)]));
  const create = (secretAt: (time: number) => Uint8Array | undefined) => {
    const clock = { now: 300 };
    return { clock, nonces: createNonces({ secret: { secretAt }, lifetime: 100, now: () => clock.now }) };
  };
  const rotating = (time: number) => secrets.get(Math.floor(time / 300));

  test("stays good for the next window when the secret changes between them", () => {
    const { clock, nonces } = create(rotating);
    clock.now = 599;
    const nonce = nonces.current();
    expect(nonces.age(nonce)).toBe("current");
    clock.now = 600;
    expect(nonces.age(nonce)).toBe("previous");
    expect(nonces.current()).not.toBe(nonce);
    clock.now = 700;
    expect(nonces.age(nonce)).toBeUndefined();
  });
  test("is the same in every process that knows the secret of the moment", () => {
    expect(create(rotating).nonces.age(create(rotating).nonces.current())).toBe("current");
  });
  test("follows a secret that is replaced within a window", () => {
    let secret = secrets.get(1);
    const { nonces } = create(() => secret);
    const nonce = nonces.current();
    secret = secrets.get(2);
    expect(nonces.age(nonce)).toBeUndefined();
    expect(nonces.age(nonces.current())).toBe("current");
  });
  test.each<[string, () => unknown]>([
    ["is unknown", () => undefined],
    ["is too short to be one", () => new Uint8Array(31)],
    ["is empty", () => new Uint8Array(0)],
    ["is text", () => "x".repeat(32)],
    [
      "cannot be read",
      () => {
        throw new Error("down");
      },
    ],
  ])("whose secret %s is one of this process alone: it works here, and cannot be made elsewhere", (_what, secretAt) => {
    const { nonces } = create(secretAt as () => undefined);
    const nonce = nonces.current();
    expect(nonces.age(nonce)).toBe("current");
    expect(create(secretAt as () => undefined).nonces.age(nonce)).toBeUndefined();
    const guessed = createNonces({ secret: new Uint8Array(32), lifetime: 100, now: () => 300 }).current();
    expect(nonces.age(guessed)).toBeUndefined();
  });
});

describe("A guard that demands nonces", () => {
  let sender: Sender;
  let token: string;
  beforeAll(async () => {
    sender = await createSender();
    token = await issue({ cnf: { jkt: sender.jkt } });
  });

  const create = (changes: GuardOptions = {}) => {
    const clock = { now: time };
    return {
      clock,
      guard: guardWith({
        dpop: { mode: "allowed", nonce: { secret, lifetime: 20 } },
        now: () => clock.now,
        ...changes,
      }),
    };
  };

  test("asks for one, gives it, and takes it", async () => {
    const { guard } = create();
    const refusal = await refusalOf(guard, proven(token, prove(sender, token)));
    expect(refusal).toMatchObject({ status: 401, nonce: expect.any(String) });
    expect(refusal.challenges[1]).toContain('DPoP realm="api", error="use_dpop_nonce"');
    const dpop = prove(sender, token, { claims: { nonce: refusal.nonce } });
    expect(await verdictOf(guard, proven(token, dpop))).toBe("accepted");
  });
  test.each(["made up", "", 1, null])("refuses the nonce %j", async (nonce) => {
    const dpop = prove(sender, token, { claims: { nonce } });
    expect(await verdictOf(create().guard, proven(token, dpop))).toBe("dpop_nonce_required");
  });
  test("gives one to a client that has no token yet", async () => {
    expect((await refusalOf(create().guard, requestWith({}))).nonce).toEqual(expect.any(String));
  });
  test("gives the next one with the answer to a request that used the last one", async () => {
    const { guard, clock } = create();
    const { nonce } = await refusalOf(guard, proven(token));
    const first = proven(token, prove(sender, token, { claims: { nonce } }));
    expect(await verdictOf(guard, first)).toBe("accepted");
    expect(guard.responseHeaders(first)).toBeUndefined();
    clock.now += 20;
    const second = proven(token, prove(sender, token, { claims: { nonce } }));
    expect(await verdictOf(guard, second)).toBe("accepted");
    const next = guard.responseHeaders(second)?.["dpop-nonce"];
    expect(next).not.toBe(nonce);
    const third = proven(token, prove(sender, token, { claims: { nonce: next } }));
    expect(await verdictOf(guard, third)).toBe("accepted");
    clock.now += 20;
    expect(await verdictOf(guard, proven(token, prove(sender, token, { claims: { nonce } })))).toBe(
      "dpop_nonce_required",
    );
  });
  test("does not use a proof up that lacks the nonce", async () => {
    const { guard } = create();
    const { nonce } = await refusalOf(guard, proven(token));
    const claims = { jti: "once" };
    expect(await verdictOf(guard, proven(token, prove(sender, token, { claims })))).toBe("dpop_nonce_required");
    expect(await verdictOf(guard, proven(token, prove(sender, token, { claims: { ...claims, nonce } })))).toBe(
      "accepted",
    );
  });
  test("with a secret of its own refuses those of another process", async () => {
    const options: GuardOptions = { dpop: { mode: "allowed", nonce: true } };
    const [one, other] = [guardWith(options), guardWith(options)];
    const { nonce } = await refusalOf(one, proven(token));
    const claims = { nonce };
    expect(await verdictOf(other, proven(token, prove(sender, token, { claims })))).toBe("dpop_nonce_required");
    expect(await verdictOf(one, proven(token, prove(sender, token, { claims })))).toBe("accepted");
  });
  test("gives none where DPoP is off", async () => {
    const guard = guardWith({ dpop: { mode: "off", nonce: true } });
    const outcome = await guard.attempt(requestWith({}));
    expect(outcome instanceof AuthError && guard.refusal(outcome).headers["dpop-nonce"]).toBeUndefined();
  });
});
