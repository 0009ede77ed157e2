// Kind O: header names in any case (RFC 9110 §5.1), as gateways and event formats hand them over.
import { describe, expect, test } from "vitest";
import { type NodeResponse, protect, type RoutedRequest } from "../../src/adapters/connect.js";
import { AuthError, type GuardOptions, type GuardRequest, isPreflight, type RequestHeaders } from "../../src/index.js";
import { guardWith, token, verdictOf } from "../support/keys.js";
import {
  guardWith as boundGuard,
  createSender,
  issue,
  prove,
  verdictOf as verdictOfBound,
} from "../support/senders.js";

const good = token();
const bearer = `Bearer ${good}`;
const request = (headers: unknown): GuardRequest => ({ method: "GET", url: "/", headers: headers as RequestHeaders });
const check = (headers: unknown, guard = guardWith()) => verdictOf(guard.check(request(headers)));

describe("A token in a header that is spelled otherwise", () => {
  test.each<[string, Record<string, unknown>]>([
    // https://github.com/localstack/localstack/pull/10500: API Gateway capitalises the name.
    ["as API Gateway's proxy events do", { Host: "api.test", Authorization: bearer, "X-Forwarded-For": "192.0.2.1" }],
    // https://github.com/dherault/serverless-offline/pull/515: lists, beside the single values.
    ["as their multiValueHeaders do", { Authorization: [bearer], "User-Agent": ["curl"] }],
    // https://github.com/aws/aws-lambda-dotnet/issues/904
    ["as a client wrote it", { aUthoRization: bearer }],
    ["in capitals", { AUTHORIZATION: bearer }],
    // https://github.com/localstack/localstack/issues/12688: HTTP APIs write it small.
    ["in small letters", { authorization: bearer }],
    ["beside another that is undefined", { authorization: undefined, Authorization: bearer }],
    ["in an object without a prototype", Object.assign(Object.create(null), { Authorization: bearer })],
  ])("gets in %s", async (_name, headers) => {
    expect(await check(headers)).toBe("accepted");
    // A second time, when the token is known.
    const guard = guardWith();
    expect(await check(headers, guard)).toBe("accepted");
    expect(await check(headers, guard)).toBe("accepted");
  });

  test.each<[string, Record<string, unknown>]>([
    ["with two tokens", { authorization: bearer, Authorization: `Bearer ${token({ sub: "other" })}` }],
    ["with the same token twice", { authorization: bearer, Authorization: bearer }],
    ["without the small one", { Authorization: bearer, AUTHORIZATION: bearer }],
    ["with an empty one", { authorization: bearer, Authorization: "" }],
    ["with a list of one", { authorization: bearer, Authorization: [bearer] }],
  ])("in two spellings at once is two headers: %s", async (_name, headers) => {
    const guard = guardWith();
    await verdictOf(guard.check(request({ authorization: bearer })));
    expect(await check(headers, guard)).toBe("credentials_multiple");
    expect(await check(headers)).toBe("credentials_multiple");
  });

  test.each<[string, unknown]>([
    ["inherited", Object.create({ Authorization: bearer })],
    ["a member of the prototype that JSON can name", JSON.parse(`{"__proto__":{"Authorization":"${bearer}"}}`)],
    ["named with letters beyond ASCII that become it in small letters", { authorİzation: bearer }],
    ["named alike", { "Authorization ": bearer, "X-Authorization": bearer, Authorisation: bearer }],
    ["a symbol", { [Symbol("authorization")]: bearer }],
  ])("is not read where it is %s", async (_name, headers) => {
    expect(await check(headers)).toBe("credentials_missing");
  });

  test("is not read from a polluted Object.prototype (CWE-1321)", async () => {
    const guard = guardWith();
    Object.defineProperty(Object.prototype, "Authorization", {
      value: bearer,
      enumerable: true,
      configurable: true,
      writable: true,
    });
    try {
      expect(await check({}, guard)).toBe("credentials_missing");
      expect(await check({ authorization: bearer }, guard)).toBe("accepted");
    } finally {
      Reflect.deleteProperty(Object.prototype, "Authorization");
    }
  });

  test("is refused where it is neither text nor a list of text", async () => {
    expect(await check({ Authorization: { toString: () => bearer } })).toBe("credentials_malformed");
    expect(await check({ Authorization: null })).toBe("credentials_malformed");
  });

  test("is refused where reading it throws, and the guard does not", async () => {
    const headers = Object.defineProperty({}, "Authorization", {
      enumerable: true,
      get: () => {
        throw new Error("hostile");
      },
    });
    expect(await check(headers)).toBe("check_failed");
  });
});

describe("Headers that are absent", () => {
  test.each<[string, unknown]>([
    // API Gateway's console sends `"headers": null` with a test event that names none.
    ["null", null],
    ["undefined", undefined],
    ["empty", {}],
  ])("hold no credentials, rather than end in a 500: %s", async (_name, headers) => {
    expect(await check(headers)).toBe("credentials_missing");
    const outcome = await guardWith().attempt(request(headers), { optional: true });
    expect(outcome).toBeUndefined();
    expect(isPreflight({ ...request(headers), method: "OPTIONS" })).toBe(false);
  });

  test.each<[string, unknown]>([
    ["text", "authorization: Bearer"],
    ["a number", 42],
  ])("are told from headers that are no object: %s", async (_name, headers) => {
    expect(await check(headers)).toBe("credentials_malformed");
  });
});

describe("A request with ten thousand headers", () => {
  const names = Array.from({ length: 10_000 }, (_one, index) => [`x-header-${index}`, "x"]);

  test("reads each name once per header that is looked for, and gets in", async () => {
    let reads = 0;
    const headers = new Proxy<Record<string, string>>(Object.fromEntries([...names, ["Authorization", bearer]]), {
      getOwnPropertyDescriptor: (target, name) => {
        reads++;
        return Reflect.getOwnPropertyDescriptor(target, name);
      },
    });
    expect(await check(headers)).toBe("accepted");
    expect(reads).toBeLessThan(5 * names.length);
  });

  test("is refused for one with other names of the same length", async () => {
    const alike = Array.from({ length: 10_000 }, (_one, index) => [`x-${String(index).padStart(11, "0")}`, bearer]);
    expect(await check(Object.fromEntries(alike))).toBe("credentials_missing");
  });
});

describe("A request that something made in the place of node:http's", () => {
  test("is checked although it has no raw headers", async () => {
    // https://github.com/eugef/node-mocks-http: handlers are tested and bridged with plain objects.
    const middleware = protect(guardWith(), { onRefusal: (error, _request, _response, next) => next(error) });
    const response = { setHeader: () => undefined, getHeader: () => undefined } as unknown as NodeResponse;
    const reach = (headers: object) =>
      new Promise((resolve) => {
        const made = { method: "GET", url: "/", headers, socket: {} } as unknown as RoutedRequest;
        middleware(made, response, (error) => resolve((error as AuthError | undefined)?.reason ?? "accepted"));
      });
    expect(await reach({ Authorization: bearer })).toBe("accepted");
    expect(await reach({ Authorization: bearer, authorization: bearer })).toBe("credentials_multiple");
    expect(await reach({})).toBe("credentials_missing");
  });
});

describe("Every other header that is read", () => {
  const target = { Host: "api.example.com" };

  async function bound(
    headers: Record<string, unknown>,
    options: GuardOptions = {},
    changes: Partial<GuardRequest> = {},
  ) {
    const sender = await createSender();
    const made = await issue({ cnf: { jkt: sender.jkt } });
    const dpop = prove(sender, made);
    const given = { Authorization: `DPoP ${made}`, DPoP: dpop, ...headers } as RequestHeaders;
    const connection = { isEncrypted: true, address: "10.0.0.1" };
    const guard = boundGuard({ dpop: { mode: "allowed" }, ...options });
    return verdictOfBound(guard, { method: "GET", url: "/orders", headers: given, connection, ...changes });
  }

  test.each<[string, Record<string, unknown>, string]>([
    ["DPoP and Host", target, "accepted"],
    ["DPoP twice", { ...target, dpop: "x.y.z" }, "dpop_proof_multiple"],
    ["Host twice", { ...target, host: "api.example.com" }, "target_unknown"],
    ["another Host", { HOST: "other.example.com" }, "dpop_target_mismatch"],
  ])("is read in any case, and two spellings are two headers: %s", async (_name, headers, expected) => {
    expect(await bound(headers)).toBe(expected);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["one", { ...target, "X-Forwarded-Proto": "https" }, "accepted"],
    ["one that says another", { ...target, "X-Forwarded-Host": "other.example.com" }, "dpop_target_mismatch"],
    ["two", { ...target, "X-Forwarded-Proto": "https", "x-forwarded-proto": "https" }, "target_unknown"],
  ])("is read so of a trusted proxy: %s", async (_name, headers, expected) => {
    expect(await bound(headers, { trustProxy: true })).toBe(expected);
  });

  test("is read so for the scheme of the answer", async () => {
    const guard = boundGuard({ dpop: { mode: "allowed" } });
    const outcome = await guard.attempt(request({ Authorization: "DPoP broken" }));
    expect(outcome).toBeInstanceOf(AuthError);
    expect((outcome as AuthError).scheme).toBe("DPoP");
  });

  test("is read so for a preflight", () => {
    const headers = { Origin: "https://app.test", "Access-Control-Request-Method": "GET" };
    expect(isPreflight({ method: "OPTIONS", url: "/", headers })).toBe(true);
  });

  test.each<[string, Record<string, string>, string]>([
    ["one", { "Client-Cert": ":AAAA:" }, "certificate_mismatch"],
    ["two", { "Client-Cert": ":AAAA:", "client-cert": ":AAAA:" }, "certificate_malformed"],
    ["none", {}, "certificate_missing"],
  ])("is read so for a certificate: %s", async (_name, headers, expected) => {
    const made = await issue({ cnf: { "x5t#S256": "A".repeat(43) } });
    const guard = boundGuard({ trustProxy: true, mtls: { mode: "allowed", certificate: { format: "rfc9440" } } });
    expect(await verdictOfBound(guard, request({ Authorization: `Bearer ${made}`, ...headers }))).toBe(expected);
  });
});
