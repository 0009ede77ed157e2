// How much work a check is: not how long it takes, which depends on the machine, but what it calls and how often.
import { createHook } from "node:async_hooks";
import crypto from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AuthError, type Guard, type GuardRequest, permission } from "../../src/index.js";
import { encode, signHmac } from "../support/forge.js";
import { bearer, claims, ed, guardWith, rsa, token } from "../support/keys.js";
import { startRemote } from "../support/remote.js";
import { guardWith as boundGuard, createSender, issue, prove, proven } from "../support/senders.js";

const watched = [
  "verify",
  "createVerify",
  "createHmac",
  "createHash",
  "hash",
  "createPublicKey",
  "timingSafeEqual",
] as const;

/** How often functions of node:crypto were called since the test began. */
function calls(): Partial<Record<(typeof watched)[number], number>> {
  const counts = watched.map((name) => [name, vi.mocked(crypto[name]).mock.calls.length] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** Begins to count anew, in a turn of the event loop that has all of its time left. */
async function reset(): Promise<void> {
  await nextTurn();
  for (const name of watched) vi.mocked(crypto[name]).mockClear();
}

beforeEach(() => {
  for (const name of watched) vi.spyOn(crypto, name);
});
afterEach(() => {
  vi.restoreAllMocks();
});

function accept(guard: Guard<unknown>, request: GuardRequest): void {
  const outcome = guard.attempt(request);
  expect(outcome).not.toBeInstanceOf(Promise);
  expect(outcome).not.toBeInstanceOf(AuthError);
}

describe("A check", () => {
  test.each([
    ["RS256", rsa, { createVerify: 1 }],
    ["PS512", rsa, { createVerify: 1 }],
    ["EdDSA", ed, { verify: 1 }],
  ] as const)("of a new token verifies one signature and hashes nothing else: %s", async (alg, key, expected) => {
    const guard = guardWith({ algorithms: [alg] });
    accept(guard, bearer(token({ sub: "first" }, { header: { alg, kid: key.kid }, key })));
    await reset();
    accept(guard, bearer(token({ sub: "second" }, { header: { alg, kid: key.kid }, key })));
    expect(calls()).toEqual(expected);
  });

  test("of a new token with a secret computes one HMAC, and compares it in constant time", async () => {
    const secret = crypto.randomBytes(32);
    const guard = guardWith({ keys: { secret } });
    const issueHmac = (sub: string) => {
      const input = `${encode({ alg: "HS256" })}.${encode(claims({ sub }))}`;
      return `${input}.${signHmac("HS256", secret, input).toString("base64url")}`;
    };
    accept(guard, bearer(issueHmac("first")));
    const second = bearer(issueHmac("second"));
    await reset();
    accept(guard, second);
    expect(calls()).toEqual({ createHmac: 1, timingSafeEqual: 1 });
  });

  test("of a token that came before calls no cryptography at all", async () => {
    const guard = guardWith();
    const request = bearer(token({ permissions: ["a"] }));
    accept(guard, request);
    accept(guard, request);
    await reset();
    const outcome = guard.attempt({ ...request }, permission("a"));
    expect(outcome).not.toBeInstanceOf(AuthError);
    expect(calls()).toEqual({});
  });

  test.each(["alg", "iss", "parts"])("of a token that is refused for its %s verifies nothing", async (what) => {
    const guard = guardWith();
    const bad = {
      alg: token({}, { header: { alg: "HS256", kid: "ec" }, alg: "ES256" }),
      iss: token({ iss: "https://other.test/" }),
      parts: `${token()}.x`,
    }[what];
    await reset();
    expect(guard.attempt(bearer(bad ?? ""))).toBeInstanceOf(AuthError);
    expect(calls()).toEqual({});
  });

  test("of a known bound token with a new proof verifies the proof and hashes once, and imports no key again", async () => {
    const sender = await createSender();
    const guard = boundGuard();
    const text = await issue({ cnf: { jkt: sender.jkt } });
    for (let turn = 0; turn < 3; turn++) await guard.attempt(proven(text, prove(sender, text)));
    const request = proven(text, prove(sender, text));
    await reset();
    expect(await guard.attempt(request)).not.toBeInstanceOf(AuthError);
    // What the store of proofs keeps. The token's own hash, for `ath`, is known.
    expect(calls()).toEqual({ createVerify: 1, hash: 1 });
  });
});

describe("Promises", () => {
  /** How many promises a function makes before it returns. */
  function promisesOf(run: () => void): number {
    let count = 0;
    const hook = createHook({
      init: (_id, type) => {
        if (type === "PROMISE") count++;
      },
    });
    hook.enable();
    run();
    hook.disable();
    return count;
  }

  test("are none where nothing has to be waited for: a new token, a known one, a refused one", async () => {
    const guard = guardWith();
    const [fresh, known] = [bearer(token({ sub: "new" })), bearer(token({ sub: "known" }))];
    for (let turn = 0; turn < 3; turn++) accept(guard, known);
    await nextTurn();
    expect(promisesOf(() => accept(guard, fresh))).toBe(0);
    expect(promisesOf(() => accept(guard, known))).toBe(0);
    expect(promisesOf(() => guard.attempt(bearer("x.y.z")))).toBe(0);
    expect(promisesOf(() => void Promise.resolve())).toBe(1);
  });

  test("are none with an issuer's keys from the network, once they are loaded", async () => {
    const { server, guard, token: issueToken } = await startRemote();
    try {
      await guard.ready();
      const request = bearer(issueToken());
      await nextTurn();
      expect(promisesOf(() => accept(guard, request))).toBe(0);
    } finally {
      await server.close();
    }
  });
});

describe("Requests to the issuer", () => {
  test("are two, for metadata and keys, when a thousand tokens come first", async () => {
    const { server, guard, token: issueToken } = await startRemote();
    try {
      const texts = Array.from({ length: 1000 }, (_, index) => issueToken(undefined, { sub: `user-${index}` }));
      const outcomes = await Promise.all(texts.map((text) => guard.attempt(bearer(text))));
      expect(outcomes.filter((outcome) => outcome instanceof AuthError)).toEqual([]);
      expect(server.requests).toHaveLength(2);
    } finally {
      await server.close();
    }
  });
});
