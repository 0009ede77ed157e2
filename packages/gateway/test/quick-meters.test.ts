// Counters and histograms that the gateway keeps itself: the page must be the one of the SDK.
import type { Attributes, MeterProvider } from "@opentelemetry/api";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider as SdkMeterProvider } from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { createCells } from "../src/metrics/cells.js";
import { toQuickMeters } from "../src/metrics/quick-meters.js";

const advice = { explicitBucketBoundaries: [0.001, 0.01, 0.1] };
const frozen = Object.freeze({ outcome: "allowed", status: 200 });

function use(provider: MeterProvider): void {
  const meter = provider.getMeter("one");
  const counter = meter.createCounter("checks", { unit: "{check}", description: "Checked requests" });
  counter.add(1, frozen);
  counter.add(1, { status: 200, outcome: "allowed" });
  counter.add(2, { outcome: 'a "quoted"\nname' });
  counter.add(1);
  provider.getMeter("one").createCounter("checks", { unit: "{check}", description: "Checked requests" }).add(1, frozen);
  const duration = meter.createHistogram("duration", { unit: "s", description: "How long", advice });
  for (const value of [0, 0.0005, 0.001, 0.0011, 0.05, 0.1, 7]) duration.record(value, frozen);
  duration.record(0.02);
  meter.createObservableGauge("size", { unit: "By" }).addCallback((result) => result.observe(3));
  provider.getMeter("two").createHistogram("duration2", { advice }).record(0.2, { a: "b" });
  meter.createHistogram("unused", { advice });
}

/** Families in any order: only their own lines belong together. */
function toFamilies(text: string): string[] {
  return text
    .split(/^(?=# HELP )/m)
    .map((family) => family.trim())
    .sort();
}

test("the page is the one that the SDK writes", async () => {
  const [slow, quick] = [0, 1].map(() => new PrometheusExporter({ preventServerStart: true })) as [
    PrometheusExporter,
    PrometheusExporter,
  ];
  use(new SdkMeterProvider({ readers: [slow] }));
  const meters = toQuickMeters(new SdkMeterProvider({ readers: [quick] }));
  use(meters);
  const serializer = new PrometheusSerializer();
  const { resourceMetrics } = await quick.collect();
  const scopeMetrics = [...resourceMetrics.scopeMetrics, ...meters.toScopes()];
  const expected = serializer.serialize((await slow.collect()).resourceMetrics);
  expect(expected).toContain("duration_bucket{");
  expect(toFamilies(serializer.serialize({ ...resourceMetrics, scopeMetrics }))).toEqual(toFamilies(expected));
});

test.each([Number.NaN, -1, Number.NEGATIVE_INFINITY])("%d is neither counted nor recorded", async (value) => {
  const meters = toQuickMeters(new SdkMeterProvider());
  const histogram = meters.getMeter("one").createHistogram("duration", { advice });
  histogram.record(value);
  histogram.record(0.5);
  const [scope] = meters.toScopes();
  expect(scope?.metrics[0]?.dataPoints.map((point) => point.value)).toEqual([
    { buckets: { boundaries: [0.001, 0.01, 0.1], counts: [0, 0, 0, 1] }, sum: 0.5, count: 1 },
  ]);
});

test("a histogram without boundaries is refused when it is made", () => {
  const meter = toQuickMeters(new SdkMeterProvider()).getMeter("one");
  expect(() => meter.createHistogram("duration")).toThrow(TypeError);
});

test("the number of sets of attributes is bounded, and the others share one (CWE-770)", () => {
  const cells = createCells(() => ({ count: 0 }));
  const toAttributes = (index: number): Attributes => Object.freeze({ index });
  for (let index = 0; index < 2500; index++) cells.at(toAttributes(index)).count += 1;
  expect(cells.all()).toHaveLength(2000);
  expect(cells.all().at(-1)).toEqual([{ "otel.metric.overflow": true }, { count: 501 }]);
  cells.at({ index: 3 }).count += 1;
  expect(cells.at(toAttributes(3)).count).toBe(2);
});

test("attributes that change after they were counted change nothing", () => {
  const cells = createCells(() => ({ count: 0 }));
  const attributes: Record<string, string> = { a: "b" };
  cells.at(attributes).count += 1;
  attributes["a"] = "c";
  expect(cells.at(attributes).count).toBe(0);
  expect(cells.all()).toEqual([
    [{ a: "b" }, { count: 1 }],
    [{ a: "c" }, { count: 0 }],
  ]);
});
