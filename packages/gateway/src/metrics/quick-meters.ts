// Counters and histograms that are plain numbers until they are read. The SDK makes a text of the
// attributes for each `add` and `record`, which takes longer than the check of a known token.
import type { Attributes, Counter, Histogram, Meter, MeterProvider, MetricOptions } from "@opentelemetry/api";
import { AggregationTemporality, DataPointType, type ScopeMetrics } from "@opentelemetry/sdk-metrics";
import { createCells } from "./cells.js";

/** Meters of an SDK whose counters and histograms are kept here. */
export interface QuickMeters extends MeterProvider {
  /** The histograms, to be exported beside what the SDK collects. */
  toScopes(): ScopeMetrics[];
}

interface Buckets {
  readonly counts: number[];
  sum: number;
  count: number;
}

interface KeptHistogram {
  readonly instrument: Histogram;
  readonly toMetric: () => ScopeMetrics["metrics"][number];
}

/** Everything else is the SDK's. Histograms must name their boundaries. */
export function toQuickMeters(provider: MeterProvider): QuickMeters {
  const began = toHrTime(Date.now());
  const counters = new Map<string, Counter>();
  const scopes = new Map<string, Map<string, KeptHistogram>>();
  return {
    getMeter(scope, ...more) {
      const meter = provider.getMeter(scope, ...more);
      const histograms = scopes.get(scope) ?? new Map<string, KeptHistogram>();
      scopes.set(scope, histograms);
      // By name, as the SDK does it: one guard after the other counts on.
      return Object.assign(Object.create(meter) as Meter, {
        createCounter: (name: string, options?: MetricOptions): Counter =>
          recall(counters, `${scope} ${name}`, () => createCounter(meter, name, options)),
        createHistogram: (name: string, options?: MetricOptions): Histogram =>
          recall(histograms, name, () => createHistogram(name, began, options)).instrument,
      });
    },
    toScopes: () =>
      [...scopes].map(([name, histograms]) => ({
        scope: { name },
        // The SDK says nothing of a histogram before its first value.
        metrics: [...histograms.values()]
          .map(({ toMetric }) => toMetric())
          .filter(({ dataPoints }) => dataPoints.length > 0),
      })),
  };
}

function createCounter(meter: Meter, name: string, options?: MetricOptions): Counter {
  const cells = createCells(() => ({ count: 0 }));
  meter.createObservableCounter(name, options).addCallback((result) => {
    for (const [attributes, { count }] of cells.all()) result.observe(count, attributes);
  });
  return {
    add: (value, attributes) => {
      // A counter only grows, and one invalid number would stay in the sum.
      if (value >= 0) cells.at(attributes).count += value;
    },
  };
}

function createHistogram(name: string, startTime: [number, number], options: MetricOptions = {}): KeptHistogram {
  const { description = "", unit = "", valueType = 1 } = options;
  const boundaries = options.advice?.explicitBucketBoundaries;
  if (boundaries === undefined) throw new TypeError(`The histogram ${name} names no boundaries`);
  const cells = createCells<Buckets>(() => ({ counts: [...boundaries, 0].fill(0), sum: 0, count: 0 }));
  const toPoint = ([attributes, { counts, sum, count }]: readonly [Attributes, Buckets]) => ({
    startTime,
    endTime: toHrTime(Date.now()),
    attributes,
    value: { buckets: { boundaries, counts: [...counts] }, sum, count },
  });
  return {
    instrument: {
      record: (value, attributes) => {
        if (!(value >= 0)) return;
        const cell = cells.at(attributes);
        let bucket = 0;
        // The upper bound belongs to its bucket.
        while (bucket < boundaries.length && value > (boundaries[bucket] as number)) bucket++;
        cell.counts[bucket] = (cell.counts[bucket] as number) + 1;
        cell.sum += value;
        cell.count += 1;
      },
    },
    toMetric: () => ({
      descriptor: { name, description, unit, valueType },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: cells.all().map(toPoint),
    }),
  };
}

function recall<Value>(known: Map<string, Value>, name: string, create: () => Value): Value {
  const value = known.get(name) ?? create();
  known.set(name, value);
  return value;
}

function toHrTime(milliseconds: number): [number, number] {
  return [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1e6];
}
