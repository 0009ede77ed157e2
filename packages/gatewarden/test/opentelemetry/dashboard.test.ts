// The dashboard asks for metrics and labels that exist: held against what a real guard, checking real tokens of a real tenant, exports
// through the real exporter. The values are held against what was done.
import { readFileSync } from "node:fs";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGuard, createRevocationList, type Guard, permission, type Reason } from "../../src/index.js";
import { instrument } from "../../src/opentelemetry/instrument.js";
import { bearer, verdictOf } from "../support/keys.js";
import { type Metrics, type Scraped, startMetrics } from "./_scrape.js";

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Variable {
  readonly name: string;
  readonly definition?: string;
}

const dashboard: { readonly panels: readonly Panel[]; readonly templating: { readonly list: readonly Variable[] } } =
  JSON.parse(readFileSync(new URL("../../grafana/gatewarden.json", import.meta.url), "utf8"));
const queries = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legend: legendFormat })),
);
/** What Prometheus itself adds to every sample. */
const added = ["job", "instance"];

let metrics: Metrics;
let scraped: Scraped;
let tenant: Tenant;
/** The guards' clock stands still, so that no back-off ends by itself; their tolerance makes up for the tenant's, which goes on. */
let time = Date.now() / 1000;
const clock = { now: () => time, clockTolerance: 300 };
const done = { accepted: 0, anonymous: 0, refused: new Map<Reason, number>() };

beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
  metrics = await startMetrics();
  const { issuer, audience } = tenant;
  const list = createRevocationList();
  // As a fleet's replica tells of itself.
  const told = { state: "ready", isConnected: true, lag: 0.5, entries: 1, reasons: [] } as const;
  const revocation = { isRevoked: list.isRevoked, status: () => told };
  const guard = createGuard({
    ...{ issuer, audience, revocation, ...clock, env: {} },
    dpop: { mode: "allowed" },
    introspection: async () => ({ active: false }),
  });
  const resolve = (iss: string) => (iss === issuer ? { issuer } : undefined);
  const many = createGuard({ issuer: { resolve, allowPrivateNetwork: true }, audience, ...clock, env: {} });
  instrument(guard, { meterProvider: metrics.meterProvider });
  const stopMany = instrument(many, { meterProvider: metrics.meterProvider, name: "many" });
  await drive(guard);
  await many.verify((await tenant.token()).access_token);
  await rotate(guard);
  await failOver(guard);
  scraped = await metrics.scrape();
  stopMany();
}, 180_000);

afterAll(async () => {
  await metrics.close();
});

async function ask(guard: Guard<unknown>, token: string): Promise<void> {
  const verdict = await verdictOf(guard.check(bearer(token), permission("read:admin")));
  if (verdict === "accepted") done.accepted++;
  else done.refused.set(verdict, (done.refused.get(verdict) ?? 0) + 1);
}

/** 200s and 401s of every kind that clients bring. */
async function drive(guard: Guard<unknown>): Promise<void> {
  const { access_token: good } = await tenant.token({ as: "alice", permissions: ["read:admin"] });
  for (let n = 0; n < 5; n++) await ask(guard, good);
  await ask(guard, (await tenant.token({ as: "bob", permissions: [] })).access_token);
  await ask(guard, `${good.slice(0, -8)}AAAAAAAA`);
  await ask(guard, "opaque-token");
  await ask(guard, "");
  await guard.attempt({ method: "GET", url: "/", headers: {} }, { optional: true });
  done.anonymous++;
}

/** A rotation of keys: the first token under the new key makes the guard ask for it. */
async function rotate(guard: Guard<unknown>): Promise<void> {
  await tenant.rotateKeys();
  await ask(guard, (await tenant.token({ as: "alice", permissions: ["read:admin"] })).access_token);
}

/** An outage: the keys at hand become stale and serve on. */
async function failOver(guard: Guard<unknown>): Promise<void> {
  const { access_token: good } = await tenant.token({ as: "alice", permissions: ["read:admin"] });
  await tenant.close();
  time += 1000;
  for (let n = 0; n < 3; n++) await ask(guard, good);
}

/** The metrics that a query selects, each as a pattern, with the labels that it asks of them. */
function readSelectors(expr: string): readonly { readonly pattern: RegExp; readonly labels: readonly string[] }[] {
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = ""]) => names.split(/,\s*/));
  return [...expr.matchAll(/(\w*)\{([^{}]*)\}/g)].map(([, name = "", inner = ""]) => {
    const matchers = [...inner.matchAll(/(\w+)(?:=~|!=|!~|=)"((?:[^"\\]|\\.)*)"/g)];
    const pattern = matchers.find(([, label]) => label === "__name__")?.[2] ?? name;
    const labels = matchers.map(([, label = ""]) => label).filter((label) => label !== "__name__");
    return { pattern: new RegExp(`^(?:${pattern})$`), labels: [...labels, ...grouped] };
  });
}

describe("Every query of the dashboard", () => {
  test.each(queries)("$title: $expr", ({ expr, legend }) => {
    const selectors = readSelectors(expr);
    expect(selectors).not.toEqual([]);
    for (const { pattern, labels } of selectors) {
      const found = scraped.samples.filter(({ name }) => pattern.test(name));
      expect(found, `${pattern} is exported`).not.toEqual([]);
      const known = new Set([...added, ...found.flatMap((sample) => Object.keys(sample.labels))]);
      expect(labels.filter((label) => !known.has(label))).toEqual([]);
    }
    // What stands in a legend must have been grouped by, or Grafana shows nothing there.
    const grouped = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(/,\s*/) ?? [];
    expect(
      [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = ""]) => name).filter((name) => !grouped.includes(name)),
    ).toEqual([]);
  });

  test("also finds names with their unit, as the OpenTelemetry Collector and Prometheus itself write them", () => {
    const suffixes: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes" };
    const units = [...scraped.text.matchAll(/^# UNIT (gatewarden_\w+) (s|By)$/gm)];
    expect(units.length).toBeGreaterThan(3);
    for (const [, name = "", unit = ""] of units) {
      const asked = queries
        .flatMap(({ expr }) => readSelectors(expr))
        .filter(({ pattern }) => ["", "_bucket", "_sum", "_count"].some((end) => pattern.test(name + end)));
      expect(asked, name).not.toEqual([]);
      for (const { pattern } of asked) {
        const isFound = ["", "_bucket", "_sum", "_count"].some((end) => pattern.test(name + suffixes[unit] + end));
        expect(isFound, `${pattern}`).toBe(true);
      }
    }
  });

  test("together ask for every metric that there is", () => {
    const patterns = queries.flatMap(({ expr }) => readSelectors(expr)).map(({ pattern }) => pattern);
    const names = new Set(scraped.samples.map(({ name }) => name).filter((name) => name.startsWith("gatewarden_")));
    const unasked = [...names].filter((name) => !patterns.some((pattern) => pattern.test(name)));
    // Of a histogram the buckets are enough.
    expect(unasked.filter((name) => !/_(sum|count)$/.test(name))).toEqual([]);
  });

  test("and so does the documentation, by the names of OpenTelemetry", () => {
    const document = readFileSync(new URL("../../../../docs/operations.md", import.meta.url), "utf8");
    const documented = [...document.matchAll(/^\| `gatewarden\.([a-z_.]+)`/gm)].map(([, name = ""]) => name);
    const exported = [...scraped.text.matchAll(/^# TYPE gatewarden_(\w+?)(?:_total)? /gm)].map(([, name = ""]) => name);
    expect(documented.map((name) => name.replaceAll(".", "_")).sort()).toEqual(exported.sort());
  });

  test("and its variables too", () => {
    for (const { definition } of dashboard.templating.list) {
      if (definition === undefined) continue;
      const [, metric, label = ""] = /^label_values\((\w+)(?:\{.*\})?, (\w+)\)$/.exec(definition) ?? [];
      expect(scraped.samples.some(({ name }) => name === metric)).toBe(true);
      expect(added).toContain(label);
    }
  });
});

describe("The values that it shows", () => {
  const own = (name: string, labels: Record<string, string> = {}) => {
    const samples = scraped.samples.filter(
      (one) =>
        one.name === name &&
        one.labels["gatewarden_guard"] === undefined &&
        Object.entries(labels).every(([key, value]) => one.labels[key] === value),
    );
    return samples.reduce((total, { value }) => total + value, 0);
  };

  test("are the checks that were made, by result and reason", () => {
    expect(done.accepted).toBe(9);
    expect(own("gatewarden_checks_total", { gatewarden_result: "accepted" })).toBe(done.accepted);
    expect(own("gatewarden_checks_total", { gatewarden_result: "anonymous" })).toBe(done.anonymous);
    expect([...done.refused.keys()].sort()).toEqual([
      ...["credentials_malformed", "permission_missing", "signature_invalid", "token_inactive"],
    ]);
    for (const [reason, count] of done.refused) {
      expect(own("gatewarden_checks_total", { gatewarden_reason: reason })).toBe(count);
    }
    expect(own("gatewarden_check_duration_count")).toBe(own("gatewarden_checks_total"));
  });

  test("are what became of the keys: loaded, asked for after the rotation, failed and served stale in the outage", () => {
    const issuer = { gatewarden_issuer: tenant.issuer };
    expect(own("gatewarden_keys_refreshes_total", { ...issuer, gatewarden_result: "loaded" })).toBe(2);
    expect(own("gatewarden_keys_refreshes_total", { ...issuer, gatewarden_result: "failed" })).toBe(1);
    expect(own("gatewarden_keys_unknown_key_fetches_total", issuer)).toBe(1);
    expect(own("gatewarden_keys_stale_serves_total", issuer)).toBe(2);
    expect(own("gatewarden_keys_age", issuer)).toBeCloseTo(1000);
    expect(own("gatewarden_health", { gatewarden_state: "degraded" })).toBe(1);
    // Which code a lost connection has depends on when it was lost.
    const failed = scraped.samples.filter(
      ({ name, labels }) => /call_duration_count$/.test(name) && labels["error_type"],
    );
    expect(failed.map(({ value }) => value)).toEqual([1]);
  });

  test("are those of the cache and of what checks depend on", () => {
    expect(own("gatewarden_cache_lookups_total", { gatewarden_result: "hit" })).toBeGreaterThan(0);
    const deny = { gatewarden_dependency: "deny_list", gatewarden_result: "answered" };
    // Asked for every token that was good so far: the accepted ones, and the one that lacked the permission.
    expect(own("gatewarden_dependency_requests_total", deny)).toBe(done.accepted + 1);
  });
});
