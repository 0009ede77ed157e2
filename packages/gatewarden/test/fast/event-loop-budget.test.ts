// What happens to signatures for which one turn of the event loop has no time.
import os from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { verifyInPool } from "../../src/fast/event-loop-budget.js";
import { AuthError, type Guard } from "../../src/index.js";
import { bearer, guardWith, stranger, token } from "../support/keys.js";

/** Checks new tokens without a pause until one has to wait. Many thousands would take seconds, and must not be needed. */
function exhaustTurn(guard: Guard<unknown>): void {
  const request = bearer(token());
  for (let check = 0; check < 20_000; check++) {
    const outcome = guard.attempt(request);
    if (outcome instanceof Promise) return;
    expect(outcome).not.toBeInstanceOf(AuthError);
  }
  throw new Error("Verification took the event loop for itself");
}

beforeAll(() => {
  // On one core they wait for a later turn: `later-turn.test.ts`.
  vi.spyOn(os, "availableParallelism").mockReturnValue(2);
});

describe("tokens that all come at once", () => {
  const guard = guardWith({ cache: false });

  test("are verified in the thread pool once they have held up the event loop, with the same outcome", async () => {
    exhaustTurn(guard);
    const texts = Array.from({ length: 50 }, (_, index) => token({ sub: `user-${index}` }));
    const outcomes = texts.map((text) => guard.attempt(bearer(text)));
    expect(outcomes.every((outcome) => outcome instanceof Promise)).toBe(true);
    expect((await Promise.all(outcomes)).map((auth) => (auth as { subject?: string }).subject)).toEqual(
      texts.map((_, index) => `user-${index}`),
    );
  });

  test("are refused there as everywhere", async () => {
    exhaustTurn(guard);
    const forged = token({}, { key: stranger, header: { alg: "ES256", kid: "ec" } });
    const good = token();
    const other = token({ sub: "somebody else" });
    const swapped = good.slice(0, good.lastIndexOf(".")) + other.slice(other.lastIndexOf("."));
    const requests = [forged, good, swapped].map((text) => guard.attempt(bearer(text)));
    expect(requests.map((outcome) => outcome instanceof Promise)).toEqual([true, true, true]);
    expect((await Promise.all(requests)).map((outcome) => (outcome as AuthError).reason)).toEqual([
      "signature_invalid",
      undefined,
      "signature_invalid",
    ]);
  });

  test("are verified at once again in the next turn", async () => {
    exhaustTurn(guard);
    await nextTurn();
    expect(guard.attempt(bearer(token()))).not.toBeInstanceOf(Promise);
  });
});

describe("the thread pool", () => {
  test("is given three signatures at a time", async () => {
    let running = 0;
    let most = 0;
    const results = Array.from({ length: 20 }, (_, index) =>
      verifyInPool(
        (data, _signature, done) => {
          most = Math.max(most, ++running);
          setTimeout(() => {
            running--;
            done(null, data[0] === index);
          });
        },
        Uint8Array.of(index),
        Uint8Array.of(),
      ),
    );
    expect(await Promise.all(results)).toEqual(results.map(() => true));
    expect(most).toBe(3);
  });

  test("goes on after a signature that it failed at", async () => {
    const failing = [
      verifyInPool((_data, _signature, done) => done(new Error("no memory"), false), Uint8Array.of(), Uint8Array.of()),
      verifyInPool(
        () => {
          throw new Error("no thread");
        },
        Uint8Array.of(),
        Uint8Array.of(),
      ),
    ];
    const settled = await Promise.allSettled(failing);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const fine = Array.from({ length: 5 }, () =>
      verifyInPool((_data, _signature, done) => setTimeout(done, 0, null, true), Uint8Array.of(), Uint8Array.of()),
    );
    expect(await Promise.all(fine)).toEqual([true, true, true, true, true]);
  });
});
