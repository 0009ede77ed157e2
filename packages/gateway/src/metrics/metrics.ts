// Metrics in Prometheus' text format, through OpenTelemetry: the guard's own and the gateway's.

import type { Attributes } from "@opentelemetry/api";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { Guard } from "gatewarden";
import { instrument } from "gatewarden/opentelemetry";
import type { Answer } from "../server/answer.js";
import type { Journey } from "../server/decide.js";

/** The metrics of one process. */
export interface Metrics {
  /** Reports a guard until the returned function is called. */
  observe(guard: Guard<unknown>): () => void;
  countAnswer(answer: Answer, journey: Journey, seconds: number): void;
  countReload(isGood: boolean): void;
  /** Counts what a provider reported: a logout or a signal, and what became of it. */
  countEvent(kind: string, outcome: string): void;
  /** Everything in Prometheus' text format. */
  toText(): Promise<string>;
  shutdown(): Promise<void>;
}

/** A registry of its own, so that two gateways of one process do not mix. */
export function createMetrics(): Metrics {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer();
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const meter = meterProvider.getMeter("gatewarden-gateway");
  const decisions = meter.createObservableCounter("gatewarden.gateway.decisions", {
    description: "Requests by outcome and reason",
  });
  // Counted here and read on demand: the SDK makes a text of the attributes for each `add`.
  const counts = new Map<string, { readonly attributes: Attributes; count: number }>();
  decisions.addCallback((result) => {
    for (const { attributes, count } of counts.values()) result.observe(count, attributes);
  });
  const duration = meter.createHistogram("gatewarden.gateway.duration", {
    description: "Time from the proxy's question to its answer",
    unit: "s",
    advice: { explicitBucketBoundaries: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] },
  });
  const reloads = meter.createCounter("gatewarden.gateway.reloads", {
    description: "Times that the rules were read again",
  });
  const events = meter.createCounter("gatewarden.gateway.events", {
    description: "Logouts and signals of providers by outcome",
  });
  return {
    observe: (guard) => instrument(guard, { meterProvider }),
    countAnswer: ({ reason, trueStatus }, _journey, seconds) => {
      const key = reason === undefined ? "" : `${trueStatus} ${reason}`;
      const counted = counts.get(key);
      if (counted !== undefined) counted.count += 1;
      else
        counts.set(key, {
          attributes: {
            outcome: reason === undefined ? "allowed" : "refused",
            reason: reason ?? "",
            status: trueStatus,
          },
          count: 1,
        });
      duration.record(seconds);
    },
    countEvent: (kind, outcome) => events.add(1, { kind, outcome }),
    countReload: (isGood) => reloads.add(1, { outcome: isGood ? "success" : "failure" }),
    toText: async () => serializer.serialize((await exporter.collect()).resourceMetrics),
    shutdown: () => meterProvider.shutdown(),
  };
}
