// The sub-path `gatewarden/opentelemetry`: metrics and spans of a guard, through the API of every
// OpenTelemetry SDK.
import { type Attributes, type MeterProvider, metrics, type TracerProvider, trace } from "@opentelemetry/api";
import type { Guard } from "../index.js";
import { createCallListener } from "./calls.js";
import { createCheckListener } from "./checks.js";
import { observeStatus } from "./status.js";

/** How a guard is instrumented. */
export interface InstrumentOptions {
  /** Default: the global one, which must be set before: the API cannot start metrics later. */
  readonly meterProvider?: MeterProvider;
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider;
  /**
   * Distinguishes several guards of one process, as attribute `gatewarden.guard`. Default: none.
   */
  readonly name?: string;
  /**
   * Adds `sub` and client id of accepted requests to the request's span, as `enduser.id` and
   * `gatewarden.client.id`. These are personal data: enable it only if traces are stored
   * accordingly. Default false.
   */
  readonly identities?: boolean;
}

/**
 * Reports a guard's checks, keys, cache and dependencies as metrics, its calls to issuers as spans,
 * and the reason of a refusal on the active span. No attribute ever holds a token, a claim, a `kid`
 * or a URL other than a configured issuer. Returns a function that stops reporting.
 */
export function instrument(guard: Guard<unknown>, options: InstrumentOptions = {}): () => void {
  const { name, identities = false } = options;
  const meter = (options.meterProvider ?? metrics).getMeter("gatewarden");
  const tracer = (options.tracerProvider ?? trace).getTracer("gatewarden");
  const common: Attributes = name === undefined ? {} : { "gatewarden.guard": name };
  const stops = [
    observeStatus(meter, guard, common),
    guard.listen({
      onDecision: createCheckListener({ meter, guard, common, identities }),
      onCall: createCallListener({ meter, tracer, guard, common }),
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
