// The guard under values that no server makes but that code between may: it answers each with an
// outcome, never with an exception, and takes none of them for credentials or for their absence
// (CWE-248, CWE-843).
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AuthError, createGuard, type Decision, type GuardOptions, type GuardRequest } from "../../src/index.js";
import { guardWith, options, token, verdict, verdictOf } from "../support/keys.js";

const good = token();
const odd = (value: unknown) => value as never;
const withHeaders = (headers: unknown): GuardRequest => ({ method: "GET", url: "/", headers: odd(headers) });
const thrower = (): never => {
  throw new TypeError("read");
};

const terms: readonly (readonly [string, GuardOptions])[] = [
  ["bearer tokens", {}],
  ["DPoP, explained", { dpop: { mode: "allowed", nonce: true }, explain: "development", resource: "https://api.test" }],
  [
    "certificates from a proxy",
    { mtls: { mode: "allowed", certificate: { format: "envoy" } }, trustProxy: true, dpop: { mode: "allowed" } },
  ],
  ["introspection", { introspection: async () => ({ active: false }) }],
];

/** Values of every kind, and lists and objects that fail when they are read. */
const anyValue = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withObjectString: true }),
  fc.anything({ withSparseArray: true, withTypedArray: true, withSet: true }),
  fc.constantFrom(Symbol("s"), thrower, { toString: 1, valueOf: 1 }, [good], [[good]], new String(good), Array(1)),
  fc.constantFrom(
    { toString: () => good, length: good.length },
    { toString: thrower, [Symbol.toPrimitive]: thrower, [Symbol.iterator]: thrower },
    Object.defineProperty({}, "length", { get: thrower }),
    Object.defineProperty([], 0, { get: thrower }),
  ),
);

const names = ["authorization", "dpop", "host", "x-forwarded-host", "x-forwarded-client-cert", "forwarded"];

/** Headers as something between server and guard might hand them on. */
const anyHeaders = fc.oneof(
  anyValue,
  fc.dictionary(fc.constantFrom(...names), anyValue),
  anyValue.map((value) => ({ get: () => value })),
  fc.constantFrom(
    { get: thrower },
    { get: 1 },
    Object.defineProperty({}, "authorization", { get: thrower, enumerable: true }),
  ),
  // Read twice, it fails the second time.
  fc.constantFrom(thrower).map((fail) => {
    let reads = 0;
    return { get: () => (reads++ === 0 ? "DPoP x" : fail()) };
  }),
);

const anyRequest = fc.oneof(
  anyHeaders.map(withHeaders),
  fc.record({
    method: anyValue,
    url: anyValue,
    headers: fc.oneof(anyHeaders, fc.constant({ authorization: "DPoP x", dpop: "y" })),
    connection: fc.oneof(anyValue, fc.constant(Object.defineProperty({}, "isEncrypted", { get: thrower }))),
    incoming: anyValue,
  }),
);

const notText = (value: unknown): string[] => (value === undefined || typeof value === "string" ? [] : [typeof value]);

describe.each(terms)("a guard for %s", (_name, changes) => {
  const heard: string[] = [];
  const listen = (decision: Decision) => {
    // What is read only when it is asked for is asked for.
    heard.push(
      decision.issuer === undefined ? decision.outcome : "of a trusted issuer",
      ...notText(decision.fingerprint),
    );
  };
  const guard = createGuard(options({ ...changes, onDecision: listen }));

  test("answers any request with a refusal that can be sent", async () => {
    await guard.ready();
    await fc.assert(
      fc.asyncProperty(anyRequest, async (request) => {
        heard.length = 0;
        const outcome = await guard.attempt(odd(request));
        expect(outcome).toBeInstanceOf(AuthError);
        expect(guard.refusal(odd(outcome)).status).toBeGreaterThanOrEqual(400);
        expect(guard.responseHeaders(odd(request))).toBeUndefined();
        expect(heard).toEqual(["refused"]);
      }),
      { numRuns: 2000 },
    );
  });

  test("rejects any token that is not a string with AuthError", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyValue.filter((value) => typeof value !== "string" && value !== undefined && value !== null),
        async (value) => {
          expect(await verdict(guard, odd(value))).toBe("credentials_malformed");
        },
      ),
      { numRuns: 500 },
    );
  });

  test("takes a missing token for an empty one, and a missing request for a failure", async () => {
    expect(await verdict(guard, odd(undefined))).toBe(await verdict(guard, ""));
    expect(await verdict(guard, odd(null))).toBe(await verdict(guard, ""));
    heard.length = 0;
    for (const request of [undefined, null]) {
      const outcome = await guard.attempt(odd(request), { optional: true });
      expect(outcome).toMatchObject({ reason: "check_failed" });
    }
    expect(heard).toEqual(["refused", "refused"]);
  });

  test("accepts a good token, however its header is held", async () => {
    const authorization = `Bearer ${good}`;
    for (const headers of [{ authorization }, { authorization: [authorization] }, new Headers({ authorization })]) {
      expect(await verdictOf(guard.check(withHeaders(headers)))).toBe("accepted");
    }
    expect(await verdict(guard, good)).toBe("accepted");
  });
});

describe("an Authorization header", () => {
  const guard = guardWith();
  const outcomes = async (headers: unknown) => {
    const reasonOf = (outcome: unknown) => (outcome instanceof AuthError ? outcome.reason : outcome);
    const request = withHeaders(headers);
    return [reasonOf(await guard.attempt(request)), reasonOf(await guard.attempt(request, { optional: true }))];
  };

  test.each<[string, unknown]>([
    ["a number", 42],
    ["true", true],
    ["null", null],
    ["an object", {}],
    ["an object that says it is a token", { toString: () => `Bearer ${good}` }],
    ["a String object", new String(`Bearer ${good}`)],
    ["a function", thrower],
    ["a symbol", Symbol("s")],
    ["a list in a list", [[`Bearer ${good}`]]],
    ["a list with a hole", Array(1)],
    ["a list with a number", [42]],
    ["a list with a number behind a token", [`Bearer ${good}`, 42]],
    ["a list with undefined", [undefined]],
  ])("that is %s is malformed, and no absence where tokens are optional", async (_name, value) => {
    expect(await outcomes({ authorization: value })).toEqual(["credentials_malformed", "credentials_malformed"]);
    if (value !== null) {
      expect(await outcomes({ get: () => value })).toEqual(["credentials_malformed", "credentials_malformed"]);
    }
  });

  test.each<[string, unknown]>([
    ["no headers", {}],
    ["headers without a prototype", Object.create(null)],
    ["an empty header", { authorization: "" }],
    ["a header that is undefined", { authorization: undefined }],
    ["a list of none", { authorization: [] }],
    ["Headers without it", new Headers()],
    ["headers that are undefined", undefined],
    ["headers that are null", null],
  ])("of %s is absent", async (_name, headers) => {
    expect(await outcomes(headers)).toEqual(["credentials_missing", undefined]);
  });

  const proxy = new Proxy(
    {},
    { get: thrower, has: thrower, getPrototypeOf: thrower, getOwnPropertyDescriptor: thrower },
  );
  test.each<[string, () => unknown]>([
    ["a proxy that throws", () => proxy],
    [
      "a proxy that was revoked",
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
    ],
    ["a getter that throws", () => Object.defineProperty({}, "authorization", { get: thrower, enumerable: true })],
    ["a get that throws", () => ({ get: thrower })],
  ])("behind %s cannot be read, and is refused", async (_name, make) => {
    expect(await outcomes(make())).toEqual(["check_failed", "check_failed"]);
    const dpop = guardWith({ dpop: { mode: "allowed" } });
    expect(await verdictOf(dpop.check(withHeaders(make())))).toBe("check_failed");
  });

  test.each<[string, unknown, string]>([
    ["a number", 42, "credentials_malformed"],
    ["a string", "authorization", "credentials_malformed"],
    ["true", true, "credentials_malformed"],
  ])("is not absent from headers that are %s", async (_name, headers, reason) => {
    expect(await outcomes(headers)).toEqual([reason, reason]);
  });
});
