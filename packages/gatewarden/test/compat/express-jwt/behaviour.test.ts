// What the table of requests cannot show: answers of Express itself, copies, calls, and time.
import express, { type RequestHandler } from "express";
import { afterEach, describe, expect, test } from "vitest";
import {
  type DecodedJwt,
  expressJwtSecret,
  expressjwt,
  type JwksOptions,
  type Params,
  type Request,
} from "../../../src/compat/express-jwt/express-jwt.js";
import { type IssuerServer, json, redirect, startIssuer } from "../../support/issuer-server.js";
import { type Listening, listen } from "../../support/listen.js";
import { call, sendRaw } from "../../support/request.js";
import { audience, byRsa, issuer, named, plain, rsa, secret } from "../_kit.js";

const running: (Listening | IssuerServer)[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

const hs: Params = { secret, algorithms: ["HS256"] };
const terms = { issuer, audience, algorithms: ["RS256" as const] };

async function serve(
  protect: RequestHandler,
  handler: RequestHandler = (_request, response) => void response.json({}),
) {
  // Express' own error handler writes what it was given to the console in other environments.
  const app = express().set("env", "test");
  app.get("/", protect, handler);
  const server = await listen(app);
  running.push(server);
  return (token?: string) =>
    call(`${server.origin}/`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
}

async function startKeys(): Promise<IssuerServer> {
  const server = await startIssuer();
  running.push(server);
  server.publish([{ ...rsa.jwk, alg: "RS256" }]);
  return server;
}

const withKeys = (options: JwksOptions): RequestHandler =>
  expressjwt({ secret: expressJwtSecret(options), ...terms }) as RequestHandler;

describe("A subject that is a number", () => {
  // The guide of Nest signs `{ sub: user.userId }`: https://docs.nestjs.com/security/authentication
  test.each<readonly [string, Partial<Params>]>([
    ["without issuer and audience", {}],
    ["with an issuer", { issuer }],
    ["with issuer and audience", { issuer, audience }],
  ])("is accepted from the application itself, %s", async (_terms, options) => {
    const ask = await serve(expressjwt({ ...hs, ...options }) as RequestHandler);
    const names = { iss: options.issuer, aud: options.audience };
    expect((await ask(plain({ sub: 1, ...names }))).status).toBe(200);
    for (const sub of [{}, [1], true]) expect((await ask(plain({ sub, ...names }))).status).toBe(401);
    expect((await ask(plain({ jti: 1, ...names }))).status).toBe(401);
  });

  test("is refused from an issuer whose keys are fetched (RFC 7519 §4.1.2)", async () => {
    const keys = await startKeys();
    const ask = await serve(withKeys({ jwksUri: `${keys.origin}/jwks` }));
    expect((await ask(named({ sub: 1 }, byRsa))).status).toBe(401);
    expect((await ask(named({}, byRsa))).status).toBe(200);
  });
});

describe("Express' own error handler", () => {
  test("answers a missing token with a challenge without an error code (RFC 6750 §3.1)", async () => {
    const ask = await serve(expressjwt(hs) as RequestHandler);
    expect(await ask()).toMatchObject({ status: 401, challenge: 'Bearer realm="api"' });
    expect((await ask()).headers["cache-control"]).toBe("no-store");
  });

  test("answers an invalid token with one that has it (RFC 6750 §3.1)", async () => {
    const ask = await serve(expressjwt(hs) as RequestHandler);
    const { status, challenge } = await ask(plain({ exp: 1 }));
    expect(status).toBe(401);
    expect(challenge).toContain('error="invalid_token", error_description="The access token expired"');
  });

  test("answers an outage of the issuer with 503 and without a challenge, and again once it is over", async () => {
    const keys = await startKeys();
    keys.on("/jwks", (request) => request.socket.destroy());
    const ask = await serve(withKeys({ jwksUri: `${keys.origin}/jwks` }));
    expect(await ask(named({}, byRsa))).toMatchObject({ status: 503, challenge: undefined });
  });
});

describe("A path that is free by `unless`", () => {
  const protect = expressjwt(hs).unless({ path: [/^\/open\//] }) as RequestHandler;

  test.each([
    ["/open/a", 200],
    ["/private", 401],
    // URL parsers take a backslash for a slash, and cut what follows a hash (CWE-436).
    ["/open/..\\private", 401],
    ["/open/#/../private", 401],
  ])("is one that all parsers read alike: %s gets %d", async (path, status) => {
    const app = express()
      .set("env", "test")
      .use(protect)
      .use((_request, response) => void response.json({}));
    const server = await listen(app);
    running.push(server);
    const answer = await sendRaw(server.origin, [`GET ${path} HTTP/1.1`, "host: api.test", "connection: close"]);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
  });
});

describe("A JWKS source", () => {
  test("fetches once for many requests, and admits a valid token", async () => {
    const keys = await startKeys();
    const ask = await serve(withKeys({ jwksUri: `${keys.origin}/jwks` }));
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(named({}, byRsa))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(keys.count("/jwks")).toBe(1);
  });

  test("inside a function is an error of the API, never a key", async () => {
    const keys = await startKeys();
    const source = expressJwtSecret({ jwksUri: `${keys.origin}/jwks` });
    const wrapped = expressjwt({ secret: (request, token) => source(request, token), ...terms });
    const ask = await serve(wrapped as RequestHandler);
    expect((await ask(named({}, byRsa))).status).toBe(500);
    expect(keys.requests).toEqual([]);
  });

  test("sends the headers of its options, but not to where it is redirected (CWE-522)", async () => {
    const keys = await startKeys();
    const seen: (string | undefined)[] = [];
    keys.on("/jwks", (request, response) => {
      seen.push(request.headers["x-key"]?.toString());
      redirect(`${keys.origin}/moved`)(request, response);
    });
    keys.on("/moved", (request, response) => {
      seen.push(request.headers["x-key"]?.toString());
      json({ keys: [rsa.jwk] })(request, response);
    });
    const ask = await serve(withKeys({ jwksUri: `${keys.origin}/jwks`, requestHeaders: { "x-key": "k" } }));
    await ask(named({}, byRsa));
    expect(seen[0]).toBe("k");
    expect(seen.slice(1)).toEqual(seen.slice(1).map(() => undefined));
  });

  test("takes keys from `fetcher`", async () => {
    const urls: string[] = [];
    const fetcher = async (url: string) => {
      urls.push(url);
      return { keys: [rsa.jwk] };
    };
    const ask = await serve(withKeys({ jwksUri: "https://issuer.test/jwks", fetcher }));
    expect((await ask(named({}, byRsa))).status).toBe(200);
    expect(urls).toEqual(["https://issuer.test/jwks"]);
  });
});

describe("A request", () => {
  test("has its own copy of the claims: a change does not reach the next one (CWE-471)", async () => {
    const ask = await serve(expressjwt(hs) as RequestHandler, (request, response) => {
      const { auth } = request as unknown as Request;
      const seen = JSON.stringify(auth);
      if (auth) Object.assign(auth, { admin: true }, { list: auth["list"].push("x") });
      response.send(seen);
    });
    const token = plain({ list: ["a"] });
    const [first, second, third] = [await ask(token), await ask(token), await ask(token)];
    expect([first, second, third].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(second.text).toBe(first.text);
    expect(third.text).toBe(first.text);
  });

  test("is verified by the key that the callback returns now, not by an earlier one", async () => {
    let current: string | undefined = secret;
    const ask = await serve(expressjwt({ ...hs, secret: () => current }) as RequestHandler);
    const token = plain();
    expect((await ask(token)).status).toBe(200);
    current = `${secret} that replaced it`;
    expect((await ask(token)).status).toBe(401);
    current = undefined;
    expect((await ask(token)).status).toBe(401);
    current = secret;
    expect((await ask(token)).status).toBe(200);
  });

  test("of one of more keys than are kept is verified all the same", async () => {
    const keyOf = (kid: unknown) => `${secret} of number ${kid}`;
    const find = (_request: unknown, token: DecodedJwt | undefined) => keyOf(token?.header.kid);
    const ask = await serve(expressjwt({ ...hs, secret: find }) as RequestHandler);
    const tokens = Array.from({ length: 120 }, (_, kid) => plain({}, { header: { kid: `${kid}` }, key: keyOf(kid) }));
    for (const token of [...tokens, tokens[0]]) expect((await ask(token)).status).toBe(200);
    const swapped = plain({}, { header: { kid: "1" }, key: keyOf(2) });
    expect((await ask(swapped)).status).toBe(401);
  });
});
