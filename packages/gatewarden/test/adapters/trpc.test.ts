import { createTenant, type Tenant, type TokenRequest } from "@gatewarden/dev";
import { initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { type AuthContext, createAuthContext, createResponseMeta, protect } from "../../src/adapters/trpc.js";
import { type Auth, AuthError, createGuard, type Guard, permission } from "../../src/index.js";
import { createClock } from "../support/clock.js";
import { options, token } from "../support/keys.js";
import { type Listening, listen } from "../support/listen.js";
import { type Answer, call, sendRaw } from "../support/request.js";
import { createNonceClient } from "./_proofs.js";

let tenant: Tenant;
let app: Listening;

beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
  const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience });
  const createContext = ({ req }: { req: Parameters<typeof createAuthContext>[0] }) => createAuthContext(req);
  app = await listen(
    createHTTPHandler({ router: createRouter(guard), createContext, responseMeta: createResponseMeta(guard) }),
  );
});
afterAll(async () => {
  await app.close();
  await tenant.close();
});

function createRouter(guard: Guard) {
  const t = initTRPC.context<AuthContext>().create();
  return t.router({
    me: t.procedure.use(protect(guard)).query(({ ctx }) => ctx.auth.subject),
    admin: t.procedure.use(protect(guard, permission("read:admin"))).mutation(({ ctx }) => ctx.auth.subject),
    maybe: t.procedure.use(protect(guard, { optional: true })).query(({ ctx }) => ctx.auth?.subject ?? null),
    open: t.procedure.query(() => "open"),
  });
}

async function ask(path: string, request?: TokenRequest, method = "GET"): Promise<Answer> {
  const token = request && (await tenant.token(request)).access_token;
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  return call(`${app.origin}/${path}`, { method, headers });
}

describe("gatewarden/trpc", () => {
  test("gives a procedure the facts of the token", async () => {
    expect((await ask("me", { as: "alice" })).json).toEqual({ result: { data: "auth0|alice" } });
    expect((await ask("admin", { as: "alice" }, "POST")).json).toEqual({ result: { data: "auth0|alice" } });
  });

  test.each<[string, number, string, string, string, TokenRequest?]>([
    ["GET", 401, "UNAUTHORIZED", "me", 'Bearer realm="api"'],
    ["POST", 403, "FORBIDDEN", "admin", 'scope="read:admin"', { as: "carol", permissions: [] }],
  ])("answers %s with %i, %s and the challenge", async (method, status, code, path, challenge, request) => {
    const answer = await ask(path, request, method);
    expect(answer.status).toBe(status);
    expect(answer.challenge).toContain(challenge);
    expect(answer.json).toMatchObject({ error: { data: { code, path } } });
  });

  test("optional lets nobody in as nobody, and refuses a bad token", async () => {
    expect((await ask("maybe")).json).toEqual({ result: { data: null } });
    const refused = await call(`${app.origin}/maybe`, { headers: { authorization: "Bearer x" } });
    expect(refused).toMatchObject({
      status: 401,
      json: { error: { message: "The access token is not a signed JWT" } },
    });
  });

  test("a batch refuses the calls that need a token and answers the others", async () => {
    const answer = await ask("me,open?batch=1");
    expect(answer.status).toBe(207);
    expect(answer.challenge).toBe('Bearer realm="api"');
    expect(answer.json).toMatchObject([{ error: { data: { code: "UNAUTHORIZED" } } }, { result: { data: "open" } }]);
  });

  test("a preflight runs no procedure", async () => {
    const headers = { origin: "https://app.acme.com", "access-control-request-method": "GET" };
    expect((await call(`${app.origin}/me`, { method: "OPTIONS", headers })).text).not.toContain("result");
  });

  test("two Authorization headers are refused", async () => {
    const lines = ["GET /me HTTP/1.1", "Host: api.local", "Authorization: Bearer x", "Authorization: Bearer y"];
    expect(await sendRaw(app.origin, lines)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("a batch uses one proof for all its calls, and the answer brings the next nonce", async () => {
    const client = await createNonceClient(tenant);
    const guard = createGuard(client.options) as Guard;
    const createContext = ({ req }: { req: Parameters<typeof createAuthContext>[0] }) => createAuthContext(req);
    const responseMeta = createResponseMeta(guard);
    const api = await listen(createHTTPHandler({ router: createRouter(guard), createContext, responseMeta }));
    const url = `${api.origin}/me,maybe`;
    const send = async (nonce?: string | null) =>
      fetch(`${url}?batch=1`, { headers: await client.prove("GET", url, nonce) });
    const first = await send();
    expect(first.headers.get("www-authenticate")).toContain('error="use_dpop_nonce"');
    client.turn();
    const second = await send(first.headers.get("dpop-nonce"));
    expect(await second.json()).toEqual([{ result: { data: "machine" } }, { result: { data: "machine" } }]);
    const third = await send(second.headers.get("dpop-nonce"));
    expect([third.status, third.headers.get("dpop-nonce")]).toEqual([200, null]);
    await api.close();
  });

  test("works with tRPC's fetch adapter", async () => {
    const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience });
    const { access_token } = await tenant.token({ as: "bob" });
    const response = await fetchRequestHandler({
      endpoint: "",
      req: new Request("http://api/me", { headers: { authorization: `Bearer ${access_token}` } }),
      router: createRouter(guard),
      createContext: ({ req }) => createAuthContext(req),
    });
    expect(await response.json()).toEqual({ result: { data: "auth0|bob" } });
  });

  test.each<[string, unknown, string]>([
    ["nothing", undefined, "INTERNAL_SERVER_ERROR"],
    ["null", null, "INTERNAL_SERVER_ERROR"],
    ["a request without headers", { method: "GET", url: "/" }, "UNAUTHORIZED"],
    ["headers that are null", { method: "GET", url: "/", headers: null }, "UNAUTHORIZED"],
    [
      "a header that is not a string",
      { method: "GET", url: "/", headers: { authorization: { toString: 1 } } },
      "BAD_REQUEST",
    ],
    ["no header", { method: "GET", url: "/", headers: {} }, "UNAUTHORIZED"],
  ])("a context with %s is refused as a TRPCError", async (_name, guardRequest, code) => {
    const guard = createGuard(options()) as Guard;
    const caller = createRouter(guard).createCaller({ guardRequest } as never);
    await expect(caller.me()).rejects.toMatchObject({ code, cause: expect.any(AuthError) });
    expect(await caller.open()).toBe("open");
    expect(createResponseMeta(guard)({ errors: [], ctx: { guardRequest } as never })).toEqual({});
  });

  test("each call of a long connection is checked anew: its context outlives no token (CWE-488)", async () => {
    const clock = createClock();
    const guard = createGuard(options({ now: clock.now })) as Guard;
    const headers = { authorization: `Bearer ${token({ exp: clock.now() + 60 })}` };
    const caller = createRouter(guard).createCaller(createAuthContext(new Request("http://api/", { headers })));
    expect(await caller.me()).toBe("user|1");
    clock.advance(3600);
    await expect(caller.me()).rejects.toMatchObject({ code: "UNAUTHORIZED", cause: { reason: "expired" } });
  });

  test("types the claims by the guard's schema", () => {
    const claims = z.object({ plan: z.enum(["free", "pro"]) });
    const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience, claims });
    const t = initTRPC.context<AuthContext>().create();
    t.procedure.use(protect(guard)).query(({ ctx }) => {
      expectTypeOf(ctx.auth).toEqualTypeOf<Auth<{ plan: "free" | "pro" }>>();
    });
    t.procedure.use(protect(guard, { optional: true })).query(({ ctx }) => {
      expectTypeOf(ctx.auth).toEqualTypeOf<Auth<{ plan: "free" | "pro" }> | undefined>();
    });
  });
});
