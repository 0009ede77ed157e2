// A part of a rule that is not read protects nothing (CWE-636). Every exported function that takes a requirement counts what it was given.
import { readFileSync } from "node:fs";
import Fastify from "fastify";
import { describe, expect, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { AuthError, ConfigError, type Need, permission, type Requirement } from "../../src/index.js";
import { bearer, guardWith, token } from "../support/keys.js";

// Outside of Next.js there is no request.
vi.mock("next/headers.js", () => ({ headers: async () => new Headers({ authorization: `Bearer ${goodToken}` }) }));

type Callable = (...args: readonly unknown[]) => unknown;
interface Taker {
  /** Calls the function with these in the place of its requirement. */
  readonly call: (make: Callable, given: readonly unknown[]) => unknown;
  /** How many requirements it reads; left out where it reads as many as there are. */
  readonly reads?: number;
  /** Whether it may be called without any. */
  readonly needsOne?: true;
  /** What means something here that is not a requirement elsewhere. */
  readonly knows?: string;
}

const guard = guardWith();
const goodToken = token({ permissions: ["a"], scope: "a", roles: ["a"], org_id: "a", a: "a" });
const good = bearer(goodToken);
const [need, other] = [permission("a"), permission("b")];
const handler = () => undefined;

/** After the guard, as the last arguments: `protect(guard, need)`. */
const last: Taker = { call: (make, given) => make(guard, ...given), reads: 1 };
/** Between the guard and the handler: `protect(guard, need, handler)`. */
const inner: Taker = { call: (make, given) => make(guard, ...given, handler), reads: 1 };
/** As a member of what MCP messages need. */
const mcp: Taker = {
  call: (make, given) => make(guard, ...(given.length > 0 ? [{ requirement: given[0] }] : [])),
};
/** As both, by a `protect` that knows its guard: `createProtect(guard)(need)`. */
const lastOfGuard: Taker = { call: (make, given) => (make(guard) as Callable)(...given), reads: 1 };
const innerOfGuard: Taker = { call: (make, given) => (make(guard) as Callable)(...given, handler), reads: 1 };
/** A requirement made of names or of requirements, however many. */
const variadic = (value: unknown): Taker => ({
  call: (make, given) => make(...given.map(() => value)),
  needsOne: true,
});

async function register(given: readonly unknown[], plugin: Callable): Promise<void> {
  const app = Fastify();
  await app.register(plugin as never, { guard });
  app.get("/", (given.length > 0 ? { auth: given[0] } : {}) as object, handler);
  await app.ready();
  await app.close();
}

/** By sub-path and name: each exported function that takes requirements, or what a requirement is made of. */
const takers: Readonly<Record<string, Readonly<Record<string, Taker>>>> = {
  ".": {
    all: { call: (make, given) => make(...given), needsOne: true },
    any: { call: (make, given) => make(...given), needsOne: true },
    not: { call: (make, given) => make(...given), reads: 1, needsOne: true },
    checkRequirement: { call: (make, given) => make(...given), reads: 1, needsOne: true },
    readNeed: { call: (make, given) => make(given), reads: 1 },
    isMet: { call: (make, given) => make(given[0], {}), needsOne: true },
    permission: variadic("a"),
    scope: variadic("a"),
    role: variadic("a"),
    organization: variadic("a"),
  },
  "./connect": { protect: last, createProtect: lastOfGuard },
  "./elysia": {
    createMacro: {
      call: (make, given) => (make(guard) as { auth: Callable }).auth(...(given.length > 0 ? given : [true])),
    },
  },
  "./express": { protect: last, createProtect: lastOfGuard },
  "./fastify": {
    default: { call: (make, given) => register(given, make), knows: "false" },
    gatewarden: { call: (make, given) => register(given, make), knows: "false" },
  },
  "./fetch": { protect: inner, createProtect: innerOfGuard },
  "./graphql": {
    createAuthContext: last,
    protectSocket: last,
    useAuth: last,
    protectField: inner,
  },
  "./h3": { protect: last },
  "./hono": { protect: last },
  "./hono-openapi": { protect: last },
  "./koa": { protect: last, createProtect: lastOfGuard },
  "./lambda": { protect: inner, createProtect: innerOfGuard },
  "./mcp": {
    createTokenVerifier: last,
    protect: mcp,
    protectFastify: mcp,
    protectHono: mcp,
    protectFetch: {
      call: (make, given) => make(guard, given.length > 0 ? { requirement: given[0] } : {}, () => new Response()),
    },
  },
  "./nest": { Need: { call: (make, given) => make(...given), reads: 1 } },
  "./next": { attemptPage: last, protectAction: inner },
  "./node": { protect: inner, createProtect: innerOfGuard },
  "./socket.io": { protect: last },
  "./trpc": { protect: last },
  "./ws": {
    protectUpgrade: {
      call: (make, given) => {
        const sockets = new WebSocketServer({ noServer: true });
        return make(guard, { sockets, onConnection: handler, ...(given.length > 0 && { need: given[0] }) });
      },
    },
  },
};

/** Functions that take no requirement. A new export belongs into one of the two tables. */
const others: Readonly<Record<string, readonly string[]>> = {
  ".": [
    ...[
      "AuthError",
      "ConfigError",
      "DependencyError",
      "createGuard",
      "createMemoryReplayStore",
      "createRevocationList",
    ],
    // What they take is counted in tests of their own, below.
    ...["actor", "anyActor", "anyOrganization", "check", "claim", "details", "stepUp", "createVocabulary"],
    ...["toOpenApiChecks", "toOpenApiSecurity"],
    ...["isPreflight", "toNeedArgument", "toOpenApiSecurityScheme"],
  ],
  // Their arguments are those of the package that they replace; tests of their own count them.
  "./compat/express-jwt": [
    ...["JsonWebTokenError", "NotBeforeError", "TokenExpiredError", "UnauthorizedError", "expressJwtSecret"],
    "expressjwt",
  ],
  "./compat/passport": [
    ...["JsonWebTokenError", "NotBeforeError", "Strategy", "TokenExpiredError", "passportJwtSecret"],
  ],
  "./compat/express-oauth2-jwt-bearer": [
    ...["auth", "claimCheck", "claimEquals", "claimIncludes", "requiredScopes", "scopeIncludesAny"],
    ...["InsufficientScopeError", "InvalidRequestError", "InvalidTokenError", "UnauthorizedError"],
  ],
  "./connect": ["readAuth", "serveEndpoint"],
  "./elysia": ["RefusedError"],
  "./exchange": ["TokenRequestError", "createClientCredentials", "createTokenExchange"],
  "./introspection": ["createIntrospectionClient"],
  "./log": ["toLogFields"],
  "./mcp": ["readAuth", "serveMetadata", "toAgentCard"],
  "./express": ["serveEndpoint"],
  "./fastify": ["serveEndpoint"],
  "./fetch": ["createAuthSignal", "createCacheFetch", "serveEndpoint"],
  "./hono": ["serveEndpoint"],
  "./koa": ["serveEndpoint"],
  "./lambda": ["serveEndpoint"],
  // Its requirement is one option, which `test/logout` counts.
  "./logout": ["createCutOffEndpoint", "createLogoutEndpoint"],
  "./node": ["createAuthSignal", "serveEndpoint"],
  "./nest": ["Auth", "GatewardenGuard", "GatewardenModule", "Public", "readAuth", "serveEndpoint"],
  "./opentelemetry": ["instrument"],
  "./providers": [
    ...["auth0", "b2c", "clerk", "cognito", "entra", "entraExternal", "firebase", "google", "keycloak", "okta", "ory"],
    ...["supabase", "zitadel", "workos", "authentik", "adfs", "fusionAuth", "ping", "duende", "logto", "stytch"],
    ...["kubernetes", "githubActions", "gitlabCi", "cloudflareAccess", "googleIap", "awsAlb", "createClusterFetch"],
  ],
  "./signals": ["TransmitterError", "createSignalsReceiver", "createStreamClient"],
  "./nats": ["createNatsRevocations"],
  "./redis": [
    "createRedisRevocations",
    "createRedisIntrospectionStore",
    "createRedisNonceSecrets",
    "createRedisReplayStore",
  ],
  // What commands share. It knows nothing of guards.
  "./terminal": [
    ...["UsageError", "createScreen", "findNearestName", "fitWidth", "listCommands", "paint", "paintSource"],
    ...[
      "parseFlags",
      "printHelp",
      "readColumns",
      "suggestName",
      "toCommonFlags",
      "toCompletion",
      "toHelp",
      "toPrintable",
      "toPrintableLines",
    ],
    ...["toUsage", "toWidth", "wrap"],
  ],
  "./testing": ["createTestIssuer"],
  "./trpc": ["createAuthContext", "createResponseMeta"],
};

const manifest: { exports: Record<string, string | Record<string, string>> } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
);
const subPaths = Object.entries(manifest.exports).flatMap(([path, target]) =>
  typeof target === "string" ? [] : [{ path, file: target["@gatewarden/source"] ?? "" }],
);

async function load(path: string): Promise<Record<string, unknown>> {
  const file = subPaths.find((one) => one.path === path)?.file ?? "";
  return import(new URL(`../../${file}`, import.meta.url).href);
}

/** What became of a call: `refused` with a `ConfigError` or `check_failed`, or `taken`. */
async function outcomeOf(call: () => unknown): Promise<string> {
  try {
    const answer = await call();
    return answer instanceof AuthError ? answer.reason : "taken";
  } catch (error) {
    if (error instanceof ConfigError) return "refused";
    if (error instanceof AuthError) return error.reason;
    throw error;
  }
}

describe("Every exported function", () => {
  test.each(subPaths)("of $path is known to take requirements, or not to", async ({ path }) => {
    const functions = Object.entries(await load(path)).filter(([, value]) => typeof value === "function");
    const known = [...Object.keys(takers[path] ?? {}), ...(others[path] ?? [])];
    expect(known.sort()).toEqual(functions.map(([name]) => name).sort());
  });
});

const ofNames: ReadonlySet<string> = new Set(["permission", "scope", "role", "organization"]);
const notRequirements: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["false", false],
  ["empty text", ""],
  ["a list of requirements", [need, other]],
  ["an empty object", {}],
  ["a requirement with a member that is not read", { type: "permission", names: ["a"], scopes: ["b"] }],
  ["a requirement with a part that is not read", { type: "not", of: need, and: other }],
];

const rows = Object.entries(takers).flatMap(([path, names]) =>
  Object.entries(names).map(([name, taker]) => ({ path, name, taker })),
);

describe.each(rows)("$path $name", ({ path, name, taker }) => {
  const given = async (...values: readonly unknown[]) => {
    const make = (await load(path))[name] as Callable;
    return outcomeOf(() => taker.call(make, values));
  };

  test("takes one requirement, and none where that means a valid token", async () => {
    expect(await given(need)).toBe("taken");
    expect(await given()).toBe(taker.needsOne ? "refused" : "taken");
  });

  test.each(taker.reads === undefined ? [] : [[other], [undefined]])(
    "refuses what it would not read: %j",
    async (surplus) => {
      expect(await given(need, surplus)).toBe("refused");
    },
  );

  // Functions of names are asked for these in their own tests: `permission(undefined)`.
  test.each(ofNames.has(name) ? [] : notRequirements.filter(([kind]) => kind !== taker.knows))(
    "refuses %s where its requirement belongs",
    async (_kind, value) => {
      expect(await given(value)).toBe("refused");
    },
  );
});

const unread: Readonly<Record<string, readonly unknown[]>> = {
  "two requirements": [need, other],
  "a requirement that turned out undefined": [undefined],
  "a requirement and undefined": [need, undefined],
  "undefined and options, as the third argument once was": [undefined, { optional: true }],
  "options with a misspelt member": [{ optional: true, requirment: need }],
  "options whose requirement turned out undefined": [{ optional: true, requirement: undefined }],
};

describe.each(Object.entries(unread))("A guard that is asked with %s", (_name, given) => {
  const args = given as never;

  test("refuses the request", async () => {
    expect(await outcomeOf(() => guard.check(good, ...(args as [Requirement])))).toBe("check_failed");
  });

  test("refuses the token", async () => {
    const { authorization } = good.headers as { authorization: string };
    expect(await outcomeOf(() => guard.verify(authorization.slice(7), ...(args as [Requirement])))).toBe(
      "check_failed",
    );
  });

  test("answers an adapter with a refusal", async () => {
    expect(await outcomeOf(() => guard.attempt(good, ...(args as [Requirement])))).toBe("check_failed");
    const anonymous = { method: "GET", url: "/", headers: {} };
    expect(await outcomeOf(() => guard.attempt(anonymous, ...(args as [Requirement])))).toBe("check_failed");
  });

  test("explains nothing", async () => {
    expect(await outcomeOf(() => guard.explain(good, ...(args as [Requirement])))).toBe("refused");
  });
});

describe("Options around a requirement", () => {
  const anonymous = { method: "GET", url: "/", headers: {} };
  const attempt = (request: typeof anonymous, need: unknown) => outcomeOf(() => guard.attempt(request, need as Need));

  test("that inherit it ask for it", async () => {
    const inherited = Object.assign(Object.create({ requirement: other }), { optional: true });
    expect(await attempt(good, inherited)).toBe("permission_missing");
    class Options {
      readonly optional = true;
      get requirement() {
        return need;
      }
    }
    expect(await attempt(good, new Options())).toBe("taken");
    expect(await attempt(anonymous, new Options())).toBe("taken");
  });

  test("open no route because every object inherits `optional` (CWE-1321)", async () => {
    Object.assign(Object.prototype, { optional: true });
    try {
      expect(await attempt(anonymous, { requirement: need })).toBe("credentials_missing");
      expect(await attempt(anonymous, { optional: true, requirement: need })).toBe("taken");
    } finally {
      Reflect.deleteProperty(Object.prototype, "optional");
    }
  });
});

describe("A guard that is asked rightly", () => {
  test("lets in what meets the requirement", async () => {
    expect(await outcomeOf(() => guard.check(good))).toBe("taken");
    expect(await outcomeOf(() => guard.check(good, need))).toBe("taken");
    expect(await outcomeOf(() => guard.attempt(good, { optional: true, requirement: need }))).toBe("taken");
    expect(await outcomeOf(() => guard.check(good, other))).toBe("permission_missing");
    expect(await outcomeOf(() => guard.attempt(good, { optional: true, requirement: other }))).toBe(
      "permission_missing",
    );
  });
});

describe("What a requirement is made of", () => {
  test.each<[string, readonly unknown[], string]>([
    ["claim", ["roles", "admin"], "taken"],
    ["claim", ["roles", "admin", "editor"], "refused"],
    ["claim", ["roles", undefined], "refused"],
    ["check", ["paid", () => true], "taken"],
    ["check", ["paid", () => true, () => false], "refused"],
    ["check", ["paid"], "refused"],
    ["check", ["paid", undefined], "refused"],
    ["check", [() => true], "refused"],
    ["details", ["payment"], "taken"],
    ["details", ["payment", { currency: "EUR" }], "taken"],
    ["details", ["payment", undefined], "refused"],
    ["details", ["payment", { currency: "EUR" }, { actions: ["pay"] }], "refused"],
    ["stepUp", [{ maxAge: 60 }], "taken"],
    ["stepUp", [{ maxAge: 60, acrValues: undefined }], "refused"],
    ["stepUp", [{ maxAge: undefined, acrValues: ["mfa"] }], "refused"],
    ["stepUp", [{ maxAge: 60 }, { acrValues: ["mfa"] }], "refused"],
    ["actor", [{ subject: "orders-api" }], "taken"],
    ["actor", [{ subject: "orders-api", issuer: undefined }], "refused"],
    ["actor", [{ subject: "orders-api" }, { subject: "other" }], "refused"],
    ["actor", [], "refused"],
    ["anyActor", [], "taken"],
    ["anyActor", [{ subject: "orders-api" }], "refused"],
    ["anyOrganization", [], "taken"],
    ["anyOrganization", ["org_1"], "refused"],
    ["createVocabulary", [{ permissions: ["a"] }], "taken"],
    ["createVocabulary", [{ permission: ["a"] }], "refused"],
    ["createVocabulary", [{ permissions: ["a"] }, { scopes: ["b"] }], "refused"],
    ["toOpenApiSecurity", [need, "oauth2"], "taken"],
    ["toOpenApiSecurity", [need, other, "oauth2"], "refused"],
    ["toOpenApiChecks", [need], "taken"],
    ["toOpenApiChecks", [need, other], "refused"],
  ])("is read whole: %s of %j is %s", async (name, given, expected) => {
    const make = (await load("."))[name] as Callable;
    expect(await outcomeOf(() => make(...given))).toBe(expected);
  });
});
