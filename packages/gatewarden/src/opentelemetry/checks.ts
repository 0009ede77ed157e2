// Measures checks as they happen: their number, results, reasons and durations.
import { type Attributes, type Meter, trace } from "@opentelemetry/api";
import type { Decision, DecisionListener, Guard } from "../index.js";
import { toAttributes, toIssuer } from "./attributes.js";

/** From microseconds, for a cached token, to the seconds that an issuer may take. */
const boundaries = [
  ...[0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005],
  ...[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
];

/** What the listener needs. */
export interface CheckSettings {
  readonly meter: Meter;
  readonly guard: Guard<unknown>;
  /** Attributes of every measurement. */
  readonly common: Attributes;
  /** Whether spans carry the identity of accepted requests. */
  readonly identities: boolean;
}

/**
 * Creates the listener. Reasons are only counted: in the histogram too, they would create a
 * thousand series.
 */
export function createCheckListener({ meter, guard, common, identities }: CheckSettings): DecisionListener {
  const checks = meter.createCounter("gatewarden.checks", {
    unit: "{check}",
    description: "Checked requests by result, and refused ones by reason",
  });
  const duration = meter.createHistogram("gatewarden.check.duration", {
    unit: "s",
    description: "How long checks took, waiting included",
    advice: { explicitBucketBoundaries: boundaries },
  });
  const countedBy = new Map<string | undefined, Map<string, Attributes>>();
  const measuredBy = new Map<string, Attributes>();
  return (decision) => {
    const { outcome, issuer } = decision;
    const label = issuer === undefined ? undefined : toIssuer(issuer, guard);
    const reason = outcome === "refused" ? decision.error.reason : outcome;
    const ofIssuer = recall(countedBy, label, () => new Map<string, Attributes>());
    checks.add(
      1,
      recall(ofIssuer, reason, () => Object.freeze({ ...common, ...toAttributes(decision, label) })),
    );
    if (decision.duration !== undefined) {
      const toMeasured = () => Object.freeze({ ...common, "gatewarden.result": outcome });
      duration.record(decision.duration, recall(measuredBy, outcome, toMeasured));
    }
    noteOnSpan(decision, { label, identities });
  };
}

/**
 * Equal decisions share their attributes: making an object for each costs more than the check of a
 * known token. Bounded, since there are few reasons and only configured issuers have a label.
 */
function recall<Name, Value>(known: Map<Name, Value>, name: Name, create: () => Value): Value {
  const value = known.get(name) ?? create();
  if (!known.has(name)) known.set(name, value);
  return value;
}

interface Noting {
  readonly label: string | undefined;
  readonly identities: boolean;
}

/** Adds the outcome to the span of the request, which the server's own instrumentation created. */
function noteOnSpan(decision: Decision, { label, identities }: Noting): void {
  const span = trace.getActiveSpan();
  if (!span?.isRecording()) return;
  const attributes = toAttributes(decision, label);
  span.setAttributes(attributes);
  if (decision.outcome === "refused") span.addEvent("gatewarden.refused", attributes);
  if (decision.outcome !== "accepted" || !identities) return;
  const { subject, clientId } = decision.auth;
  if (subject !== undefined) span.setAttribute("enduser.id", subject);
  if (clientId !== undefined) span.setAttribute("gatewarden.client.id", clientId);
}
