// Answers that processes share (RFC 7662 §4): asked once, never older than allowed, and never trusted more than the server.
import {
  ConfigError,
  createGuard,
  type Introspect,
  type IntrospectionOptions,
  type IntrospectionStore,
} from "gatewarden";
import { describe, expect, test, vi } from "vitest";
import { createClock, start } from "../support/clock.js";
import { issuer, options, verdict } from "../support/keys.js";
import { active, answering } from "./_answering.js";

/** A store in memory, and what it was told to keep. */
function createStore() {
  const kept = new Map<string, { response: object; lifetime: number; age: number }>();
  const store: IntrospectionStore = {
    load: vi.fn(async ({ token, issuer }) => kept.get(`${issuer} ${token}`) as never),
    save: vi.fn(async ({ token, issuer }, response, lifetime) => {
      kept.set(`${issuer} ${token}`, { response, lifetime, age: 0 });
    }),
  };
  return { kept, store };
}

/** One process of a fleet. */
function createProcess(store: IntrospectionStore, changes: Partial<IntrospectionOptions> = {}) {
  const clock = createClock();
  const introspect = vi.fn<Introspect>((...args) => (changes.introspect ?? answering())(...args));
  const guard = createGuard(options({ introspection: { ...changes, introspect, store }, now: clock.now }));
  return { clock, guard, introspect, ask: (token = "opaque") => verdict(guard, token) };
}

describe("a shared answer", () => {
  test("spares the other processes the question", async () => {
    const { store, kept } = createStore();
    const [one, other] = [createProcess(store), createProcess(store)];
    expect([await one.ask(), await other.ask(), await other.ask()]).toEqual(["accepted", "accepted", "accepted"]);
    expect(one.introspect).toHaveBeenCalledTimes(1);
    expect(other.introspect).not.toHaveBeenCalled();
    expect(store.load).toHaveBeenCalledTimes(2);
    expect([...kept]).toEqual([[`${issuer} opaque`, { response: active(), lifetime: 60, age: 0 }]]);
  });

  test("is loaded once for all requests that wait for it", async () => {
    const { store } = createStore();
    const { ask, introspect } = createProcess(store);
    expect(new Set(await Promise.all([ask(), ask(), ask()]))).toEqual(new Set(["accepted"]));
    expect(store.load).toHaveBeenCalledTimes(1);
    expect(introspect).toHaveBeenCalledTimes(1);
  });

  test("is used for what is left of maxAge, and no longer", async () => {
    const { store, kept } = createStore();
    kept.set(`${issuer} opaque`, { response: active(), lifetime: 60, age: 50 });
    const { ask, clock, introspect } = createProcess(store);
    expect(await ask()).toBe("accepted");
    clock.advance(9);
    expect(await ask()).toBe("accepted");
    expect(introspect).not.toHaveBeenCalled();
    kept.clear();
    clock.advance(1);
    expect(await ask()).toBe("accepted");
    expect(introspect).toHaveBeenCalledTimes(1);
  });

  test("lives no longer than its token", async () => {
    const { store, kept } = createStore();
    const exp = start + 20;
    await createProcess(store, { introspect: answering({ exp }) }).ask();
    expect(kept.get(`${issuer} opaque`)?.lifetime).toBe(20);
    const { ask, clock } = createProcess(store);
    clock.set(exp + 10);
    expect(await ask()).toBe("expired");
  });

  test.each<[string, unknown]>([
    ["too old", { response: active(), age: 60 }],
    ["from the future", { response: active(), age: -1 }],
    ["without an age", { response: active() }],
    ["of an age that is text", { response: active(), age: "1" }],
    ["of the age NaN", { response: active(), age: Number.NaN }],
    ["without active", { response: { sub: "admin" }, age: 1 }],
    ["with active as text", { response: { ...active(), active: "true" }, age: 1 }],
    ["inactive: only the server may say so", { response: { active: false }, age: 1 }],
    ["null", null],
    ["text", "active"],
    ["a list", []],
    [
      "with a getter that throws",
      Object.defineProperty({}, "response", {
        get: () => {
          throw new Error("read");
        },
      }),
    ],
    ["with what cannot be copied", { response: { ...active(), sub: () => "admin" }, age: 1 }],
  ])("is ignored when it is %s", async (_what, found) => {
    const store = { load: async () => found as never, save: async () => undefined };
    const { ask, introspect } = createProcess(store);
    expect(await ask()).toBe("accepted");
    expect(introspect).toHaveBeenCalledTimes(1);
  });

  test.each([
    ["issuer_untrusted", { iss: "https://other.test/" }],
    ["audience_mismatch", { aud: "https://other.test" }],
    ["expired", { exp: start - 10 }],
    ["claim_missing", { exp: undefined }],
  ])("is held to the same rules as the server's: %s", async (reason, changes) => {
    const { store, kept } = createStore();
    kept.set(`${issuer} opaque`, { response: active(changes), lifetime: 60, age: 1 });
    expect(await createProcess(store).ask()).toBe(reason);
  });

  test("is none for the same token at another issuer", async () => {
    const { store } = createStore();
    await createProcess(store).ask();
    const others = createGuard(
      options({ issuer: "https://other.test/", introspection: { introspect: async () => ({ active: false }), store } }),
    );
    expect(await verdict(others, "opaque")).toBe("token_inactive");
  });

  test("cannot be changed by what the store does with it", async () => {
    const { store, kept } = createStore();
    const { ask } = createProcess(store);
    await ask();
    Object.assign(kept.get(`${issuer} opaque`)?.response ?? {}, { aud: "https://other.test" });
    expect(await ask()).toBe("accepted");
  });

  test("is not kept for an inactive token: made-up ones would fill the store (CWE-770)", async () => {
    const { store } = createStore();
    const { ask } = createProcess(store, { introspect: async () => ({ active: false }) });
    expect(await ask()).toBe("token_inactive");
    expect(store.save).not.toHaveBeenCalled();
  });

  test("is neither loaded nor kept where every request asks", async () => {
    const { store } = createStore();
    const { ask } = createProcess(store, { maxAge: 0 });
    expect([await ask(), await ask()]).toEqual(["accepted", "accepted"]);
    expect(store.load).not.toHaveBeenCalled();
    expect(store.save).not.toHaveBeenCalled();
  });

  test("serves while the server does not answer", async () => {
    const { store } = createStore();
    await createProcess(store).ask("good");
    const down = Object.assign(new Error("down"), { code: "ECONNREFUSED" });
    const { ask } = createProcess(store, { introspect: () => Promise.reject(down) });
    for (let n = 0; n < 10; n++) expect(await ask(`other-${n}`)).toBe("introspection_unavailable");
    expect(await ask("good")).toBe("accepted");
  });
});

describe("a store that fails is as good as none", () => {
  const down = () => Promise.reject(new Error("down"));
  const throwing = () => {
    throw new Error("down");
  };
  const silent = () => new Promise<never>(() => undefined);
  test.each<[string, IntrospectionStore]>([
    ["rejects", { load: down, save: down }],
    ["throws", { load: throwing, save: throwing }],
    ["never answers", { load: silent, save: silent }],
    ["returns nothing", { load: () => undefined as never, save: () => undefined as never }],
  ])("when it %s", async (_what, store) => {
    const { ask, introspect } = createProcess(store, { timeout: 0.1 });
    expect(await ask()).toBe("accepted");
    expect(introspect).toHaveBeenCalledTimes(1);
    expect(await createProcess(store, { timeout: 0.1, introspect: async () => ({ active: false }) }).ask()).toBe(
      "token_inactive",
    );
  });
});

test.each([{}, { load: async () => undefined }, { load: 1, save: 1 }, "redis", null])("%j is not a store", (store) => {
  const introspection = { introspect: answering(), store: store as never };
  expect(() => createGuard(options({ introspection }))).toThrow(ConfigError);
});
