// Reports the status of a guard whenever metrics are collected. Nothing is measured in between.
import type { Attributes, BatchObservableCallback, BatchObservableResult, Meter } from "@opentelemetry/api";
import type { DependencyStatus, Guard, GuardStatus, KeyCounts } from "../index.js";
import { toHealth } from "../monitoring/health.js";
import { resolvedIssuers } from "./attributes.js";

type Instruments = ReturnType<typeof createInstruments>;

/** Records one value. */
type Observe = (instrument: Instruments[keyof Instruments], value: number, attributes?: Attributes) => void;

/** Reports until the returned function is called. */
export function observeStatus(meter: Meter, guard: Guard<unknown>, common: Attributes): () => void {
  const instruments = createInstruments(meter);
  const all = Object.values(instruments);
  const report: BatchObservableCallback = (result: BatchObservableResult) => {
    const observe: Observe = (instrument, value, attributes) =>
      result.observe(instrument, value, { ...common, ...attributes });
    const status = guard.status();
    observeHealth(status, instruments, observe);
    observeKeys(status, instruments, observe);
    observeCache(status, instruments, observe);
    observeDependencies(status, instruments, observe);
    observeDenyList(status, instruments, observe);
  };
  meter.addBatchObservableCallback(report, all);
  return () => meter.removeBatchObservableCallback(report, all);
}

function createInstruments(meter: Meter) {
  const gauge = (name: string, unit: string, description: string) =>
    meter.createObservableGauge(name, { unit, description });
  const counter = (name: string, unit: string, description: string) =>
    meter.createObservableCounter(name, { unit, description });
  return {
    health: gauge("gatewarden.health", "", "1 for the state that the guard is in, 0 for the others"),
    age: gauge("gatewarden.keys.age", "s", "How long ago the issuer's key set was fetched"),
    refreshes: counter("gatewarden.keys.refreshes", "{refresh}", "Attempts to fetch an issuer's key set"),
    staleServes: counter("gatewarden.keys.stale_serves", "{serve}", "Uses of a key set past its time"),
    extraTries: counter("gatewarden.keys.extra_tries", "{try}", "Signature checks with a second key or a later one"),
    unknown: counter("gatewarden.keys.unknown_key_fetches", "{fetch}", "Fetches that an unknown key id caused"),
    held: gauge("gatewarden.issuers.held", "{issuer}", "Issuers held of those that are looked up"),
    lookups: counter("gatewarden.cache.lookups", "{lookup}", "Questions to the cache of verified tokens"),
    entries: gauge("gatewarden.cache.entries", "{token}", "Tokens in the cache"),
    size: gauge("gatewarden.cache.size", "By", "Memory that the cache takes, by estimate"),
    requests: counter("gatewarden.dependency.requests", "{request}", "Questions to what checks depend on"),
    remembered: gauge("gatewarden.dependency.entries", "{entry}", "What is remembered of tokens and proofs"),
    lag: gauge("gatewarden.deny_list.lag", "s", "How long ago a shared deny list was known to be complete"),
    connected: gauge("gatewarden.deny_list.connected", "", "1 while a shared deny list hears of revocations, or 0"),
  };
}

function observeHealth(status: GuardStatus, { health }: Instruments, observe: Observe): void {
  const current = toHealth(status).status;
  for (const state of ["ready", "degraded", "not ready"]) {
    observe(health, state === current ? 1 : 0, { "gatewarden.state": state });
  }
}

function observeKeys({ at, issuers, resolved }: GuardStatus, instruments: Instruments, observe: Observe): void {
  const observeCounts = (counts: KeyCounts, issuer: string): void => {
    const attributes = { "gatewarden.issuer": issuer };
    const { refreshes, failures } = counts;
    observe(instruments.refreshes, refreshes - failures, { ...attributes, "gatewarden.result": "loaded" });
    observe(instruments.refreshes, failures, { ...attributes, "gatewarden.result": "failed" });
    observe(instruments.staleServes, counts.staleServes, attributes);
    observe(instruments.extraTries, counts.extraTries, attributes);
    observe(instruments.unknown, counts.unknownKeyFetches, attributes);
  };
  for (const { issuer, keys } of issuers) {
    if (keys.state === "fixed") continue;
    observeCounts(keys.counts, issuer);
    if (keys.loadedAt !== undefined) observe(instruments.age, at - keys.loadedAt, { "gatewarden.issuer": issuer });
  }
  if (resolved === undefined) return;
  observeCounts(resolved.counts, resolvedIssuers);
  observe(instruments.held, resolved.held);
}

function observeCache({ cache }: GuardStatus, { lookups, entries, size }: Instruments, observe: Observe): void {
  if (cache === undefined) return;
  observe(lookups, cache.hits, { "gatewarden.result": "hit" });
  observe(lookups, cache.misses, { "gatewarden.result": "miss" });
  observe(entries, cache.entries);
  observe(size, cache.bytes);
}

function observeDependencies(
  { introspection, revocation, replay }: GuardStatus,
  { requests, remembered }: Instruments,
  observe: Observe,
): void {
  const report = (name: string, status: (DependencyStatus & { entries?: number | undefined }) | undefined): void => {
    if (status === undefined) return;
    const attributes = { "gatewarden.dependency": name };
    observe(requests, status.asked - status.failed, { ...attributes, "gatewarden.result": "answered" });
    observe(requests, status.failed, { ...attributes, "gatewarden.result": "failed" });
    if (status.entries !== undefined) observe(remembered, status.entries, attributes);
  };
  report("introspection", introspection);
  report("deny_list", revocation && { ...revocation, entries: revocation.source?.entries });
  report("replay_store", replay);
}

function observeDenyList({ revocation }: GuardStatus, { lag, connected }: Instruments, observe: Observe): void {
  const source = revocation?.source;
  if (source === undefined) return;
  observe(connected, source.isConnected ? 1 : 0);
  if (source.lag !== undefined) observe(lag, source.lag);
}
