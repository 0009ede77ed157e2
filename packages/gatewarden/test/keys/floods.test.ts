// Floods of unknown key ids: the issuer is hardly asked, a rotation is honoured all the same, and a
// key that was not asked for is not refused.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { gate, json } from "../support/issuer-server.js";
import { bearer, refusalOf, verdict } from "../support/keys.js";
import { type Remote, second, startRemote } from "../support/remote.js";

let remote: Remote;
beforeEach(async () => {
  // Only the test's own clock runs, however slow this machine is.
  vi.spyOn(performance, "now").mockReturnValue(1000);
  remote = await startRemote();
  await remote.guard.ready();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await remote.server.close();
});

const fetches = () => remote.server.count("/jwks");
const bogus = (kid: string) => verdict(remote.guard, remote.token({ ...second, kid }));
const rotated = () => verdict(remote.guard, remote.token(second));
const rotate = () => remote.server.publish([remote.key.jwk, second.jwk]);

describe("One unknown kid, however often it comes", () => {
  test("leaves a rotated key what it needs: its first token passes", async () => {
    for (let n = 0; n < 1000; n++) expect(await bogus("one")).toBe("key_unknown");
    expect(fetches()).toBe(2);
    rotate();
    expect(await rotated()).toBe("accepted");
  });

  test("for minutes, costs one request in ten seconds, and the first token of a rotated key still passes", async () => {
    for (let n = 0; n < 600; n++) {
      expect(await bogus("one")).toBe("key_unknown");
      remote.clock.advance(0.25);
    }
    expect(fetches()).toBeLessThanOrEqual(1 + 2 + 150 / 10);
    rotate();
    expect(await rotated()).toBe("accepted");
  });
});

describe("A few unknown kids, again and again", () => {
  test.each([2, 5, 50, 1000])("leave a rotated key what it needs: %i of them", async (count) => {
    const flood = async () => {
      for (let n = 0; n < count; n++) expect(await bogus(`few-${n}`)).toMatch(/key_unknown|keys_unavailable/);
    };
    for (let round = 0; round < 3; round++) await flood();
    expect(fetches()).toBeLessThanOrEqual(1 + 4);
    rotate();
    const verdicts = [await rotated(), await rotated()];
    expect(verdicts[1]).toBe("accepted");
    // It is never refused before the issuer was asked for it.
    expect(verdicts[0]).not.toBe("key_unknown");
  });

  test("are refused once the issuer was asked, by whichever of them: one answer is good for all that came before", async () => {
    for (let n = 0; n < 20; n++) await bogus(`few-${n}`);
    expect(await bogus("few-10")).toBe("key_unknown");
    for (let n = 0; n < 20; n++) expect(await bogus(`few-${n}`)).toBe("key_unknown");
    expect(fetches()).toBe(1 + 3 + 1);
  });
});

describe("Random kids without end", () => {
  const flood = async (count: number, name: string) => {
    for (let n = 0; n < count; n++) await bogus(`${name}-${n}`);
  };

  test("cost five requests in ten seconds at most, the first load included", async () => {
    for (let tenth = 0; tenth < 100; tenth++) {
      await flood(10, `t${tenth}`);
      remote.clock.advance(0.1);
    }
    expect(fetches()).toBeLessThanOrEqual(5);
  });

  test("keep a rotated key's tokens waiting until the second one, for a second, with 503", async () => {
    await flood(1000, "a");
    rotate();
    const refusal = await refusalOf(remote.guard.verify(remote.token(second)));
    expect(refusal).toMatchObject({ reason: "keys_unavailable", status: 503, retryAfter: 1 });
    await flood(1000, "b");
    expect(await rotated()).toBe("accepted");
  });

  test("of which each comes twice, keep a rotated key waiting for ten seconds at most, and its tokens are not refused", async () => {
    for (let n = 0; n < 100; n++) for (const _ of [1, 2]) await bogus(`twice-${n}`);
    expect(fetches()).toBeLessThanOrEqual(1 + 5);
    rotate();
    await rotated();
    const refusal = await refusalOf(remote.guard.verify(remote.token(second)));
    expect(refusal).toMatchObject({ reason: "keys_unavailable", status: 503, retryAfter: 10 });
    expect(refusal.cause).toMatchObject({ message: expect.not.stringContaining("second") });
    remote.clock.advance(10);
    await bogus("another");
    expect(await rotated()).toBe("accepted");
  });

  test("do not turn an honest client away with 503 for long whose key is gone: the issuer is asked, and then it is 401", async () => {
    await flood(100, "a");
    expect([await rotated(), await rotated(), await rotated()]).toEqual([
      "keys_unavailable",
      "key_unknown",
      "key_unknown",
    ]);
  });

  test("delay no token whose key is known", async () => {
    await flood(100, "a");
    expect(remote.guard.attempt(bearer(remote.token()))).not.toBeInstanceOf(Promise);
  });
});

test("A kid that comes while the very first answer, from before the rotation, is on its way is asked for again", async () => {
  const old = gate(json({ keys: [remote.key.jwk] }));
  remote.server.on("/jwks", old.answer);
  const guard = remote.another();
  const first = verdict(guard, remote.token());
  await vi.waitFor(() => expect(fetches()).toBe(2));
  rotate();
  const later = verdict(guard, remote.token(second));
  old.open();
  expect([await first, await later]).toEqual(["accepted", "accepted"]);
});

test("A kid that is too long to be remembered is asked for like another", async () => {
  const long = { ...second, kid: "k".repeat(300) };
  expect(await verdict(remote.guard, remote.token(long))).toBe("key_unknown");
  remote.server.publish([remote.key.jwk, { ...second.jwk, kid: long.kid }]);
  expect(await verdict(remote.guard, remote.token(long))).toBe("accepted");
});
