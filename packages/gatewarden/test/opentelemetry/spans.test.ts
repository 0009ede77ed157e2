// Spans on the real SDK: calls to issuers, and what the span of a request learns of its refusal.
import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, type ContextManager, context, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Guard } from "../../src/index.js";
import { type InstrumentOptions, instrument } from "../../src/opentelemetry/instrument.js";
import { exchangeAt, refuses, startTokenServer } from "../exchange/client/_token-server.js";
import { status } from "../support/issuer-server.js";
import { bearer, guardWith, issuer, token, verdict, verdictOf } from "../support/keys.js";
import { type Remote, startRemote } from "../support/remote.js";

const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = tracerProvider.getTracer("test");

/** What Node's SDK brings along: the context follows asynchronous calls. */
class AsyncContext implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();
  active = () => this.#storage.getStore() ?? ROOT_CONTEXT;
  with: ContextManager["with"] = (next, fn, self, ...args) =>
    this.#storage.run(next, () => fn.call(self as never, ...args));
  bind: ContextManager["bind"] = (_next, target) => target;
  enable = () => this;
  disable = () => this;
}

beforeAll(() => void context.setGlobalContextManager(new AsyncContext()));
afterAll(() => context.disable());
afterEach(() => exporter.reset());

/** Runs as a traced request would, and gives its span as it was exported. */
async function traced(run: () => Promise<unknown>) {
  const span = tracer.startSpan("GET /");
  await context.with(trace.setSpan(context.active(), span), run);
  span.end();
  return exporter.getFinishedSpans().find(({ name }) => name === "GET /");
}

const start = (guard: Guard<unknown>, options: InstrumentOptions = {}) =>
  instrument(guard, { tracerProvider, ...options });

describe("The span of a request", () => {
  test("learns why it was refused", async () => {
    const guard = guardWith();
    start(guard);
    const span = await traced(() => verdictOf(guard.check(bearer(token({ exp: 1 })))));
    const why = { "gatewarden.result": "refused", "gatewarden.reason": "expired", "gatewarden.issuer": issuer };
    expect(span?.attributes).toEqual(why);
    expect(span?.events).toMatchObject([{ name: "gatewarden.refused", attributes: why }]);
  });

  test("learns it after waiting, too", async () => {
    const guard = guardWith({ revocation: { isRevoked: async () => true } });
    start(guard);
    const spans = await Promise.all([traced(() => verdictOf(guard.check(bearer(token()))))]);
    expect(spans[0]?.attributes["gatewarden.reason"]).toBe("token_revoked");
  });

  test("says nothing of who was let in", async () => {
    const guard = guardWith();
    start(guard);
    const span = await traced(() => guard.check(bearer(token({ sub: "personal", client_id: "app" }))));
    expect(span?.attributes).toEqual({ "gatewarden.result": "accepted", "gatewarden.issuer": issuer });
  });

  test("says who was let in where that is asked for, and never who was refused", async () => {
    const guard = guardWith();
    start(guard, { identities: true });
    const claims = { sub: "personal", client_id: "app" };
    const span = await traced(() => guard.check(bearer(token(claims))));
    expect(span?.attributes).toMatchObject({ "enduser.id": "personal", "gatewarden.client.id": "app" });
    exporter.reset();
    const refused = await traced(() => verdictOf(guard.check(bearer(token({ ...claims, exp: 1 })))));
    expect(JSON.stringify(refused?.attributes)).not.toContain("personal");
  });

  test("is left alone once the instrumentation was stopped", async () => {
    const guard = guardWith();
    start(guard)();
    expect((await traced(() => guard.check(bearer(token()))))?.attributes).toEqual({});
  });
});

describe("A refresh of keys", () => {
  let remote: Remote;
  beforeEach(async () => {
    remote = await startRemote();
  });
  afterEach(() => remote.server.close());

  test("is a span below the request that waited for it, and what fetches is below that", async () => {
    let active: string | undefined;
    const guard = remote.another({
      fetch: (...args) => {
        active = trace.getActiveSpan()?.spanContext().spanId;
        return fetch(...args);
      },
    });
    start(guard, { name: "orders" });
    const request = await traced(() => guard.check(bearer(remote.token())));
    const refresh = exporter.getFinishedSpans().find(({ name }) => name === "refresh keys");
    expect(refresh?.attributes).toEqual({
      "gatewarden.call": "keys",
      "gatewarden.guard": "orders",
      "gatewarden.issuer": remote.server.issuer,
    });
    expect(refresh?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
    expect(active).toBe(refresh?.spanContext().spanId);
    expect(refresh?.status.code).toBe(SpanStatusCode.UNSET);
  });

  test("that failed is an error, by its kind and without words", async () => {
    remote.server.on("/jwks", status(503));
    start(remote.guard);
    expect(await verdict(remote.guard, remote.token())).toBe("keys_unavailable");
    const [refresh] = exporter.getFinishedSpans();
    expect(refresh?.attributes["error.type"]).toBe("503");
    expect(refresh?.status).toEqual({ code: SpanStatusCode.ERROR });
  });
});

describe("A token exchange", () => {
  test.each([
    ["that was answered", { audience: "stock" }, undefined],
    ["that was refused", { audience: "elsewhere" }, "invalid_target"],
  ])("%s is a span without a token", async (_name, target, type) => {
    const server = await startTokenServer();
    if (type !== undefined) server.answer(refuses(type));
    const guard = guardWith({ exchange: exchangeAt(server) });
    start(guard);
    const made = token();
    await guard.exchange(await guard.verify(made), target).catch(() => undefined);
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({ name: "exchange token", attributes: { "gatewarden.issuer": issuer } });
    expect(span?.attributes["error.type"]).toBe(type);
    expect(JSON.stringify([span?.attributes, span?.status, span?.events])).not.toContain(made);
  });
});

describe("An introspection", () => {
  test.each([
    ["that was answered", async () => ({ active: false }), undefined],
    ["that failed", () => Promise.reject(new RangeError("opaque-token")), "RangeError"],
  ])("%s is a span without the token", async (_name, introspect, type) => {
    const guard = guardWith({ introspection: introspect });
    start(guard);
    await verdict(guard, "opaque-token");
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({ name: "introspect token", attributes: { "gatewarden.issuer": issuer } });
    expect(span?.attributes["error.type"]).toBe(type);
    expect(JSON.stringify([span?.attributes, span?.status, span?.events])).not.toContain("opaque");
  });
});
