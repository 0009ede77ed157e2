// What a guard says of itself: its keys, its cache, and what it depends on.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createGuard, createMemoryReplayStore, type GuardOptions } from "../../src/index.js";
import { start } from "../support/clock.js";
import { json, status } from "../support/issuer-server.js";
import { guardWith, options, token, verdict } from "../support/keys.js";
import { type Remote, second, startRemote } from "../support/remote.js";
import { guardWith as boundGuard, createSender, issue, prove, proven } from "../support/senders.js";

let remote: Remote;
beforeEach(async () => {
  remote = await startRemote();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await remote.server.close();
});

const keys = () => remote.guard.status().issuers[0]?.keys;

describe("The status of a fetched key set", () => {
  test("is missing at first, and asking for it fetches nothing", () => {
    expect(remote.guard.status()).toMatchObject({
      at: start,
      issuers: [{ issuer: remote.server.issuer, keys: { state: "missing", failures: 0 } }],
    });
    expect(keys()?.loadedAt).toBeUndefined();
    expect(remote.server.requests).toEqual([]);
  });

  test("says when it was fetched and how long it serves", async () => {
    await remote.guard.ready();
    expect(keys()).toMatchObject({
      state: "fresh",
      loadedAt: start,
      freshUntil: start + 600,
      usableUntil: start + 600 + 86_400,
      counts: { refreshes: 1, failures: 0, unknownKeyFetches: 0, staleServes: 0, extraTries: 0 },
    });
  });

  test("counts how often a stale set was used, and says why and until when", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    await remote.guard.ready();
    remote.server.on("/jwks", status(500));
    remote.clock.advance(601);
    for (let n = 0; n < 3; n++) expect(await verdict(remote.guard, remote.token())).toBe("accepted");
    expect(keys()).toMatchObject({ state: "stale", failures: 1, retryAt: start + 602 });
    expect(keys()?.counts).toEqual({ refreshes: 2, failures: 1, unknownKeyFetches: 0, staleServes: 2, extraTries: 0 });
    expect(keys()?.lastError).toMatchObject({ name: "FetchError", status: 500 });
    remote.clock.advance(86_400);
    expect(keys()).toMatchObject({ state: "missing", loadedAt: start });
  });

  test("counts fetches that an unknown kid caused", async () => {
    await remote.guard.ready();
    remote.server.publish([remote.key.jwk, second.jwk]);
    expect(await verdict(remote.guard, remote.token(second))).toBe("accepted");
    expect(await verdict(remote.guard, remote.token({ ...second, kid: "bogus" }))).toBe("key_unknown");
    expect(keys()?.counts).toEqual({ refreshes: 3, failures: 0, unknownKeyFetches: 2, staleServes: 0, extraTries: 0 });
  });

  test("forgets the failure once the issuer answers", async () => {
    remote.server.on("/jwks", status(500));
    await verdict(remote.guard, remote.token());
    remote.server.on("/jwks", json({ keys: [remote.key.jwk] }));
    remote.clock.advance(2);
    await verdict(remote.guard, remote.token());
    expect(keys()).toMatchObject({ state: "fresh", failures: 0, counts: { refreshes: 2, failures: 1 } });
    expect([keys()?.retryAt, keys()?.lastError]).toEqual([undefined, undefined]);
  });
});

test("The status of configured keys is fixed", () => {
  expect(guardWith().status().issuers).toMatchObject([{ keys: { state: "fixed", failures: 0 } }]);
});

test("Issuers that are looked up are counted together, also those that were dropped", async () => {
  const other = await startRemote();
  const trusted = new Set([remote.server.issuer, other.server.issuer]);
  const resolve = (issuer: string) => (trusted.has(issuer) ? { issuer } : undefined);
  const guard = remote.another({ issuer: { resolve, maxIssuers: 1, allowPrivateNetwork: true } });
  expect(guard.status()).toMatchObject({ issuers: [], resolved: { held: 0, counts: { refreshes: 0 } } });
  for (const one of [remote, other]) expect(await verdict(guard, one.token())).toBe("accepted");
  expect(guard.status().resolved).toMatchObject({ held: 1, counts: { refreshes: 2, failures: 0 } });
  await other.server.close();
});

describe("What is not configured", () => {
  test("has no status", () => {
    expect(guardWith({ cache: false }).status()).toMatchObject({
      resolved: undefined,
      cache: undefined,
      introspection: undefined,
      revocation: undefined,
      replay: undefined,
    });
  });
});

describe("What checks depend on", () => {
  const down = () => {
    throw new Error("down");
  };

  test.each<[string, unknown, boolean]>([
    ["answers", () => false, false],
    ["answers later", async () => false, false],
    ["says yes", () => true, false],
    ["throws", down, true],
    ["rejects", async () => down(), true],
    ["answers nonsense", () => "no", true],
  ])("is counted for a deny list that %s", async (_name, isRevoked, isFailing) => {
    const revocation = { isRevoked } as GuardOptions["revocation"];
    const guard = guardWith({ ...(revocation && { revocation }) });
    await verdict(guard, token());
    const failed = isFailing ? 1 : 0;
    expect(guard.status().revocation).toMatchObject({ asked: 1, failed, failingSince: isFailing ? start : undefined });
  });

  test("is failing since the first failure, until it answers", async () => {
    let time = start;
    const isRevoked = vi.fn<() => boolean>().mockReturnValue(false);
    const guard = createGuard(options({ now: () => time, revocation: { isRevoked } }));
    isRevoked.mockImplementationOnce(down).mockImplementationOnce(down);
    await verdict(guard, token());
    time += 5;
    await verdict(guard, token());
    expect(guard.status().revocation).toMatchObject({ asked: 2, failed: 2, failingSince: start });
    await verdict(guard, token());
    expect(guard.status().revocation).toEqual({ asked: 3, failed: 2, failingSince: undefined, lastError: undefined });
  });

  test("is counted for introspection, with what is remembered", async () => {
    const introspect = vi.fn().mockRejectedValueOnce(new Error("down")).mockResolvedValue({ active: false });
    const guard = guardWith({ introspection: introspect });
    for (const text of ["a", "b", "b"]) await verdict(guard, text);
    expect(guard.status().introspection).toMatchObject({ asked: 2, failed: 1, failingSince: undefined, entries: 1 });
  });

  test.each([
    ["the store in memory", createMemoryReplayStore({ now: () => start }), 1],
    ["a store that does not say", { add: async () => true }, undefined],
  ])("is counted for a replay store, with its size: %s", async (_name, replay, entries) => {
    const guard = boundGuard({ dpop: { mode: "allowed", replay } });
    const sender = await createSender();
    const bound = await issue({ cnf: { jkt: sender.jkt } });
    await guard.check(proven(bound, prove(sender, bound)));
    expect(guard.status().replay).toMatchObject({ asked: 1, failed: 0, entries });
  });
});
