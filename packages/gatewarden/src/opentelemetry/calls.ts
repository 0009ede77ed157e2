// Traces and measures calls to issuers. If `fetch` is traced as well, its span is a child of the
// call's.
import { type Attributes, context, type Meter, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import type { CallListener, Guard } from "../index.js";
import { toErrorType, toIssuer } from "./attributes.js";

/** What the listener needs. */
export interface CallSettings {
  readonly meter: Meter;
  readonly tracer: Tracer;
  readonly guard: Guard<unknown>;
  /** Attributes of every measurement and span. */
  readonly common: Attributes;
}

const spanNames = { keys: "refresh keys", introspection: "introspect token", exchange: "exchange token" } as const;

/** Creates the listener. */
export function createCallListener({ meter, tracer, guard, common }: CallSettings): CallListener {
  const duration = meter.createHistogram("gatewarden.call.duration", {
    unit: "s",
    description: "How long issuers took to give keys, describe an opaque token or exchange one",
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
  });
  return (call, begin) => {
    const attributes = { ...common, "gatewarden.call": call.kind, "gatewarden.issuer": toIssuer(call.issuer, guard) };
    const span = tracer.startSpan(spanNames[call.kind], { attributes });
    const began = performance.now();
    return context.with(trace.setSpan(context.active(), span), begin).then((error) => {
      const failure = error === undefined ? undefined : { "error.type": toErrorType(error) };
      duration.record((performance.now() - began) / 1000, { ...attributes, ...failure });
      // The status has no message: it could quote an issuer's answer or an error of your own code.
      if (failure) span.setAttributes(failure).setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
  };
}
