// What the table of requests does not show: several requests, agents, errors, and the start.
import { Agent } from "node:http";
import express, { type ErrorRequestHandler, type Handler } from "express";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type AuthOptions,
  auth,
  claimCheck,
  claimEquals,
  requiredScopes,
  UnauthorizedError,
} from "../../../src/compat/express-oauth2-jwt-bearer/express-oauth2-jwt-bearer.js";
import { AuthError, ConfigError } from "../../../src/index.js";
import { type IssuerServer, startIssuer } from "../../support/issuer-server.js";
import { listen } from "../../support/listen.js";
import type { TokenRow } from "./_request-case.js";
import { audience, behave, keys, makeToken, toPlaceholders } from "./_world.js";

interface Bench {
  readonly issuer: IssuerServer;
  /** What error handlers received. */
  readonly errors: unknown[];
  send(row?: TokenRow): Promise<Response>;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0)) await close();
});

async function start(options: AuthOptions = {}, ...handlers: Handler[]): Promise<Bench> {
  const issuer = await startIssuer();
  behave(issuer, {});
  const errors: unknown[] = [];
  const note: ErrorRequestHandler = (error, _request, response, _next) => {
    errors.push(error);
    response.sendStatus(error.status ?? 500);
  };
  const reply: Handler = (request, response) => void response.json((request as { auth?: unknown }).auth ?? null);
  const app = express().use(auth({ issuerBaseURL: issuer.issuer, audience, ...options }), ...handlers, reply, note);
  const server = await listen(app);
  closers.push(server.close, issuer.close);
  const send = (row: TokenRow = {}) => {
    const headers = { authorization: `Bearer ${makeToken(row, toPlaceholders(issuer))}` };
    return fetch(server.origin, { headers });
  };
  return { issuer, errors, send };
}

const toPayload = (request: object) => (request as { auth: { payload: Record<string, unknown> } }).auth.payload;

describe("request.auth", () => {
  test("may be changed by a handler, and the next request with the same token does not see it (CWE-471)", async () => {
    const seen: unknown[] = [];
    const change: Handler = (request, _response, next) => {
      seen.push(toPayload(request)["admin"]);
      toPayload(request)["admin"] = true;
      next();
    };
    const { issuer, send } = await start({}, change);
    const token = { raw: makeToken({}, toPlaceholders(issuer)) };
    expect(await (await send(token)).json()).toMatchObject({ payload: { admin: true } });
    expect((await send(token)).status).toBe(200);
    expect(seen).toEqual([undefined, undefined]);
  });

  test("has the token's header, claims and text, and nothing else", async () => {
    const { issuer, send } = await start();
    const raw = makeToken({}, toPlaceholders(issuer));
    const [header = "", payload = ""] = raw.split(".");
    const parse = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
    expect(await (await send({ raw })).json()).toEqual({ header: parse(header), payload: parse(payload), token: raw });
  });
});

describe("An error", () => {
  test("has the guard's own refusal as its cause, which loggers do not list", async () => {
    const { errors, send } = await start();
    await send({ claims: { exp: { in: -60 } } });
    const [error] = errors as [UnauthorizedError];
    expect(error.cause).toMatchObject({ reason: "expired" });
    expect(Object.keys(error)).not.toContain("cause");
  });

  test.each(["Secret-Value", 'a", error="'])("says nothing of what the token holds: %j (CWE-209)", async (value) => {
    const validators = {
      sub: (sub: unknown) => {
        throw new Error(`unexpected ${sub}`);
      },
    };
    const { errors, send } = await start({ validators });
    const rows = [
      { sub: value },
      { aud: value },
      { iss: value },
      { sub: 1, own: value },
      { exp: value },
      { nbf: value },
    ];
    for (const claims of rows) expect((await send({ claims })).status).toBe(401);
    for (const header of [{ alg: value }, { kid: value }, { typ: value }]) await send({ header, alg: "RS256" });
    expect(errors.length).toBeGreaterThan(rows.length);
    for (const error of errors as UnauthorizedError[]) {
      expect(error).toBeInstanceOf(UnauthorizedError);
      expect(`${error.message} ${JSON.stringify(error.headers)}`).not.toContain(value.slice(0, 6));
    }
  });

  test("of an outage is an AuthError with Retry-After, and no UnauthorizedError", async () => {
    const { issuer, errors, send } = await start();
    behave(issuer, { metadata: "500" });
    expect((await send()).status).toBe(503);
    const [error] = errors as [AuthError];
    expect(error).toBeInstanceOf(AuthError);
    expect(error).not.toBeInstanceOf(UnauthorizedError);
    expect(Number(error.headers?.["retry-after"])).toBeGreaterThan(0);
  });

  test("of the developer's text does not end its challenge (CWE-113)", async () => {
    const { errors, send } = await start({}, claimEquals('plan"\r\nset-cookie: a=b', "pro"));
    expect((await send()).status).toBe(401);
    const [error] = errors as [UnauthorizedError];
    expect(error.headers["WWW-Authenticate"]).toMatch(
      /^Bearer realm="api", error="[^"]+", error_description="[^"\r\n]+"$/,
    );
  });
});

describe("Options", () => {
  test("send requests for metadata and keys through the agent", async () => {
    const agent = new Agent({ keepAlive: true });
    const { issuer, send } = await start({ agent });
    expect((await send()).status).toBe(200);
    expect(issuer.requests.length).toBe(2);
    expect(Object.keys(agent.freeSockets)).toHaveLength(1);
    agent.destroy();
  });

  test("limit the time of requests through the agent", async () => {
    const agent = new Agent();
    const { issuer, send } = await start({ agent, timeoutDuration: 100 });
    issuer.on("/jwks", () => {});
    expect((await send()).status).toBe(503);
    agent.destroy();
  });

  test("ask a function for issuers anew for each request, and keep keys per list", async () => {
    let tenant = "a";
    const options: AuthOptions = { issuerBaseURL: undefined };
    const issuers = () => (tenant === "a" ? [known.issuer.issuer] : ["https://brand-b.test"]);
    const known = await start({ ...options, mcd: { issuers } });
    const statuses: number[] = [];
    for (const next of ["a", "b", "a"]) {
      tenant = next;
      statuses.push((await known.send()).status);
    }
    expect(statuses).toEqual([200, 401, 200]);
    expect(known.issuer.count("/jwks")).toBe(1);
  });

  test.each([
    ["validators.aud", { validators: { aud: false } }],
    ["validators.iss", { validators: { iss: () => true } }],
    ["keys.secret", { issuer: "https://a.test", issuerBaseURL: undefined, secret: "short", tokenSigningAlg: "HS256" }],
    ["clockTolerance", { clockTolerance: 600 }],
    ["dpop.maxAge", { dpop: { iatOffset: 3600 } }],
    ["mcd.issuers", { issuerBaseURL: undefined, mcd: { issuers: ["https://a.test?b"] } }],
  ] as const)("that it refuses beyond the original are a ConfigError that names %s", (option, options) => {
    const refused = () => auth({ issuerBaseURL: "https://acme.eu.auth0.com", audience, ...(options as AuthOptions) });
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(expect.objectContaining({ option }));
  });

  test("refuse issuers over plain http in production, where several are listed", () => {
    const several = () => auth({ audience, mcd: { issuers: ["http://brand-a.test"] } });
    expect(several).not.toThrow();
    vi.stubEnv("NODE_ENV", "production");
    expect(several).toThrow(ConfigError);
  });

  test("warn of a single issuer over plain http, which is fetched as it is configured", async () => {
    const warnings: string[] = [];
    const note = (warning: Error & { code?: string }) => warnings.push(warning.code ?? "");
    process.on("warning", note);
    auth({ issuerBaseURL: "http://keycloak.test:8080/realms/acme", audience });
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", note);
    expect(warnings).toContain("GATEWARDEN_INSECURE_HTTP");
  });

  test("are read from the environment when auth() is called, and not before", () => {
    expect(() => auth()).toThrow("You must provide");
    vi.stubEnv("ISSUER_BASE_URL", "https://acme.eu.auth0.com");
    expect(() => auth()).toThrow("'audience' is required");
    vi.stubEnv("AUDIENCE", audience);
    expect(() => auth()).not.toThrow();
  });
});

describe("claimCheck", () => {
  // A promise that another library made, of which only `then` is known.
  // biome-ignore lint/suspicious/noThenProperty: this is what is tested.
  const later = (answer: boolean) => ({ then: (use: (value: boolean) => void) => setImmediate(use, answer) });

  test.each([
    [false, 401],
    [true, 200],
  ])("awaits what another library promises: %s (CWE-670)", async (answer, status) => {
    const { send } = await start(
      {},
      claimCheck(() => later(answer) as never),
    );
    expect((await send()).status).toBe(status);
  });
});

describe("Times in the options", () => {
  const withTimes = (options: object) => () =>
    auth({ issuerBaseURL: "https://acme.eu.auth0.com", audience, ...options });

  test.each([{ maxTokenAge: Number.NaN }, { maxTokenAge: "1h" }, { clockTolerance: "60" }])(
    "must be numbers, or the check would not run: %o (CWE-636)",
    (options) => {
      expect(withTimes(options)).toThrow("must be a number of seconds");
    },
  );

  test.each([{ maxTokenAge: 0 }, { maxTokenAge: undefined }, { maxTokenAge: 3600 }, { clockTolerance: 0 }])(
    "may be as they were: %o",
    (options) => {
      expect(withTimes(options)).not.toThrow();
    },
  );
});

test("A key object of mcd.issuers is refused: lists are told apart by their text (CWE-346)", async () => {
  const { publicKey } = keys.rsa;
  const list = (issuer: string) => [{ issuer, alg: "RS256", publicKey: publicKey as never }];
  const find = () => auth({ audience, mcd: { issuers: list("https://brand-a.test") } });
  expect(find).toThrow(ConfigError);
  const { errors, send } = await start({
    issuerBaseURL: undefined,
    mcd: { issuers: async () => list("https://a.test") },
  });
  expect((await send()).status).toBe(500);
  expect(errors[0]).toBeInstanceOf(ConfigError);
});

test("A middleware passes each request on once, also when a handler after it fails", async () => {
  let calls = 0;
  const fail: Handler = () => {
    calls++;
    throw new Error("own mistake");
  };
  const { errors, send } = await start({}, fail);
  expect((await send()).status).toBe(500);
  expect({ calls, errors: errors.length }).toEqual({ calls: 1, errors: 1 });
});

test("Scopes are read from what the guard verified, for several requests at once", async () => {
  const { send } = await start({}, requiredScopes("read"));
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => send({ claims: { scope: index % 2 === 0 ? "read" : "write" } })),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map((_, index) => (index % 2 === 0 ? 200 : 403)));
});
