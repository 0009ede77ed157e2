// The metrics of a real guard, on the real SDK, as Prometheus would read them.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createMemoryReplayStore, permission } from "../../src/index.js";
import { instrument } from "../../src/opentelemetry/instrument.js";
import { forge } from "../support/forge.js";
import { hang, status } from "../support/issuer-server.js";
import { audience, bearer, guardWith, issuer, token, verdict, verdictOf } from "../support/keys.js";
import { type Remote, second, startRemote } from "../support/remote.js";
import { type Metrics, startMetrics } from "./_scrape.js";

let metrics: Metrics;
beforeEach(async () => {
  metrics = await startMetrics();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await metrics.close();
});

const start = (guard: Parameters<typeof instrument>[0], options = {}) =>
  instrument(guard, { meterProvider: metrics.meterProvider, ...options });

describe("Checks", () => {
  test("are counted by result, reason and issuer", async () => {
    const guard = guardWith();
    start(guard);
    const good = token();
    for (let n = 0; n < 3; n++) await guard.check(bearer(good));
    await verdict(guard, token(), permission("a"));
    await verdict(guard, token({ exp: 1 }));
    await verdict(guard, token({ iss: "https://evil.test/" }));
    await guard.attempt({ method: "GET", url: "/", headers: {} }, { optional: true });
    const { sum } = await metrics.scrape();
    const count = (labels: Record<string, string>) => sum("gatewarden_checks_total", labels);
    expect(count({ gatewarden_result: "accepted", gatewarden_issuer: issuer })).toBe(3);
    expect(count({ gatewarden_reason: "permission_missing", gatewarden_issuer: issuer })).toBe(1);
    expect(count({ gatewarden_reason: "expired", gatewarden_issuer: issuer })).toBe(1);
    expect(count({ gatewarden_reason: "issuer_untrusted" })).toBe(1);
    expect(count({ gatewarden_reason: "issuer_untrusted", gatewarden_issuer: issuer })).toBeUndefined();
    expect(count({ gatewarden_result: "anonymous" })).toBe(1);
    expect(count({})).toBe(7);
  });

  test("are measured in seconds, waiting included", async () => {
    const guard = guardWith({ revocation: { isRevoked: () => new Promise((go) => setTimeout(go, 30, false)) } });
    start(guard);
    await guard.check(bearer(token()));
    const { sum } = await metrics.scrape();
    expect(sum("gatewarden_check_duration_count", { gatewarden_result: "accepted" })).toBe(1);
    expect(sum("gatewarden_check_duration_sum")).toBeGreaterThan(0.02);
    expect(sum("gatewarden_check_duration_bucket", { le: "0.01" })).toBe(0);
    expect(sum("gatewarden_check_duration_bucket", { le: "+Inf" })).toBe(1);
  });

  test("are not measured any more once it was stopped, nor is anything else", async () => {
    const guard = guardWith();
    const stop = start(guard);
    await guard.check(bearer(token()));
    stop();
    await guard.check(bearer(token()));
    const { sum } = await metrics.scrape();
    expect(sum("gatewarden_checks_total")).toBe(1);
    expect(sum("gatewarden_health")).toBeUndefined();
  });

  test("of several guards are told apart by name", async () => {
    const guards = ["orders", "users"].map((name) => {
      const guard = guardWith();
      start(guard, { name });
      return guard;
    });
    for (const guard of [...guards, ...guards.slice(1)]) await guard.check(bearer(token()));
    const { sum } = await metrics.scrape();
    expect(sum("gatewarden_checks_total", { gatewarden_guard: "orders" })).toBe(1);
    expect(sum("gatewarden_checks_total", { gatewarden_guard: "users" })).toBe(2);
    expect(sum("gatewarden_health", { gatewarden_guard: "users", gatewarden_state: "ready" })).toBe(1);
  });
});

describe("Keys", () => {
  let remote: Remote;
  beforeEach(async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    remote = await startRemote();
  });
  afterEach(() => remote.server.close());

  const labels = (more = {}) => ({ gatewarden_issuer: remote.server.issuer, ...more });
  const read = async (name: string, more = {}) => (await metrics.scrape()).sum(name, labels(more));

  test("have no age before they were fetched, and then grow older by the guard's clock", async () => {
    start(remote.guard);
    expect(await read("gatewarden_keys_age")).toBeUndefined();
    await remote.guard.ready();
    remote.clock.advance(123);
    expect(await read("gatewarden_keys_age")).toBe(123);
  });

  test("are counted as they are refreshed, fail, serve stale and are asked for", async () => {
    start(remote.guard);
    await remote.guard.ready();
    remote.server.publish([remote.key.jwk, second.jwk]);
    await verdict(remote.guard, remote.token(second));
    remote.server.on("/jwks", status(500));
    remote.clock.advance(601);
    for (let n = 0; n < 3; n++) await verdict(remote.guard, remote.token());
    expect(await read("gatewarden_keys_refreshes_total", { gatewarden_result: "loaded" })).toBe(2);
    expect(await read("gatewarden_keys_refreshes_total", { gatewarden_result: "failed" })).toBe(1);
    expect(await read("gatewarden_keys_unknown_key_fetches_total")).toBe(1);
    expect(await read("gatewarden_keys_stale_serves_total")).toBe(2);
    expect(await read("gatewarden_call_duration_count", { error_type: "500" })).toBe(1);
    expect(await read("gatewarden_call_duration_count", { gatewarden_call: "keys" })).toBe(3);
    const { sum } = await metrics.scrape();
    expect(sum("gatewarden_health", { gatewarden_state: "degraded" })).toBe(1);
    expect(sum("gatewarden_health")).toBe(1);
  });

  test.each([
    ["that does not answer in time", () => remote.server.on("/jwks", hang), "TimeoutError"],
    ["whose server is gone", () => remote.server.close(), "ECONNREFUSED"],
    ["that is no JSON", () => remote.server.on("/jwks", (_, out) => void out.end("<html>")), "200"],
  ])("of a set %s have failed by the kind of the error", async (_name, breakIt, type) => {
    const guard = remote.another({ keys: { timeout: 0.3 } });
    start(guard);
    await breakIt();
    expect(await verdict(guard, remote.token())).toBe("keys_unavailable");
    expect(await read("gatewarden_call_duration_count", { error_type: type })).toBe(1);
  });

  test("that were tried beyond the first with tokens without kid are counted", async () => {
    start(remote.guard);
    remote.server.publish([second.jwk, remote.key.jwk]);
    const payload = { iss: remote.server.issuer, aud: audience, sub: "u", exp: remote.clock.now() + 60 };
    const made = forge({ header: { alg: "ES256" }, payload, key: remote.key });
    expect(await verdict(remote.guard, made)).toBe("accepted");
    expect(await read("gatewarden_keys_extra_tries_total")).toBe(1);
  });

  test("are fetched by nobody who only collects metrics", async () => {
    start(remote.guard);
    await metrics.scrape();
    expect(remote.server.requests).toEqual([]);
  });

  test("of issuers that are looked up are one series, however many there are", async () => {
    const others = [remote, await startRemote(), await startRemote()];
    const trusted = new Set(others.map(({ server }) => server.issuer));
    const resolve = (one: string) => (trusted.has(one) ? { issuer: one } : undefined);
    const guard = remote.another({ issuer: { resolve, maxIssuers: 2, allowPrivateNetwork: true } });
    start(guard);
    for (const other of others) expect(await verdict(guard, other.token())).toBe("accepted");
    for (let n = 0; n < 5; n++) await verdict(guard, token({ iss: `https://made-up-${n}.test/` }));
    const { sum, samples } = await metrics.scrape();
    expect(sum("gatewarden_keys_refreshes_total", { gatewarden_issuer: "(resolved)" })).toBe(3);
    expect(sum("gatewarden_issuers_held")).toBe(2);
    expect(new Set(samples.map((one) => one.labels["gatewarden_issuer"]).filter(Boolean))).toEqual(
      new Set(["(resolved)"]),
    );
    for (const { server } of others.slice(1)) await server.close();
  });
});

test("The cache tells hits, misses and how much it holds", async () => {
  const guard = guardWith();
  start(guard);
  const text = token();
  for (let n = 0; n < 4; n++) await guard.check(bearer(text));
  const { sum } = await metrics.scrape();
  expect(sum("gatewarden_cache_lookups_total", { gatewarden_result: "hit" })).toBe(2);
  expect(sum("gatewarden_cache_lookups_total", { gatewarden_result: "miss" })).toBe(2);
  expect(sum("gatewarden_cache_entries")).toBe(1);
  expect(sum("gatewarden_cache_size")).toBe(guard.cacheCounts()?.bytes);
});

test("What checks depend on is counted by name and result", async () => {
  const introspect = vi.fn().mockRejectedValueOnce(new Error("down")).mockResolvedValue({ active: false });
  const guard = guardWith({
    introspection: introspect,
    revocation: { isRevoked: () => false },
    dpop: { mode: "allowed", replay: createMemoryReplayStore() },
  });
  start(guard);
  for (const text of ["a", "b", token()]) await verdictOf(guard.check(bearer(text)));
  const { sum } = await metrics.scrape();
  const asked = (gatewarden_dependency: string, gatewarden_result: string) =>
    sum("gatewarden_dependency_requests_total", { gatewarden_dependency, gatewarden_result });
  expect([asked("introspection", "answered"), asked("introspection", "failed")]).toEqual([1, 1]);
  expect([asked("deny_list", "answered"), asked("deny_list", "failed")]).toEqual([1, 0]);
  expect(asked("replay_store", "answered")).toBe(0);
  expect(sum("gatewarden_dependency_entries", { gatewarden_dependency: "introspection" })).toBe(1);
  expect(sum("gatewarden_dependency_entries", { gatewarden_dependency: "replay_store" })).toBe(0);
});

test("A shared deny list tells how far it is behind, whether it is connected, and what it holds", async () => {
  const status = () => ({ state: "degraded" as const, isConnected: false, lag: 12.5, entries: 7, reasons: ["x"] });
  start(guardWith({ revocation: { isRevoked: () => false, status } }));
  const { sum } = await metrics.scrape();
  expect([sum("gatewarden_deny_list_lag"), sum("gatewarden_deny_list_connected")]).toEqual([12.5, 0]);
  expect(sum("gatewarden_dependency_entries", { gatewarden_dependency: "deny_list" })).toBe(7);
});

test("No label holds anything of a token, and their names are few", async () => {
  const guard = guardWith({ introspection: async () => ({ active: false, secret: "personal" }) });
  start(guard);
  const text = token({ sub: "personal", jti: "personal", permissions: ["personal"] });
  for (const one of [text, `${text}x`, "personal", token({ aud: "personal" })]) {
    await verdictOf(guard.check(bearer(one), permission("personal")));
  }
  const { text: page, samples } = await metrics.scrape();
  expect(page).not.toContain("personal");
  expect(page).not.toContain(text.slice(0, 20));
  const names = new Set(samples.flatMap(({ labels }) => Object.keys(labels)));
  for (const name of ["le", "service_name"]) names.delete(name);
  expect([...names].filter((name) => !/^(gatewarden|telemetry)_/.test(name))).toEqual([]);
});
