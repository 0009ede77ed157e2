// On one core, signatures that a turn has no time for wait for the next turns, and get the same answers there.
import crypto from "node:crypto";
import os from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { areWaiting, verifyInLaterTurn } from "../../src/fast/later-turn.js";
import { AuthError, type Guard } from "../../src/index.js";
import { bearer, guardWith, stranger, token } from "../support/keys.js";

beforeAll(() => {
  // Asked for at the first signature that has to wait.
  vi.spyOn(os, "availableParallelism").mockReturnValue(1);
});

afterEach(async () => {
  while (areWaiting()) await nextTurn();
});

/** Checks new tokens without a pause until one has to wait. */
function exhaustTurn(guard: Guard<unknown>): Promise<unknown> {
  const request = bearer(token());
  for (let check = 0; check < 20_000; check++) {
    const outcome = guard.attempt(request);
    if (outcome instanceof Promise) return outcome;
    expect(outcome).not.toBeInstanceOf(AuthError);
  }
  throw new Error("Verification took the event loop for itself");
}

/** Takes a fifth of what a turn has. */
function spin(): void {
  const ends = performance.now() + 0.2;
  while (performance.now() < ends);
}

describe("on one core, tokens that all come at once", () => {
  const guard = guardWith({ cache: false });

  test("are verified in later turns, without a thread", async () => {
    const inPool = vi.spyOn(crypto, "verify");
    void exhaustTurn(guard);
    const texts = Array.from({ length: 50 }, (_, index) => token({ sub: `user-${index}` }));
    const outcomes = texts.map((text) => guard.attempt(bearer(text)));
    expect(outcomes.every((outcome) => outcome instanceof Promise)).toBe(true);
    expect((await Promise.all(outcomes)).map((auth) => (auth as { subject?: string }).subject)).toEqual(
      texts.map((_, index) => `user-${index}`),
    );
    expect(inPool).not.toHaveBeenCalled();
  });

  test("are refused there as everywhere", async () => {
    void exhaustTurn(guard);
    const forged = token({}, { key: stranger, header: { alg: "ES256", kid: "ec" } });
    const good = token();
    const other = token({ sub: "somebody else" });
    const swapped = good.slice(0, good.lastIndexOf(".")) + other.slice(other.lastIndexOf("."));
    const requests = [forged, good, swapped].map((text) => guard.attempt(bearer(text)));
    expect((await Promise.all(requests)).map((outcome) => (outcome as AuthError).reason)).toEqual([
      "signature_invalid",
      undefined,
      "signature_invalid",
    ]);
  });

  test("are verified at once again when none waits", async () => {
    await exhaustTurn(guard);
    await nextTurn();
    expect(guard.attempt(bearer(token()))).not.toBeInstanceOf(Promise);
  });

  test("wait behind those that wait already, also in the next turn", async () => {
    const order: string[] = [];
    const early = Array.from({ length: 40 }, (_, index) =>
      verifyInLaterTurn(spinning(true), Uint8Array.of(), Uint8Array.of()).then(() => order.push(`early ${index}`)),
    );
    await nextTurn();
    expect(areWaiting()).toBe(true);
    const late = guard.attempt(bearer(token()));
    expect(late).toBeInstanceOf(Promise);
    await Promise.all([...early, Promise.resolve(late).then(() => order.push("late"))]);
    expect(order).toEqual([...early.map((_, index) => `early ${index}`), "late"]);
  });
});

function spinning(answer: boolean) {
  return () => {
    spin();
    return answer;
  };
}

describe("a later turn", () => {
  test("takes no more than eight signatures that are slow, so that others are served in between", async () => {
    let turn = 0;
    let isDone = false;
    const count = () => {
      turn++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const turns: number[] = [];
    const checks = Array.from({ length: 80 }, () =>
      verifyInLaterTurn(
        () => {
          turns.push(turn);
          spin();
          return true;
        },
        Uint8Array.of(),
        Uint8Array.of(),
      ),
    );
    expect(await Promise.all(checks)).toEqual(checks.map(() => true));
    isDone = true;
    const perTurn = [...new Set(turns)].map((one) => turns.filter((other) => other === one).length);
    expect(Math.max(...perTurn)).toBe(8);
  });

  test("does not come too late: beyond 256 that wait, the oldest is verified at once (CWE-400, CWE-770)", async () => {
    const verified: number[] = [];
    const checks = Array.from({ length: 1000 }, (_, index) =>
      verifyInLaterTurn(() => verified.push(index) > 0, Uint8Array.of(), Uint8Array.of()),
    );
    expect(verified).toEqual(Array.from({ length: 1000 - 256 }, (_, index) => index));
    expect(await Promise.all(checks)).toEqual(checks.map(() => true));
    expect(verified).toEqual(checks.map((_, index) => index));
  });

  test("verifies the bytes as they were, and goes on after a signature that it failed at", async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const seen = verifyInLaterTurn((data, signature) => data[0] === 1 && signature[2] === 3, bytes, bytes);
    const failing = verifyInLaterTurn(
      () => {
        throw new Error("no memory");
      },
      bytes,
      bytes,
    );
    const last = verifyInLaterTurn(() => false, bytes, bytes);
    bytes.fill(9);
    await expect(failing).rejects.toThrow("no memory");
    expect([await seen, await last]).toEqual([true, false]);
  });
});
