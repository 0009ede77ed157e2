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
  const known = new Map<string | undefined, Map<string, Shared>>();
  return (decision) => {
    const { outcome, issuer } = decision;
    const label = issuer === undefined ? undefined : toIssuer(issuer, guard);
    const ofLabel = recall(known, label, () => new Map<string, Shared>());
    const reason = outcome === "refused" ? decision.error.reason : outcome;
    const { attributes, counted, measured } = recall(ofLabel, reason, () => {
      const made = Object.freeze(toAttributes(decision, label));
      return {
        attributes: made,
        counted: Object.freeze({ ...common, ...made }),
        measured: Object.freeze({ ...common, "gatewarden.result": outcome }),
      };
    });
    checks.add(1, counted);
    if (decision.duration !== undefined) duration.record(decision.duration, measured);
    noteOnSpan(decision, attributes, identities);
  };
}

/**
 * Equal decisions share their attributes: making objects for each costs more than the check of a
 * known token. Bounded, since there are few reasons and only configured issuers have a label.
 */
interface Shared {
  readonly attributes: Attributes;
  readonly counted: Attributes;
  readonly measured: Attributes;
}

function recall<Name, Value>(known: Map<Name, Value>, name: Name, create: () => Value): Value {
  let value = known.get(name);
  if (value === undefined) {
    value = create();
    known.set(name, value);
  }
  return value;
}

/** Adds the outcome to the span of the request, which the server's own instrumentation created. */
function noteOnSpan(decision: Decision, attributes: Attributes, identities: boolean): void {
  const span = trace.getActiveSpan();
  if (!span?.isRecording()) return;
  span.setAttributes(attributes);
  if (decision.outcome === "refused") span.addEvent("gatewarden.refused", attributes);
  if (decision.outcome !== "accepted" || !identities) return;
  const { subject, clientId } = decision.auth;
  if (subject !== undefined) span.setAttribute("enduser.id", subject);
  if (clientId !== undefined) span.setAttribute("gatewarden.client.id", clientId);
}
