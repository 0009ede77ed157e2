// One suite that asks every adapter the same questions over real sockets. An adapter's test file mounts `routes` in its framework and calls
// `describeConformance`. A new kind of question is one more function in `questions`; those about bound tokens are in `conformance-bound.ts`.
import { createServer } from "node:http";
import { createTenant, type Tenant, type TokenRequest } from "@gatewarden/dev";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  any,
  catalogue,
  claim,
  createGuard,
  type Guard,
  type GuardOptions,
  organization,
  permission,
  type Reason,
  type Requirement,
  role,
  scope,
} from "../../src/index.js";
import { askDpop, askMtls } from "./conformance-bound.js";
import { type Listening, originOf, type TlsTerms } from "./support/listen.js";
import { type Answer, type Call, call, sendRaw } from "./support/request.js";

/** What a route needs, as the rest arguments of `protect(guard, …)`. */
export type RouteNeed =
  | readonly []
  | readonly [Requirement | { readonly optional: true; readonly requirement?: Requirement }];

/** A route's need as options, for `protect` functions whose options take a hook besides. */
export function toOptions([need]: RouteNeed): { readonly optional?: true; readonly requirement?: Requirement } {
  if (need === undefined) return {};
  return "optional" in need ? need : { requirement: need };
}

/** One route of the application under test. Its handler answers `answerOf(auth, body)` as JSON. */
export interface Route {
  readonly method: "GET" | "POST" | "OPTIONS";
  readonly path: string;
  readonly need: RouteNeed;
}

/** The routes that every application mounts. `POST /private` reads the request's body and answers with its length. */
export const routes: readonly Route[] = [
  { method: "GET", path: "/private", need: [] },
  { method: "POST", path: "/private", need: [] },
  { method: "OPTIONS", path: "/private", need: [] },
  { method: "GET", path: "/permission", need: [permission("read:admin")] },
  { method: "GET", path: "/scope", need: [scope("read:messages")] },
  { method: "GET", path: "/role", need: [role("editor")] },
  { method: "GET", path: "/claim", need: [claim("email_verified", true)] },
  { method: "GET", path: "/organization", need: [organization("org_acme")] },
  { method: "GET", path: "/any", need: [any(permission("write:admin"), scope("openid"))] },
  { method: "GET", path: "/optional", need: [{ optional: true }] },
  { method: "GET", path: "/optional-permission", need: [{ optional: true, requirement: permission("read:admin") }] },
  // Before its check, the application sets `earlierChallenge`.
  { method: "GET", path: "/earlier-challenge", need: [] },
  // Before its check, the application makes another one, as for all that is under a path.
  { method: "GET", path: "/twice", need: [] },
];

/** The challenge that the application sets itself before the check of `/earlier-challenge`. */
export const earlierChallenge = 'Basic realm="old"';

/** What handlers answer. */
export function answerOf(auth: { readonly subject: string | undefined } | undefined, body?: string): object {
  return { user: auth?.subject ?? null, ...(body !== undefined && { length: body.length }) };
}

/** What an application is made with. */
export interface Setting {
  readonly guard: Guard;
  /** The application's own error hook answers refusals with `{ problem: reason }`. */
  readonly reshape: boolean;
  /** Listens with TLS, and asks clients for a certificate. */
  readonly tls?: TlsTerms | undefined;
}

/** One adapter. */
export interface Adapter {
  readonly start: (setting: Setting) => Promise<Listening>;
  /** The body of a refusal, where the framework's convention is another than the guard's own. */
  readonly body?: (reason: Reason) => object;
  /** The framework tells handlers for OPTIONS apart, so the adapter lets preflights pass to those. */
  readonly passesPreflight?: true;
  /** What `POST` answers where the framework does not say 200. */
  readonly postStatus?: number;
  /** What this framework cannot do at all, with why. */
  readonly cannot?: {
    readonly setEarlierChallenge?: string;
    readonly checkBeforeBody?: string;
    readonly checkTwice?: string;
    readonly readCertificate?: string;
  };
}

/** What questions are asked with. */
export interface Bench {
  readonly adapter: Adapter;
  readonly tenant: () => Tenant;
  readonly start: (
    options?: GuardOptions,
    setting?: Partial<Setting>,
  ) => Promise<(path: string, call?: Call) => Promise<Answer>>;
  readonly origin: () => string;
  readonly bearer: (request?: TokenRequest) => Promise<{ readonly authorization: string }>;
}

/** Asks an adapter every question. */
export function describeConformance(name: string, adapter: Adapter): void {
  describe(`${name} answers as every adapter does`, () => {
    const bench = createBench(adapter);
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    beforeAll(() => void process.on("unhandledRejection", note));
    afterAll(() => void process.off("unhandledRejection", note));
    for (const ask of questions) ask(bench);
    test("no promise was left to reject unhandled", () => expect(rejections).toEqual([]));
  });
}

function createBench(adapter: Adapter): Bench {
  let tenant: Tenant;
  let origin = "";
  const running: Listening[] = [];
  beforeAll(async () => {
    tenant = await createTenant({ port: 0 });
  });
  afterAll(() => tenant.close());
  afterEach(async () => {
    await Promise.all(running.splice(0).map((app) => app.close()));
  });
  return {
    adapter,
    tenant: () => tenant,
    start: async (options, setting) => {
      const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience, ...options }) as Guard;
      const app = await adapter.start({ guard, reshape: false, ...setting });
      running.push(app);
      origin = app.origin;
      return (path, init) => call(`${app.origin}${path}`, init);
    },
    origin: () => origin,
    bearer: async (request = { as: "alice" }) => {
      const { access_token } = await tenant.token(request);
      return { authorization: `Bearer ${access_token}` };
    },
  };
}

/** The guard's own body of a refusal. */
export function toBody(reason: Reason): object {
  const { status, error, description } = catalogue[reason];
  const others: Readonly<Record<number, string>> = { 401: "unauthorized", 503: "temporarily_unavailable" };
  return { error: error ?? others[status] ?? "server_error", error_description: description, reason };
}

/** Status, challenge, body and caching of a refusal are those of the catalogue, to the letter. */
function expectRefusal(bench: Bench, answer: Answer, reason: Reason, scopes?: string): void {
  const { status, error, description } = catalogue[reason];
  const parameters = [
    'Bearer realm="api"',
    ...(error ? [`error="${error}"`, `error_description="${description}"`] : []),
    ...(scopes ? [`scope="${scopes}"`] : []),
  ];
  expect(answer.status).toBe(status);
  expect(answer.challenge).toBe(status < 500 ? parameters.join(", ") : undefined);
  expect(answer.headers["content-type"]).toMatch(/^application\/json/);
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.json).toEqual((bench.adapter.body ?? toBody)(reason));
}

function askAccess({ start, bearer, tenant }: Bench): void {
  test("a valid token gets in and the handler gets its facts, first with keys to fetch, then with keys at hand", async () => {
    const get = await start();
    for (const _ of ["cold", "warm"]) {
      const answer = await get("/private", { headers: await bearer({ as: "bob" }) });
      expect(answer.status).toBe(200);
      expect(answer.json).toEqual({ user: "auth0|bob" });
    }
  });

  test("a token with what is needed gets in", async () => {
    const get = await start();
    const headers = await bearer({ as: "alice", permissions: ["read:admin"] });
    expect((await get("/permission", { headers })).status).toBe(200);
    expect((await get("/any", { headers })).status).toBe(200);
  });

  test("a token in the query, a cookie or a body is no token", async () => {
    const get = await start();
    const { access_token } = await tenant().token({ as: "alice" });
    const answer = await get(`/private?access_token=${access_token}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", cookie: `access_token=${access_token}` },
      body: `access_token=${access_token}`,
    });
    expect(answer.status).toBe(401);
    expect(answer.text).toContain("credentials_missing");
  });
}

function askRefusals(bench: Bench): void {
  const { start, bearer } = bench;

  test.each<[string, Reason, () => Promise<Record<string, string>>]>([
    ["no header", "credentials_missing", async () => ({})],
    ["another scheme", "scheme_unsupported", async () => ({ authorization: "Basic dTpw" })],
    ["two words", "credentials_malformed", async () => ({ authorization: "Bearer Bearer x" })],
    ["two credentials in one header", "credentials_multiple", async () => ({ authorization: "Bearer a, Bearer b" })],
    ["an opaque token", "token_opaque", () => bearer({ as: "alice", audience: null })],
    ["nonsense", "token_malformed", async () => ({ authorization: "Bearer a.b.c" })],
    ["an unsigned token", "algorithm_none", async () => ({ authorization: `Bearer ${unsigned}` })],
    ["a changed token", "signature_invalid", async () => change(await bearer())],
  ])("%s is refused with %s", async (_name, reason, makeHeaders) => {
    const get = await start();
    expectRefusal(bench, await get("/private", { headers: await makeHeaders() }), reason);
  });

  test.each<[Reason, string, string?]>([
    ["permission_missing", "/permission", "read:admin"],
    ["scope_missing", "/scope", "read:messages"],
    ["role_missing", "/role"],
    ["claim_mismatch", "/claim"],
    ["organization_mismatch", "/organization"],
    ["requirement_not_met", "/any", "write:admin"],
  ])("a requirement that is not met is refused with %s", async (reason, path, scopes) => {
    const get = await start();
    const headers = await bearer({ as: "carol", permissions: [], scope: "profile", claims: { email_verified: false } });
    expectRefusal(bench, await get(path, { headers }), reason, scopes);
  });

  test.each<[Reason, GuardOptions]>([
    ["expired", { now: () => Date.now() / 1000 + 30 * 86_400 }],
    ["audience_mismatch", { audience: "https://another.api" }],
    ["issuer_untrusted", { issuer: "https://another.issuer/" }],
    ["check_failed", { claims: brokenSchema }],
  ])("%s", async (reason, options) => {
    const get = await start(options);
    expectRefusal(bench, await get("/private", { headers: await bearer() }), reason);
  });

  test("two Authorization headers are refused, also when they are equal", async () => {
    await start();
    const line = `Authorization: ${(await bearer()).authorization}`;
    const answer = await sendRaw(bench.origin(), [...getLines("/private"), line, line]);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('error="invalid_request"');
  });

  test("HEAD is refused like GET, without a body", async () => {
    const get = await start();
    const answer = await get("/private", { method: "HEAD" });
    expect(answer).toMatchObject({ status: 401, challenge: 'Bearer realm="api"', text: "" });
  });
}

function askOutage(bench: Bench): void {
  test("keys that cannot be fetched are 503 with Retry-After, for GET and HEAD, and never a challenge", async () => {
    const discoveryUrl = `${await closedOrigin()}/.well-known/openid-configuration`;
    const get = await bench.start({ discoveryUrl });
    const headers = await bench.bearer();
    const answer = await get("/private", { headers });
    expectRefusal(bench, answer, "keys_unavailable");
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    const head = await get("/private", { method: "HEAD", headers });
    expect(head).toMatchObject({ status: 503, text: "", challenge: undefined });
  });
}

function askOptional(bench: Bench): void {
  const { start, bearer } = bench;

  test("optional lets a request without a token in as nobody", async () => {
    const get = await start();
    expect(await get("/optional")).toMatchObject({ status: 200, json: { user: null } });
    expect(await get("/optional-permission")).toMatchObject({ status: 200, json: { user: null } });
  });

  test("optional tells the handler who called", async () => {
    const get = await start();
    expect(await get("/optional", { headers: await bearer() })).toMatchObject({ json: { user: "auth0|alice" } });
  });

  test("optional refuses an invalid token", async () => {
    const get = await start();
    expectRefusal(bench, await get("/optional", { headers: change(await bearer()) }), "signature_invalid");
  });

  test("optional refuses a token that does not grant what is needed", async () => {
    const get = await start();
    const headers = await bearer({ as: "carol", permissions: [] });
    expectRefusal(bench, await get("/optional-permission", { headers }), "permission_missing", "read:admin");
  });
}

function askPreflight(bench: Bench): void {
  const origin = "https://app.acme.com";

  test("a preflight is not asked for a token, and runs no handler that is promised one", async () => {
    const get = await bench.start();
    const headers = { origin, "access-control-request-method": "POST" };
    const { status, text, challenge } = await get("/private", { method: "OPTIONS", headers });
    const expected = bench.adapter.passesPreflight ? [200, JSON.stringify(answerOf(undefined))] : [204, ""];
    expect([status, text, challenge]).toEqual([...expected, undefined]);
  });

  test.each([
    ["no origin", "OPTIONS", { "access-control-request-method": "POST" }],
    ["no requested method", "OPTIONS", { origin }],
    ["another method", "POST", { origin, "access-control-request-method": "POST" }],
  ])("a request that looks like a preflight but has %s is asked for one", async (_name, method, headers) => {
    const get = await bench.start();
    expectRefusal(bench, await get("/private", { method, headers }), "credentials_missing");
  });
}

function askHeadersAndHook(bench: Bench): void {
  test.skipIf(bench.adapter.cannot?.setEarlierChallenge)("its challenge stays beside an earlier one", async () => {
    const get = await bench.start();
    const { challenge } = await get("/earlier-challenge");
    expect(challenge).toBe(`${earlierChallenge}, Bearer realm="api"`);
  });

  test("the framework's error hook can shape the answer, and status and challenge stay", async () => {
    const get = await bench.start({}, { reshape: true });
    const answer = await get("/private");
    expect(answer).toMatchObject({ status: 401, challenge: 'Bearer realm="api"' });
    expect(answer.json).toEqual({ problem: "credentials_missing" });
    expect((await get("/private", { headers: await bench.bearer() })).status).toBe(200);
  });
}

function askBody(bench: Bench): void {
  test("a body is there for the handler after the check", async () => {
    const post = await bench.start();
    const headers = { ...(await bench.bearer()), "content-type": "text/plain" };
    const answer = await post("/private", { method: "POST", headers, body: "much ado" });
    expect(answer).toMatchObject({ status: bench.adapter.postStatus ?? 200, json: { user: "auth0|alice", length: 8 } });
  });

  test.skipIf(bench.adapter.cannot?.checkBeforeBody)("the refusal does not wait for the body", async () => {
    await bench.start();
    const head = ["POST /private HTTP/1.1", "Host: api.local", "Content-Type: text/plain", "Content-Length: 1000000"];
    expect(await sendRaw(bench.origin(), head, "only a part of it")).toMatch(/^HTTP\/1\.1 401 /);
  });
}

function askLoad({ start, bearer, origin }: Bench): void {
  test("hundreds of mixed requests at once get the right answer each", async () => {
    const get = await start();
    const [alice, bob] = [
      await bearer({ as: "alice", permissions: ["read:admin"] }),
      await bearer({ as: "bob", permissions: [] }),
    ];
    const mix: readonly [string, Record<string, string>, number, string][] = [
      ["/private", alice, 200, '"auth0|alice"'],
      ["/private", bob, 200, '"auth0|bob"'],
      ["/private", {}, 401, "credentials_missing"],
      ["/private", change(bob), 401, "signature_invalid"],
      ["/permission", alice, 200, '"auth0|alice"'],
      ["/permission", bob, 403, "permission_missing"],
      ["/optional", {}, 200, "null"],
      ["/optional", { authorization: "Bearer" }, 400, "credentials_malformed"],
    ];
    const all = Array.from({ length: 50 }, () => mix).flat();
    const answers = await Promise.all(all.map(([path, headers]) => get(path, { headers })));
    const wrong = all.filter(([, , status, text], index) => {
      const answer = answers[index];
      return answer?.status !== status || !answer.text.includes(text);
    });
    expect(wrong).toEqual([]);
  });

  test("a client that hangs up while keys are fetched leaves the application well", async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const get = await start({
      fetch: async (...args) => {
        asked();
        await gate;
        return fetch(...args);
      },
    });
    const headers = await bearer();
    const abort = new AbortController();
    const gone = fetch(`${origin()}/private`, { headers, signal: abort.signal }).catch(() => "gone");
    await isAsked;
    abort.abort();
    expect(await gone).toBe("gone");
    open();
    expect((await get("/private", { headers })).status).toBe(200);
  });
}

const questions: readonly ((bench: Bench) => void)[] = [
  askAccess,
  askRefusals,
  askOutage,
  askOptional,
  askPreflight,
  askHeadersAndHook,
  askBody,
  askLoad,
  askDpop,
  askMtls,
];

const unsigned = `${encode({ alg: "none", typ: "JWT" })}.${encode({ iss: "https://nobody/", sub: "admin" })}.`;

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/** Another letter in the middle of the signature. */
function change({ authorization }: { readonly authorization: string }): { authorization: string } {
  const place = authorization.length - 20;
  const letter = authorization[place] === "A" ? "B" : "A";
  return { authorization: `${authorization.slice(0, place)}${letter}${authorization.slice(place + 1)}` };
}

const brokenSchema = {
  "~standard": {
    version: 1 as const,
    vendor: "test",
    validate: (): never => {
      throw new Error("a secret of the application");
    },
  },
};

function getLines(path: string): readonly string[] {
  return [`GET ${path} HTTP/1.1`, "Host: api.local"];
}

/** An address where nobody listens any more. */
async function closedOrigin(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = originOf(server);
  await new Promise((resolve) => server.close(resolve));
  return origin;
}
