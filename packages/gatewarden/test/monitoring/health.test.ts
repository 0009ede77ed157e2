// Health: one word for the machine, reasons in words for the person on call.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DependencyError, type GuardOptions, type Health } from "../../src/index.js";
import { hang, status } from "../support/issuer-server.js";
import { guardWith, token, verdict } from "../support/keys.js";
import { type Remote, startRemote } from "../support/remote.js";

let remote: Remote;
beforeEach(async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  remote = await startRemote();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await remote.server.close();
});

const ready: Health = { status: "ready", reasons: [] };

describe("A guard with fetched keys", () => {
  test("is ready as soon as it is asked, since it fetches what it lacks", async () => {
    expect(await remote.guard.health()).toEqual(ready);
    expect(remote.server.count("/jwks")).toBe(1);
  });

  test("is not ready while the keys were never loaded, and says why and when it tries again", async () => {
    remote.server.on("/jwks", status(500));
    const { issuer, origin } = remote.server;
    const why = `GET ${origin}/jwks answered with status 500`;
    expect(await remote.guard.health()).toEqual({
      status: "not ready",
      reasons: [`The keys of ${issuer} were never loaded. 1 failure in a row, the last one: ${why}. Next try in 1 s`],
    });
  });

  test("asks the issuer no more often than the back-off allows, however often it is polled", async () => {
    remote.server.on("/jwks", status(500));
    for (let n = 0; n < 20; n++) expect((await remote.guard.health()).status).toBe("not ready");
    expect(remote.server.count("/jwks")).toBe(1);
  });

  test("becomes ready by itself once the issuer answers", async () => {
    remote.server.on("/jwks", status(500));
    await remote.guard.health();
    remote.server.publish([remote.key.jwk]);
    remote.clock.advance(2);
    expect(await remote.guard.health()).toEqual(ready);
  });

  test("is degraded, not unready, while old keys serve through an outage", async () => {
    await remote.guard.ready();
    remote.server.on("/jwks", status(503));
    remote.clock.advance(601);
    await verdict(remote.guard, remote.token());
    await verdict(remote.guard, remote.token());
    const { status: word, reasons } = await remote.guard.health();
    expect(word).toBe("degraded");
    expect(reasons).toEqual([
      `The keys of ${remote.server.issuer} are stale since 2027-01-15T08:10:00.000Z; they serve until ` +
        `2027-01-16T08:10:00.000Z. 1 failure in a row, the last one: GET ${remote.server.origin}/jwks answered with ` +
        "status 503. Next try in 1 s",
    ]);
  });

  test("is degraded when a refresh failed before the keys became stale", async () => {
    await remote.guard.ready();
    remote.server.on("/jwks", status(503));
    remote.clock.advance(451);
    await verdict(remote.guard, remote.token());
    await vi.waitFor(() => expect(remote.guard.status().issuers[0]?.keys.failures).toBe(1));
    const { status: word, reasons } = await remote.guard.health();
    expect([word, reasons[0]]).toEqual(["degraded", expect.stringContaining("cannot be refreshed; they serve until")]);
  });

  test("is not ready when the keys are too old to be used", async () => {
    await remote.guard.ready();
    remote.server.on("/jwks", status(503));
    remote.clock.advance(601 + 86_400);
    const { status: word, reasons } = await remote.guard.health();
    expect(word).toBe("not ready");
    expect(reasons[0]).toContain("became too old at 2027-01-16T08:10:00.000Z");
  });

  test("is ready while it idles: keys that nobody asked for are no fault", async () => {
    await remote.guard.ready();
    remote.clock.advance(5000);
    expect(await remote.guard.health()).toEqual(ready);
  });
});

describe("A guard with two issuers", () => {
  let other: Remote;
  beforeEach(async () => {
    other = await startRemote();
  });
  afterEach(() => other.server.close());
  const both = () => remote.another({ issuer: [remote.server.issuer, other.server.issuer] });

  test("is degraded while only one has keys, and does not wait for the other", async () => {
    other.server.on("/jwks", hang);
    const guard = both();
    expect((await guard.health()).status).toBe("degraded");
    other.server.on("/jwks", status(500));
  });

  test("is not ready while none has keys, and says so of each", async () => {
    for (const { server } of [remote, other]) server.on("/jwks", status(500));
    const { status: word, reasons } = await both().health();
    expect([word, reasons.length]).toEqual(["not ready", 2]);
  });
});

test("A guard whose issuers are looked up is ready, with none of them known yet", async () => {
  expect(await remote.another({ issuer: () => undefined }).health()).toEqual(ready);
});

test("A guard with configured keys is ready", async () => {
  expect(await guardWith().health()).toEqual(ready);
});

describe("What fails beside the keys", () => {
  const fail = async () => {
    throw Object.assign(new RangeError("token eySECRET is odd"), { code: "ESECRET" });
  };

  test("is told in words where the error says that it quotes nothing of a token", async () => {
    const guard = guardWith({ introspection: async () => Promise.reject(new DependencyError("status 401")) });
    await verdict(guard, "opaque");
    expect((await guard.health()).reasons).toEqual(["Introspection fails since 2027-01-15T08:00:00.000Z: status 401"]);
  });

  test.each<[string, GuardOptions, string]>([
    ["the deny list", { revocation: { isRevoked: fail } }, "The deny list"],
    ["introspection", { introspection: fail }, "Introspection"],
  ])("degrades: %s, by the kind of the error and without its words", async (_name, options, what) => {
    const guard = guardWith(options);
    await verdict(guard, what === "Introspection" ? "opaque" : token());
    expect(await guard.health()).toEqual({
      status: "degraded",
      reasons: [`${what} fails since 2027-01-15T08:00:00.000Z: RangeError`],
    });
  });
});

describe("A deny list that tells of itself", () => {
  const told = { isConnected: true, lag: 0.5, entries: 7, reasons: [] };
  const listWith = (changes: object) => ({ isRevoked: () => false, ...changes });

  test.each([
    ["ready", []],
    ["degraded", ["The deny list lags"]],
    ["not ready", ["It was never read"]],
  ] as const)("that is %s makes the guard so, with its reasons", async (state, reasons) => {
    const guard = guardWith({ revocation: listWith({ status: () => ({ ...told, state, reasons }) }) });
    expect(guard.status().revocation?.source).toEqual({ ...told, state, reasons });
    expect(await guard.health()).toEqual({ status: state, reasons });
  });

  test("and throws, or has nothing to tell, changes nothing", async () => {
    const broken = listWith({
      status: () => {
        throw new Error("broken");
      },
    });
    for (const revocation of [broken, listWith({})]) {
      const guard = guardWith({ revocation });
      expect(guard.status().revocation?.source).toBeUndefined();
      expect(await guard.health()).toEqual(ready);
    }
  });

  test("is waited for by ready(), which rejects as it does", async () => {
    const failing = listWith({ ready: async () => Promise.reject(new DependencyError("down")) });
    await expect(guardWith({ revocation: failing }).ready()).rejects.toThrow("down");
    await guardWith({ revocation: listWith({ ready: async () => {} }) }).ready();
    await guardWith({ revocation: listWith({}) }).ready();
  });
});
