// Traces and measures calls to issuers. What `fetch` does meanwhile is a child of the span, where something traces `fetch`.
import { type Attributes, context, type Meter, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import type { CallListener, Guard } from "../index.js";
import { toErrorType, toIssuer } from "./attributes.js";

/** What the listener is made of. */
export interface CallSettings {
  readonly meter: Meter;
  readonly tracer: Tracer;
  readonly guard: Guard<unknown>;
  /** Attributes of every measurement and span. */
  readonly common: Attributes;
}

const spanNames = { keys: "refresh keys", introspection: "introspect token" } as const;

/** Makes the listener. */
export function createCallListener({ meter, tracer, guard, common }: CallSettings): CallListener {
  const duration = meter.createHistogram("gatewarden.call.duration", {
    unit: "s",
    description: "How long issuers took to give their keys or to describe an opaque token",
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
  });
  return (call, begin) => {
    const attributes = { ...common, "gatewarden.call": call.kind, "gatewarden.issuer": toIssuer(call.issuer, guard) };
    const span = tracer.startSpan(spanNames[call.kind], { attributes });
    const began = performance.now();
    return context.with(trace.setSpan(context.active(), span), begin).then((error) => {
      const failure = error === undefined ? undefined : { "error.type": toErrorType(error) };
      duration.record((performance.now() - began) / 1000, { ...attributes, ...failure });
      // The status carries no message: an issuer's answer, or your own code's error, may be quoted in it.
      if (failure) span.setAttributes(failure).setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
  };
}
