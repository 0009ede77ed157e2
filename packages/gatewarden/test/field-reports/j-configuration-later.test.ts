// Configuration where it is when it is there: modules that are loaded without an environment, empty
// variables, and the names that users bring from other libraries.
// next build loads modules without the environment of the server:
// https://github.com/vercel/next.js/issues/28388, https://github.com/OpenCut-app/OpenCut/issues/267
// Workers have no process.env without nodejs_compat: https://developers.cloudflare.com/workers/configuration/environment-variables/
// Compose sets what is not set on the host to an empty text:
// https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/
// The names of express-oauth2-jwt-bearer: https://auth0.github.io/node-oauth2-jwt-bearer/interfaces/AuthOptions.html
// A SECRET that belongs to something else: https://github.com/auth0/node-oauth2-jwt-bearer/issues/121
import process from "node:process";
import { afterEach, describe, expect, expectTypeOf, test, vi } from "vitest";
import { z } from "zod";
import {
  type AccessTokenClaims,
  type Auth,
  AuthError,
  ConfigError,
  createGuard,
  type Decision,
  type Guard,
  type GuardOptions,
  permission,
} from "../../src/index.js";
import { findClock } from "../../src/platform/guard-clock.js";
import { createClock, start } from "../support/clock.js";
import { createKey, encode, signHmac } from "../support/forge.js";
import { bearer, claims, jwks, options, refusalOf, token, verdict } from "../support/keys.js";

afterEach(() => vi.restoreAllMocks());

type Env = Record<string, string | undefined>;
const unset =
  "AUTH0_DOMAIN is not set, nor is ISSUER_BASE_URL, and createGuard was given no issuer. For example: AUTH0_DOMAIN=acme.eu.auth0.com";

const noCredentials = { method: "GET", url: "/", headers: {} };

function problemOf(make: () => unknown): ConfigError {
  try {
    make();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("The configuration was accepted");
}

describe("A guard whose options are a function", () => {
  /** A guard, and what it will be told. */
  function later(changes: GuardOptions = {}) {
    const env: { current: Env } = { current: { OTHER: "1" } };
    const { issuer: _issuer, audience: _audience, ...rest } = options(changes);
    const make = vi.fn(() => ({ ...rest, env: env.current }));
    const configure = () => {
      env.current = { ISSUER_BASE_URL: "https://issuer.test/", AUDIENCE: "https://api.test" };
    };
    return { guard: createGuard(make), make, configure };
  }
  const warnings = () => vi.spyOn(process, "emitWarning").mockReturnValue(undefined);

  test("is made without asking for them, and has the type of any guard", () => {
    const { guard, make } = later();
    expect(make).not.toHaveBeenCalled();
    expectTypeOf(guard).toEqualTypeOf<Guard<unknown>>();
    const terms = { issuer: "https://issuer.test/", audience: "https://api.test" };
    expectTypeOf(createGuard(() => terms)).toEqualTypeOf<Guard<AccessTokenClaims>>();
    const typed = createGuard(() => ({ ...terms, claims: z.object({ plan: z.enum(["free", "pro"]) }) }));
    expectTypeOf(typed.verify).returns.resolves.toEqualTypeOf<Auth<{ plan: "free" | "pro" }>>();
  });

  test("lets tokens in and refuses them as any guard, and reads its options once", async () => {
    const { guard, make, configure } = later();
    configure();
    expect(guard.attempt(bearer(token({ permissions: ["a"] })), permission("a"))).toMatchObject({ subject: "user|1" });
    expect(await guard.check(bearer(token()))).toMatchObject({ subject: "user|1" });
    expect(await verdict(guard, token({ exp: start - 60 }))).toBe("expired");
    expect(await verdict(guard, token(), permission("a"))).toBe("permission_missing");
    expect(guard.attempt(noCredentials, { optional: true })).toBeUndefined();
    expect(guard.attempt(noCredentials)).toMatchObject({ reason: "credentials_missing" });
    await guard.ready();
    expect(guard.issuers).toEqual(["https://issuer.test/"]);
    expect((await guard.health()).status).toBe("ready");
    expect(await guard.explain(token({ exp: start - 60 }))).toMatchObject([{ code: "expired" }]);
    expect(make).toHaveBeenCalledTimes(1);
  });

  test("refuses every request while the options are wrong: 500, with the ConfigError as cause", async () => {
    const warn = warnings();
    const { guard } = later();
    const outcomes = [
      guard.attempt(bearer(token())),
      guard.attempt(noCredentials, { optional: true }),
      guard.attempt(noCredentials, { requirement: permission("a"), optional: true }),
      await refusalOf(guard.check(bearer(token()))),
      await refusalOf(guard.verify(token())),
    ];
    for (const outcome of outcomes) {
      expect(outcome).toBeInstanceOf(AuthError);
      expect(outcome).toMatchObject({ reason: "check_failed", status: 500, cause: { name: "ConfigError" } });
      expect((outcome as AuthError & { cause: Error }).cause.message).toBe(unset);
    }
    const refusal = guard.refusal(outcomes[0] as AuthError);
    expect(refusal).toMatchObject({ status: 500, body: { error: "server_error", reason: "check_failed" } });
    expect(JSON.stringify(refusal)).not.toContain("AUTH0_DOMAIN");
    expect(warn.mock.calls).toEqual([[unset, { type: "GatewardenWarning", code: "GATEWARDEN_CONFIG" }]]);
  });

  test("says the same message at ready, in health, and where it explains or publishes", async () => {
    const { guard } = later();
    await expect(guard.ready()).rejects.toThrow(problemOf(() => createGuard({ env: { OTHER: "1" } })).message);
    expect(await guard.health()).toEqual({
      status: "not ready",
      reasons: [`The guard has no configuration: ${unset}`],
    });
    await expect(guard.explain(token())).rejects.toThrow(unset);
    expect(() => guard.metadata()).toThrow(unset);
  });

  test("has nothing to tell before it is configured, and throws at none of it", () => {
    const { guard } = later();
    expect([guard.issuers, guard.cacheCounts(), guard.explainsRefusals]).toEqual([[], undefined, false]);
    expect(guard.status()).toMatchObject({ issuers: [], cache: undefined });
    expect(guard.responseHeaders(noCredentials)).toBeUndefined();
    expect(guard.explanation(new AuthError("expired"))).toBeUndefined();
  });

  test("asks again after a failure: a Worker's environment comes with its first request", async () => {
    warnings();
    const { guard, configure } = later();
    await expect(guard.ready()).rejects.toThrow(ConfigError);
    expect(guard.attempt(bearer(token()))).toMatchObject({ reason: "check_failed" });
    configure();
    expect(guard.attempt(bearer(token()))).toMatchObject({ subject: "user|1" });
    await guard.ready();
  });

  test("is heard by those who listened before, failures included, once each", () => {
    warnings();
    const { guard, configure } = later();
    const [heard, gone]: [Decision[], Decision[]] = [[], []];
    const stop = guard.listen({ onDecision: (decision) => heard.push(decision) });
    guard.listen({ onDecision: (decision) => gone.push(decision) })();
    guard.attempt(bearer(token()));
    configure();
    guard.attempt(bearer(token()));
    guard.attempt(bearer("x"));
    expect(heard.map(({ outcome }) => outcome)).toEqual(["refused", "accepted", "refused"]);
    expect(heard[0]).toMatchObject({ error: { reason: "check_failed" } });
    stop();
    guard.attempt(bearer(token()));
    expect([heard.length, gone.length]).toEqual([3, 0]);
  });

  test("has the clock of its options, for sockets that look at it with each message", () => {
    const { guard, configure } = later();
    const clock = findClock(guard);
    expect(clock?.()).not.toBe(start);
    configure();
    guard.attempt(bearer(token()));
    expect(clock?.()).toBe(start);
  });

  test("hands out its methods bound, before and after", () => {
    const { guard, configure } = later();
    configure();
    guard.attempt(bearer(token()));
    const { attempt } = guard;
    expect(attempt(bearer(token()))).toMatchObject({ subject: "user|1" });
  });

  test.each<[string, () => unknown, string]>([
    ["gives a promise", async () => options(), "must return options, not a promise"],
    ["gives nothing", () => undefined, "must return options, and returned undefined"],
    ["gives a function", () => () => options(), "must be an object"],
    ["misspells an option", () => ({ ...options(), audiance: "x" }), "is not an option of createGuard"],
  ])("that %s: refused by name", async (_name, make, problem) => {
    warnings();
    const guard = createGuard(make as () => GuardOptions);
    await expect(guard.ready()).rejects.toThrow(problem);
    expect(guard.attempt(bearer(token()))).toMatchObject({ cause: { name: "ConfigError" } });
  });

  test("that throws: refused, and the warning quotes nothing of it", async () => {
    const warn = warnings();
    const guard = createGuard(() => {
      throw new TypeError("the secret is hunter2");
    });
    await expect(guard.ready()).rejects.toThrow(TypeError);
    expect(guard.attempt(bearer(token()))).toMatchObject({ reason: "check_failed", cause: { name: "TypeError" } });
    expect(await guard.health()).toMatchObject({
      status: "not ready",
      reasons: [expect.stringContaining("TypeError")],
    });
    expect(JSON.stringify([warn.mock.calls, await guard.health()])).not.toContain("hunter2");
  });

  test("that uses the guard it makes: refused, and not asked for ever", () => {
    warnings();
    const guard: Guard<unknown> = createGuard((): GuardOptions => {
      const outcome = guard.attempt(bearer(token()));
      return outcome instanceof AuthError ? { ...options(), realm: 1 as never } : options();
    });
    expect(guard.attempt(bearer(token()))).toMatchObject({ reason: "check_failed" });
  });

  test("is checked at once where options are given as they are", () => {
    expect(problemOf(() => createGuard({ env: { OTHER: "1" } })).message).toBe(unset);
  });
});

const audience = "https://api.test";
const guardFrom = (env: Env, changes: GuardOptions = {}) =>
  createGuard({ env, keys: { jwks }, now: createClock().now, ...changes });

describe("An empty variable counts as unset", () => {
  test.each<[string, Env]>([
    [
      "AUTH0_DOMAIN beside ISSUER_BASE_URL",
      { AUTH0_DOMAIN: "", ISSUER_BASE_URL: "https://issuer.test/", AUDIENCE: audience },
    ],
    ["ISSUER_BASE_URL beside AUTH0_DOMAIN", { AUTH0_DOMAIN: "issuer.test", ISSUER_BASE_URL: " ", AUDIENCE: audience }],
    ["AUDIENCE beside AUTH0_AUDIENCE", { AUTH0_DOMAIN: "issuer.test", AUTH0_AUDIENCE: audience, AUDIENCE: "" }],
    ["AUTH0_AUDIENCE beside AUDIENCE", { AUTH0_DOMAIN: "issuer.test", AUTH0_AUDIENCE: "\t", AUDIENCE: audience }],
    [
      "each name of express-oauth2-jwt-bearer",
      { AUTH0_DOMAIN: "issuer.test", AUDIENCE: audience, ISSUER: "", JWKS_URI: "", SECRET: "", TOKEN_SIGNING_ALG: "" },
    ],
  ])("%s", async (_name, env) => {
    expect(await verdict(guardFrom(env), token())).toBe("accepted");
    expect(await verdict(guardFrom(env), token({ iss: "https://other.test/" }))).toBe("issuer_untrusted");
  });

  test.each<[Env, string]>([
    [{ AUTH0_DOMAIN: "" }, "AUTH0_DOMAIN is set but empty"],
    [{ ISSUER_BASE_URL: "" }, "ISSUER_BASE_URL is set but empty"],
    [{ ISSUER: "" }, "ISSUER is set but empty"],
    [{ AUTH0_DOMAIN: "issuer.test", AUDIENCE: "" }, "AUDIENCE is set but empty"],
  ])("%j alone: the error says that it is there and empty", (env, problem) => {
    expect(problemOf(() => guardFrom(env)).message).toContain(problem);
  });

  test("two names that disagree are an error as before", () => {
    const env = { AUTH0_DOMAIN: "issuer.test", ISSUER_BASE_URL: "https://other.test/", AUDIENCE: audience };
    expect(problemOf(() => guardFrom(env)).message).toContain("they name different issuers");
  });

  test("what is not text is named", () => {
    expect(problemOf(() => guardFrom({ AUTH0_DOMAIN: 7 as never })).message).toContain("AUTH0_DOMAIN is not text");
  });
});

describe("The names of express-oauth2-jwt-bearer in the environment", () => {
  const secret = "s".repeat(32);
  const hs256 = (text: string) => {
    const input = `${encode({ alg: "HS256" })}.${encode(claims())}`;
    return `${input}.${signHmac("HS256", text, input).toString("base64url")}`;
  };

  test("ISSUER is the exact `iss`", async () => {
    const guard = guardFrom({ ISSUER: "https://issuer.test/", AUDIENCE: audience });
    expect(guard.issuers).toEqual(["https://issuer.test/"]);
    expect(await verdict(guard, token())).toBe("accepted");
    expect(await verdict(guard, token({ iss: "https://issuer.test" }))).toBe("issuer_untrusted");
  });

  test("ISSUER may stand beside ISSUER_BASE_URL, whose spelling it settles", () => {
    const env = { ISSUER: "https://issuer.test", ISSUER_BASE_URL: "https://issuer.test/", AUDIENCE: audience };
    expect(guardFrom(env).issuers).toEqual(["https://issuer.test"]);
  });

  test.each<Env>([{ ISSUER_BASE_URL: "https://other.test/" }, { AUTH0_DOMAIN: "other.test" }])(
    "ISSUER that disagrees with %j is an error that names both",
    (other) => {
      const error = problemOf(() => guardFrom({ ISSUER: "https://issuer.test/", AUDIENCE: audience, ...other }));
      expect([error.option, error.other]).toEqual(["ISSUER", Object.keys(other)[0]]);
      expect(error.message).toContain("they name different issuers");
    },
  );

  test("JWKS_URI is where keys come from", async () => {
    const asked: string[] = [];
    const fetch = async (url: string) => {
      asked.push(url);
      return Response.json(jwks);
    };
    const jwksUri = "https://issuer.test/custom/keys.json";
    const guard = guardFrom(
      { ISSUER: "https://issuer.test/", JWKS_URI: jwksUri, AUDIENCE: audience },
      { keys: { maxAge: 60 }, fetch },
    );
    expect(await verdict(guard, token())).toBe("accepted");
    expect(asked).toEqual([jwksUri]);
  });

  test.each(["not a url", "http://issuer.test/keys", "YOUR_DOMAIN/keys"])("JWKS_URI=%j is an error", (JWKS_URI) => {
    const error = problemOf(() =>
      guardFrom({ ISSUER: "https://issuer.test/", JWKS_URI, AUDIENCE: audience }, { keys: {} }),
    );
    expect(error.message).toMatch(/JWKS_URI|keys\.jwksUri/);
    expect(error.message).toContain(JWKS_URI);
  });

  test.each<[string, GuardOptions, string]>([
    ["http://issuer.test/keys", {}, "must be an https URL"],
    ["https://user:pass@issuer.test/keys", {}, "must be an https URL"],
    ["https://other.test/keys", { allowedHosts: ["issuer.test"] }, "which allowedHosts does not list"],
    ["keys", {}, "which is not a URL"],
  ])("JWKS_URI=%s is refused under that name", (jwksUri, changes, problem) => {
    const env = { ISSUER: "https://issuer.test/", JWKS_URI: jwksUri, AUDIENCE: audience };
    const error = problemOf(() => guardFrom(env, { keys: {}, ...changes }));
    expect([error.option, error.problem]).toEqual(["JWKS_URI", expect.stringContaining(problem)]);
  });

  test("JWKS_URI may be http where its host is listed", () => {
    const env = { ISSUER: "https://issuer.test/", JWKS_URI: "http://keycloak.test:8080/keys", AUDIENCE: audience };
    expect(() => guardFrom(env, { keys: {}, insecureHttpHosts: ["keycloak.test:8080"] })).not.toThrow();
  });

  test("TOKEN_SIGNING_ALG is the one algorithm", async () => {
    const env = { ISSUER: "https://issuer.test/", AUDIENCE: audience };
    expect(await verdict(guardFrom({ ...env, TOKEN_SIGNING_ALG: "ES256" }), token())).toBe("accepted");
    expect(await verdict(guardFrom({ ...env, TOKEN_SIGNING_ALG: "RS256" }), token())).toBe("algorithm_not_allowed");
  });

  test.each([
    ["none", 'is "none", which is not a signature algorithm'],
    ["rs256", 'is "rs256", which is not a signature algorithm'],
    ["HS256", "needs SECRET"],
  ])("TOKEN_SIGNING_ALG=%s is an error", (TOKEN_SIGNING_ALG, problem) => {
    const env = { ISSUER: "https://issuer.test/", AUDIENCE: audience, TOKEN_SIGNING_ALG };
    const error = problemOf(() => guardFrom(env, { keys: {} }));
    expect([error.option, error.message]).toEqual(["TOKEN_SIGNING_ALG", expect.stringContaining(problem)]);
  });

  test("SECRET beside TOKEN_SIGNING_ALG=HS256 verifies, and nothing else does", async () => {
    const env = { ISSUER: "https://issuer.test/", AUDIENCE: audience, SECRET: secret, TOKEN_SIGNING_ALG: "HS256" };
    const guard = guardFrom(env, { keys: {} });
    expect(await verdict(guard, hs256(secret))).toBe("accepted");
    expect(await verdict(guard, hs256("t".repeat(32)))).toBe("signature_invalid");
    expect(await verdict(guard, token())).toBe("algorithm_not_allowed");
  });

  test("SECRET without TOKEN_SIGNING_ALG beside AUTH0_DOMAIN or ISSUER_BASE_URL is another program's", async () => {
    for (const name of [{ AUTH0_DOMAIN: "issuer.test" }, { ISSUER_BASE_URL: "https://issuer.test/" }]) {
      const guard = guardFrom({ ...name, AUDIENCE: audience, SECRET: secret });
      expect(await verdict(guard, token())).toBe("accepted");
      expect(await verdict(guard, hs256(secret))).toBe("algorithm_not_allowed");
    }
  });

  test.each<[string, Env, string]>([
    ["SECRET beside ISSUER without an algorithm", { SECRET: secret }, "TOKEN_SIGNING_ALG"],
    ["SECRET beside an asymmetric algorithm", { SECRET: secret, TOKEN_SIGNING_ALG: "RS256" }, "SECRET"],
    [
      "SECRET beside JWKS_URI",
      { SECRET: secret, TOKEN_SIGNING_ALG: "HS256", JWKS_URI: "https://issuer.test/k" },
      "SECRET",
    ],
    ["a short SECRET", { SECRET: "t1ny", TOKEN_SIGNING_ALG: "HS256" }, "SECRET"],
    ["a SECRET too short for its algorithm", { SECRET: secret, TOKEN_SIGNING_ALG: "HS512" }, "SECRET"],
  ])("%s is an error that names it, and quotes no secret", (_name, env, option) => {
    const error = problemOf(() =>
      guardFrom({ ISSUER: "https://issuer.test/", AUDIENCE: audience, ...env }, { keys: {} }),
    );
    expect(error.option).toBe(option);
    if (env["SECRET"]) expect(error.message).not.toContain(env["SECRET"]);
  });

  test("what the code says comes first: an issuer, keys, algorithms", async () => {
    const env = { ISSUER: "https://other.test/", JWKS_URI: "x", SECRET: "y", TOKEN_SIGNING_ALG: "z" };
    const given = { issuer: "https://issuer.test/", audience, env, keys: { jwks }, now: createClock().now };
    expect(await verdict(createGuard(given), token())).toBe("accepted");
    const keys = guardFrom({ ISSUER: "https://issuer.test/", AUDIENCE: audience, JWKS_URI: "https://issuer.test/k" });
    expect(await verdict(keys, token())).toBe("accepted");
    const algorithms = { ISSUER: "https://issuer.test/", AUDIENCE: audience, TOKEN_SIGNING_ALG: "RS256" };
    expect(await verdict(guardFrom(algorithms, { algorithms: ["ES256"] }), token())).toBe("accepted");
  });

  test("a key pair's public half as SECRET never becomes an HMAC key", () => {
    const pem = createKey("RS256", "pem").publicKey.export({ format: "pem", type: "spki" }).toString();
    const env = { ISSUER: "https://issuer.test/", AUDIENCE: audience, SECRET: pem, TOKEN_SIGNING_ALG: "HS256" };
    expect(problemOf(() => guardFrom(env, { keys: {} })).message).toContain("is a PEM key");
  });
});

describe("Options by the names of other libraries", () => {
  test.each([
    ["issuerBaseURL", "issuer"],
    ["tokenSigningAlg", "algorithms"],
    ["jwksUri", "keys.jwksUri"],
    ["secret", "keys.secret"],
    ["strict", "tokenType"],
    ["audiences", "audience"],
    ["publicKey", "keys.publicKey"],
    ["jwks", "keys.jwks"],
    ["cacheMaxAge", "keys.maxAge"],
    ["timeoutDuration", "keys.timeout"],
    ["clockSkew", "clockTolerance"],
    ["domain", "issuer"],
  ])("%s is called %s here", (foreign, own) => {
    const error = problemOf(() => createGuard({ ...options(), [foreign]: "x" } as GuardOptions));
    expect(error.option).toBe(foreign);
    expect(error.message).toContain(`${foreign} is called \`${own}\` here`);
    expect(error.example).toMatch(new RegExp(`^${own.split(".")[0]}: `));
  });

  test("authRequired is an option of a protected route", () => {
    const error = problemOf(() => createGuard({ ...options(), authRequired: false } as unknown as GuardOptions));
    expect(error.message).toContain("authRequired is an option of a protected route");
    expect(error.example).toContain("optional: true");
  });

  test.each(["issuerBaseURL", "jwksUri", "secret"])("%s among the options of one issuer", (foreign) => {
    const terms = { issuer: "https://issuer.test/", [foreign]: "x" };
    const error = problemOf(() => createGuard({ ...options(), issuer: terms } as GuardOptions));
    expect([error.option, error.message]).toEqual([`issuer.${foreign}`, expect.stringContaining("is called `")]);
  });

  test("a name of nobody's is told what there is", () => {
    const error = problemOf(() => createGuard({ ...options(), misspelt: 1 } as GuardOptions));
    expect(error.message).toContain("misspelt is not an option of createGuard; there are issuer, ");
  });

  test("a name that every object has is not taken for one of them", () => {
    const error = problemOf(() => createGuard({ ...options(), constructor: 1 } as unknown as GuardOptions));
    expect(error.message).toContain("constructor is not an option of createGuard");
  });
});
