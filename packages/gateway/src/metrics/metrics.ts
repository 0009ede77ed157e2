// Metrics in Prometheus' text format, through OpenTelemetry: the guard's own and the gateway's.

import type { Attributes } from "@opentelemetry/api";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { Guard } from "gatewarden";
import { instrument } from "gatewarden/opentelemetry";
import type { Answer } from "../server/answer.js";
import type { Journey } from "../server/decide.js";
import { toQuickMeters } from "./quick-meters.js";

/** The metrics of one process. */
export interface Metrics {
  /** Reports a guard until the returned function is called. */
  observe(guard: Guard<unknown>): () => void;
  countAnswer(answer: Answer, journey: Journey, seconds: number): void;
  countReload(isGood: boolean): void;
  /** Counts logouts and signals of a provider and cut-offs of an operator by their outcome. */
  countEvent(kind: string, outcome: string): void;
  /** Everything in Prometheus' text format. */
  toText(): Promise<string>;
  shutdown(): Promise<void>;
}

/** A registry of its own, so that two gateways of one process do not mix. */
export function createMetrics(): Metrics {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer();
  const sdk = new MeterProvider({ readers: [exporter] });
  const meterProvider = toQuickMeters(sdk);
  const meter = meterProvider.getMeter("gatewarden-gateway");
  const decisions = meter.createCounter("gatewarden.gateway.decisions", {
    description: "Requests by outcome and reason",
  });
  const attributes = createDecisionAttributes();
  const duration = meter.createHistogram("gatewarden.gateway.duration", {
    description: "Time from the proxy's question to its answer",
    unit: "s",
    advice: { explicitBucketBoundaries: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] },
  });
  const reloads = meter.createCounter("gatewarden.gateway.reloads", {
    description: "Times that the rules were read again",
  });
  const events = meter.createCounter("gatewarden.gateway.events", {
    description: "Logouts and signals of providers, and cut-offs of operators, by outcome",
  });
  return {
    observe: (guard) => instrument(guard, { meterProvider }),
    countAnswer: (answer, _journey, seconds) => {
      decisions.add(1, attributes(answer));
      duration.record(seconds);
    },
    countEvent: (kind, outcome) => events.add(1, { kind, outcome }),
    countReload: (isGood) => reloads.add(1, { outcome: isGood ? "success" : "failure" }),
    toText: async () => {
      const { resourceMetrics } = await exporter.collect();
      const scopeMetrics = [...resourceMetrics.scopeMetrics, ...meterProvider.toScopes()];
      return serializer.serialize({ ...resourceMetrics, scopeMetrics });
    },
    shutdown: () => sdk.shutdown(),
  };
}

/** Equal answers share their attributes. There are as many as statuses and reasons. */
function createDecisionAttributes(): (answer: Answer) => Attributes {
  const allowed = Object.freeze({ outcome: "allowed", reason: "", status: 200 });
  const refused = new Map<string, Attributes>();
  return ({ reason, trueStatus: status }) => {
    if (reason === undefined) return allowed;
    const key = `${status} ${reason}`;
    const known = refused.get(key) ?? Object.freeze({ outcome: "refused", reason, status });
    refused.set(key, known);
    return known;
  };
}
