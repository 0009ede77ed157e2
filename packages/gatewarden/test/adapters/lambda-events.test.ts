// What only Lambda has: which events are taken, the shapes of answers, the URL that the client used, certificates.
import type {
  ALBHandler,
  APIGatewayProxyEventV2,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  Context,
  LambdaFunctionURLHandler,
} from "aws-lambda";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { type ProtectOptions, protect } from "../../src/adapters/lambda.js";
import { type Auth, ConfigError, type GuardOptions, permission } from "../../src/index.js";
import { createIdentity, type Identity } from "../support/certificates.js";
import { type Sender as Client, createSender, guardWith, issue, prove } from "../support/senders.js";
import { type Sender, type Sent, toEvent } from "./_lambda-gateway.js";

const senders: readonly Sender[] = ["rest", "http", "alb", "alb-multi"];
let client: Client;
let bound: string;
let plain: string;
beforeAll(async () => {
  client = await createSender();
  bound = await issue({ cnf: { jkt: client.jkt } });
  plain = await issue({ permissions: ["read:admin"] });
});

type Header = readonly [string, string];

function sent(headers: readonly Header[], changes: Partial<Sent> = {}): Sent {
  const host = changes.host ?? "api.example.com";
  return { method: "GET", target: "/orders", host, headers: [["Host", host], ...headers], ...changes };
}

const bearer = (): Header => ["Authorization", `Bearer ${plain}`];
const dpop = (url: string): readonly Header[] => [
  ["Authorization", `DPoP ${bound}`],
  ["DPoP", prove(client, bound, { claims: { htu: url } })],
];

/** Status, reason and the whole result of a protected function. */
async function ask(event: unknown, { options = {}, ...need }: ProtectOptions & { options?: GuardOptions } = {}) {
  const answer = () => ({ statusCode: 200, body: "{}" });
  const guard = guardWith(options);
  const handler = Object.keys(need).length > 0 ? protect(guard, need, answer) : protect(guard, answer);
  const result = await handler(event as never, {});
  return { result, status: result.statusCode, reason: JSON.parse(result.body).reason as string | undefined };
}

describe("An event", () => {
  test.each(senders)("of %s is answered in its own shape", async (sender) => {
    const { result } = await ask(toEvent(sender, sent([])));
    const challenges = ['Bearer realm="api"', expect.stringMatching(/^DPoP realm="api"/)];
    const json = "application/json; charset=utf-8";
    const expose = { "access-control-expose-headers": "WWW-Authenticate" };
    const single = { "content-type": json, "cache-control": "no-store", ...expose };
    const lists = Object.fromEntries(Object.entries(single).map(([name, value]) => [name, [value]]));
    const joined = { ...single, "www-authenticate": expect.stringMatching(/^Bearer realm="api", DPoP realm="api"/) };
    const common = { statusCode: 401, body: expect.any(String), isBase64Encoded: false };
    const statusDescription = "401 Unauthorized";
    const shapes: Readonly<Record<Sender, object>> = {
      rest: { ...common, headers: single, multiValueHeaders: { "www-authenticate": challenges } },
      http: { ...common, headers: joined },
      alb: { ...common, statusDescription, headers: joined },
      "alb-multi": { ...common, statusDescription, multiValueHeaders: { ...lists, "www-authenticate": challenges } },
    };
    expect(result).toEqual(shapes[sender]);
  });

  test.each([
    ["undefined", undefined],
    ["null", null],
    ["an empty object", {}],
    ["text", "GET /orders"],
    ["a message of a queue", { Records: [{ body: "{}", eventSource: "aws:sqs" }] }],
    ["a scheduled event", { version: "0", "detail-type": "Scheduled Event", source: "aws.events" }],
    ["a message of a WebSocket API", { requestContext: { connectionId: "a", eventType: "MESSAGE" }, body: "{}" }],
    ["a WebSocket connection with a method", { httpMethod: "GET", requestContext: { connectionId: "a" } }],
    ["format 2.0 without a method", { version: "2.0", requestContext: { http: {} }, headers: {} }],
    ["a method without a context", { httpMethod: "GET", headers: {} }],
    ["a context of null", { httpMethod: "GET", headers: {}, requestContext: null }],
  ])("that is no HTTP request is rejected, and the handler does not run: %s", async (_name, event) => {
    let isRun = false;
    const handler = protect(guardWith(), { optional: true }, () => {
      isRun = true;
      return { statusCode: 200, body: "" };
    });
    await expect(handler(event as never, {})).rejects.toThrow(ConfigError);
    expect(isRun).toBe(false);
  });

  test.each(senders)("of %s without any headers is one without credentials", async (sender) => {
    const { headers, multiValueHeaders, cookies, ...event } = toEvent(sender, sent([]));
    expect(await ask(event)).toMatchObject({ status: 401, reason: "credentials_missing" });
    expect(await ask({ ...event, headers: null, multiValueHeaders: null })).toMatchObject({ status: 401 });
  });

  test("of a test console has headers alone, and its token counts", async () => {
    const event = { ...toEvent("rest", sent([bearer()])), multiValueHeaders: null };
    expect((await ask(event, { requirement: permission("read:admin") })).status).toBe(200);
  });

  test.each(["rest", "alb-multi"] as const)("of %s with two values of Authorization is 400", async (sender) => {
    const { status, reason } = await ask(toEvent(sender, sent([bearer(), bearer()])));
    expect([status, reason]).toEqual([400, "credentials_multiple"]);
    // In two spellings, as HTTP allows (RFC 9110 §5.1).
    const spelt = toEvent("rest", sent([bearer(), ["authorization", bearer()[1]]]));
    expect((await ask(spelt)).reason).toBe("credentials_multiple");
    expect((await ask(toEvent(sender, sent([bearer()])))).status).toBe(200);
  });

  test("of format 2.0 with two values of Authorization, joined, is 400", async () => {
    expect((await ask(toEvent("http", sent([bearer(), bearer()])))).reason).toBe("credentials_multiple");
  });

  test("of format 2.0 has its cookies apart: a token in one is found, two are refused", async () => {
    const options: GuardOptions = { tokenFrom: { cookie: "__Host-token", origins: ["https://app.example.com"] } };
    const cookie = `__Host-token=${plain}`;
    expect((await ask(toEvent("http", sent([["Cookie", `a=b; ${cookie}`]])), { options })).status).toBe(200);
    const twice = toEvent("http", sent([["Cookie", `${cookie}; ${cookie}`]]));
    expect((await ask(twice, { options })).status).toBe(400);
  });
});

describe("The URL that the client used", () => {
  test.each<[string, Sender, Partial<Sent>, string]>([
    ["a custom domain of a REST API", "rest", {}, "https://api.example.com/orders"],
    [
      "the default domain of a REST API, with its stage",
      "rest",
      { stage: "prod" },
      "https://api.example.com/prod/orders",
    ],
    ["an HTTP API or a function URL", "http", {}, "https://api.example.com/orders"],
    ["a stage of an HTTP API", "http", { stage: "dev" }, "https://api.example.com/dev/orders"],
    ["a load balancer with https", "alb", { certificate: "" }, "https://api.example.com/orders"],
    ["a load balancer with http", "alb", {}, "http://api.example.com/orders"],
    ["a load balancer with multi-value headers", "alb-multi", { certificate: "" }, "https://api.example.com/orders"],
  ])("is that of %s, whatever the query", async (_name, sender, changes, url) => {
    const event = () => toEvent(sender, sent(dpop(url), { target: "/orders?page=2", ...changes }));
    expect((await ask(event())).status).toBe(200);
    const other = toEvent(sender, sent(dpop(url.replace("orders", "others")), changes));
    expect((await ask(other)).reason).toBe("dpop_target_mismatch");
  });

  test("has what an API mapping took from the path, where the developer says it", async () => {
    const event = () => toEvent("http", sent(dpop("https://api.example.com/shop/orders")));
    expect((await ask(event())).reason).toBe("dpop_target_mismatch");
    expect((await ask(event(), { basePath: "/shop" })).status).toBe(200);
  });

  test.each(["shop", "/shop/", "/", "", "/a b", "//host", 1, null])(
    "cannot begin with the base path %j",
    (basePath) => {
      const make = () => protect(guardWith(), { basePath } as never, () => ({ statusCode: 200, body: "" }));
      expect(make).toThrow(ConfigError);
      expect(make).toThrow(/^basePath must begin with a slash/);
    },
  );

  test.each<[string, Sender, readonly Header[]]>([
    ["X-Forwarded-Host", "rest", [["X-Forwarded-Host", "evil.example"]]],
    ["X-Forwarded-Host", "http", [["X-Forwarded-Host", "evil.example"]]],
    ["Forwarded", "http", [["Forwarded", "host=evil.example;proto=https"]]],
  ])("is not what a client says in %s to %s", async (_name, sender, forged) => {
    const elsewhere = sent([...dpop("https://evil.example/orders"), ...forged]);
    expect((await ask(toEvent(sender, elsewhere))).reason).toBe("dpop_target_mismatch");
    expect((await ask(toEvent(sender, sent([...dpop("https://api.example.com/orders"), ...forged])))).status).toBe(200);
  });

  test("is unknown where Host is another than the domain: a bound token is refused, a plain one is not", async () => {
    const headers = dpop("https://api.example.com/orders");
    const event = toEvent("http", { ...sent(headers), headers: [["Host", "vpce.example"], ...headers] });
    expect((await ask(event)).reason).toBe("target_unknown");
    const bare = toEvent("http", { ...sent([]), headers: [["Host", "vpce.example"], bearer()] });
    expect((await ask(bare)).status).toBe(200);
  });

  test("is unknown where a load balancer does not say the protocol once", async () => {
    const event = toEvent("alb-multi", sent(dpop("https://api.example.com/orders"), { certificate: "" }));
    event.multiValueHeaders["x-forwarded-proto"] = ["https", "http"];
    expect((await ask(event)).reason).toBe("dpop_target_mismatch");
  });
});

describe("A certificate", () => {
  let identity: Identity;
  let event: (sender: Sender, certificate?: string) => unknown;
  const options: GuardOptions = { mtls: { mode: "allowed" } };
  beforeAll(async () => {
    identity = createIdentity("client");
    const token = await issue({ cnf: { "x5t#S256": identity.thumbprint } });
    event = (sender, certificate) => toEvent(sender, sent([["Authorization", `Bearer ${token}`]], { certificate }));
  });

  test.each(["rest", "http"] as const)("in the context of %s is the client's", async (sender) => {
    expect((await ask(event(sender, identity.cert), { options })).status).toBe(200);
    const other = createIdentity("thief").cert;
    expect((await ask(event(sender, other), { options })).reason).toBe("certificate_mismatch");
  });

  test.each<[string, string | undefined]>([
    ["absent", undefined],
    ["empty, as emulators send it", ""],
    ["no PEM", "certificate"],
    ["PEM without base64", "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----"],
  ])("that is %s proves nothing", async (_name, certificate) => {
    expect((await ask(event("http", certificate), { options })).reason).toBe("certificate_missing");
  });

  test("of two in one text is none: which of them is the client's is not said", async () => {
    expect((await ask(event("rest", identity.cert + identity.cert), { options })).reason).toBe("certificate_missing");
  });
});

describe("Headers that are due", () => {
  const lifetime = 10;
  const secret = "0123456789abcdef0123456789abcdef";

  /** What is answered with a nonce of the window before, which brings the next one. */
  async function answer(sender: Sender, result: unknown): Promise<unknown> {
    let now = 1_800_000_000;
    const guard = guardWith({ now: () => now, dpop: { mode: "required", nonce: { secret, lifetime } } });
    const handler = protect(guard, () => result as object);
    const changes = { certificate: "" };
    const url = "https://api.example.com/orders";
    const first = await handler(toEvent(sender, sent(dpop(url), changes)), {});
    const { headers, multiValueHeaders } = first as {
      headers?: Record<string, string>;
      multiValueHeaders?: Record<string, string[]>;
    };
    const nonce = headers?.["dpop-nonce"] ?? multiValueHeaders?.["dpop-nonce"]?.[0];
    now += lifetime;
    const proof = prove(client, bound, { claims: { htu: url, nonce, iat: now } });
    return handler(
      toEvent(
        sender,
        sent(
          [
            ["Authorization", `DPoP ${bound}`],
            ["DPoP", proof],
          ],
          changes,
        ),
      ),
      {},
    );
  }

  const nonce = expect.stringMatching(/^[\w-]{22}$/);
  const due = { "dpop-nonce": nonce, "access-control-expose-headers": "DPoP-Nonce" };

  test("are added to the handler's own, which stay as they are", async () => {
    const own = Object.freeze({ "X-A": "1", "Access-Control-Expose-Headers": "X-A" });
    const result = Object.freeze({ statusCode: 201, headers: own, body: "a" });
    const exposed = { "access-control-expose-headers": "X-A, DPoP-Nonce" };
    expect(await answer("rest", result)).toEqual({
      statusCode: 201,
      body: "a",
      headers: { ...due, ...exposed, "X-A": "1" },
    });
    expect(own).toEqual({ "X-A": "1", "Access-Control-Expose-Headers": "X-A" });
  });

  test("are added to lists where the sender reads lists", async () => {
    const multiValueHeaders = { "access-control-expose-headers": ["X-A"], "set-cookie": ["a", "b"] };
    const added = {
      "dpop-nonce": [nonce],
      "access-control-expose-headers": ["X-A, DPoP-Nonce"],
      "set-cookie": ["a", "b"],
    };
    const result = { statusCode: 200, multiValueHeaders, body: "" };
    expect(await answer("alb-multi", result)).toMatchObject({ multiValueHeaders: added });
    expect(multiValueHeaders["access-control-expose-headers"]).toEqual(["X-A"]);
    const { headers } = (await answer("rest", result)) as { headers: object };
    expect(headers).toEqual({ ...due, "access-control-expose-headers": "X-A, DPoP-Nonce" });
  });

  test.each([
    ["an object", { a: 1 }, '{"a":1}'],
    ["text", "hello", "hello"],
  ])("are added to %s without a status, as format 2.0 reads it", async (_name, result, body) => {
    const headers = { "content-type": "application/json", ...due };
    expect(await answer("http", result)).toEqual({ statusCode: 200, headers, body });
  });

  test("are not added to what AWS refuses anyway", async () => {
    expect(await answer("rest", "hello")).toBe("hello");
  });
});

test("handlers are those of @types/aws-lambda, and the event's type reaches the handler", () => {
  const guard = guardWith();
  const rest: APIGatewayProxyHandler = protect(guard, async () => ({ statusCode: 200, body: "" }));
  const http: APIGatewayProxyHandlerV2 = protect(guard, permission("a"), async (event, auth) => {
    expectTypeOf(auth).toEqualTypeOf<Auth<unknown>>();
    expectTypeOf(event.rawPath).toEqualTypeOf<string>();
    return event.rawPath;
  });
  const url: LambdaFunctionURLHandler = protect(guard, { optional: true }, async (_event, auth) => {
    expectTypeOf(auth).toEqualTypeOf<Auth<unknown> | undefined>();
    return { statusCode: 200 };
  });
  const balanced: ALBHandler = protect(guard, async () => ({ statusCode: 200 }));
  const written = protect(guard, (event: APIGatewayProxyEventV2, _auth, context: Context) => ({
    body: `${event.rawPath} ${context.awsRequestId}`,
  }));
  expectTypeOf(written).toExtend<APIGatewayProxyHandlerV2>();
  expect([rest, http, url, balanced, written].every((one) => typeof one === "function")).toBe(true);
});
