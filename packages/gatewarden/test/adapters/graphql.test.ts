import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { createTenant, type Tenant, type TokenRequest } from "@gatewarden/dev";
import { createSchema, createYoga } from "graphql-yoga";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthContext, protectField, type RequestContext, useAuth } from "../../src/adapters/graphql.js";
import { type Auth, createGuard, type Guard, permission } from "../../src/index.js";
import { createClock } from "../support/clock.js";
import { options, token } from "../support/keys.js";
import { type Listening, listen } from "../support/listen.js";
import { type Answer, call, sendRaw } from "../support/request.js";
import { createNonceClient } from "./_proofs.js";

const typeDefs = "type Query { me: String, salary: Int, mine: String, open: String }";

interface Context extends RequestContext {
  readonly auth: Auth | undefined;
}

function createResolvers(guard: Guard) {
  return {
    Query: {
      me: (_source: unknown, _args: unknown, { auth }: Context) => auth?.subject ?? null,
      salary: protectField(guard, permission("read:reports"), (_source: unknown, _args: unknown, { auth }) =>
        auth.permissions.includes("read:reports") ? 100 : 0,
      ),
      mine: protectField(guard, (_source: unknown, _args: unknown, { auth }) => auth.subject),
      open: () => "open",
    },
  };
}

type Need = "token" | "optional";

const servers: readonly [string, string, (guard: Guard, need: Need) => Promise<Listening>][] = [
  [
    "GraphQL Yoga",
    "/graphql",
    (guard, need) => {
      const schema = createSchema<Context>({ typeDefs, resolvers: createResolvers(guard) });
      const plugins = [need === "optional" ? useAuth(guard, { optional: true }) : useAuth(guard)];
      return listen(createYoga<object, Context>({ schema, plugins, logging: false }));
    },
  ],
  [
    "Apollo Server",
    "/",
    async (guard, need) => {
      const readAuth = need === "optional" ? createAuthContext(guard, { optional: true }) : createAuthContext(guard);
      const server = new ApolloServer<Context>({ typeDefs, resolvers: createResolvers(guard) });
      const { url } = await startStandaloneServer(server, {
        listen: { port: 0, host: "127.0.0.1" },
        context: ({ req, res }) => readAuth(req, res),
      });
      return { origin: url.replace(/\/$/, ""), close: () => server.stop() };
    },
  ],
];

describe.each(servers)("gatewarden/graphql with %s", (_name, path, start) => {
  let tenant: Tenant;
  let closed: Listening;
  let open: Listening;

  beforeAll(async () => {
    tenant = await createTenant({ port: 0 });
    const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience });
    [closed, open] = await Promise.all([start(guard, "token"), start(guard, "optional")]);
  });
  afterAll(async () => {
    await Promise.all([closed.close(), open.close()]);
    await tenant.close();
  });

  async function ask({ origin }: Listening, query: string, request?: TokenRequest): Promise<Answer> {
    const token = request && (await tenant.token(request)).access_token;
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    return call(`${origin}${path}`, { method: "POST", headers, body: JSON.stringify({ query }) });
  }

  test("puts the facts of the token into the context", async () => {
    expect((await ask(closed, "{ me }", { as: "alice" })).json).toEqual({ data: { me: "auth0|alice" } });
  });

  test("refuses an operation without a token, with status and challenge", async () => {
    const answer = await ask(closed, "{ me }");
    expect(answer).toMatchObject({ status: 401, challenge: 'Bearer realm="api"' });
    const extensions = { code: "UNAUTHENTICATED", reason: "credentials_missing" };
    expect(answer.json.errors).toMatchObject([
      { message: expect.stringContaining("An access token is required"), extensions },
    ]);
    expect(answer.json.errors[0].extensions).not.toHaveProperty("http");
  });

  test("optional lets nobody in as nobody, and refuses a bad token", async () => {
    expect((await ask(open, "{ me open }")).json).toEqual({ data: { me: null, open: "open" } });
    const headers = { "content-type": "application/json", authorization: "Bearer x" };
    const refused = await call(`${open.origin}${path}`, { method: "POST", headers, body: '{"query":"{ open }"}' });
    expect(refused.status).toBe(401);
  });

  test("a field is refused alone, and the others are answered", async () => {
    const answer = await ask(open, "{ salary open }", { as: "carol", permissions: [] });
    expect(answer.json).toMatchObject({
      data: { salary: null, open: "open" },
      errors: [{ path: ["salary"], extensions: { code: "FORBIDDEN", reason: "permission_missing" } }],
    });
    expect(answer.challenge).toContain('scope="read:reports"');
    expect((await ask(open, "{ salary }", { as: "bob" })).json).toEqual({ data: { salary: 100 } });
  });

  test("a field without a need takes every valid token, and no anonymous request", async () => {
    expect((await ask(open, "{ mine }", { as: "carol", permissions: [] })).json).toEqual({
      data: { mine: "auth0|carol" },
    });
    const answer = await ask(open, "{ mine open }");
    expect(answer.json).toMatchObject({
      data: { mine: null, open: "open" },
      errors: [{ path: ["mine"], extensions: { code: "UNAUTHENTICATED", reason: "credentials_missing" } }],
    });
    expect(answer.challenge).toBe('Bearer realm="api"');
  });

  test("an operation and its fields use one proof, and the answer brings the next nonce", async () => {
    const client = await createNonceClient(tenant);
    const api = await start(createGuard(client.options) as Guard, "token");
    const url = `${api.origin}${path}`;
    const send = async (nonce?: string | null) => {
      const headers = { "content-type": "application/json", ...(await client.prove("POST", url, nonce)) };
      return fetch(url, { method: "POST", headers, body: '{"query":"{ me salary }"}' });
    };
    const first = await send();
    expect(first.headers.get("www-authenticate")).toContain('error="use_dpop_nonce"');
    client.turn();
    const second = await send(first.headers.get("dpop-nonce"));
    expect(await second.json()).toEqual({ data: { me: "machine", salary: 100 } });
    const third = await send(second.headers.get("dpop-nonce"));
    expect([third.status, third.headers.get("dpop-nonce")]).toEqual([200, null]);
    await api.close();
  });

  test("two Authorization headers are refused", async () => {
    const body = '{"query":"{ me }"}';
    const head = [`POST ${path} HTTP/1.1`, "Host: api.local", "Content-Type: application/json"];
    const lines = [...head, `Content-Length: ${body.length}`, "Authorization: Bearer x", "Authorization: Bearer x"];
    expect(await sendRaw(closed.origin, lines, body)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe("what GraphQL Yoga knows of a request", () => {
  const clock = createClock();
  const guard = createGuard(options({ now: clock.now })) as Guard;
  const schema = createSchema<Context>({ typeDefs, resolvers: createResolvers(guard) });
  const yoga = createYoga<object, Context>({ schema, plugins: [useAuth(guard)], logging: false });
  const me = (claims: Record<string, unknown>) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token(claims)}` };
    return new Request("http://api.test/graphql", { method: "POST", headers, body: '{"query":"{ me }"}' });
  };
  const toContext = async (request: Request) =>
    yoga.getEnveloped({ request, params: {} } as never).contextFactory() as Promise<Context>;

  test("is asked anew when the request serves on after its answer, as for a socket (CWE-488)", async () => {
    const request = me({ exp: clock.now() + 60 });
    expect(await (await yoga.fetch(request)).json()).toEqual({ data: { me: "user|1" } });
    expect((await toContext(request)).auth?.subject).toBe("user|1");
    clock.advance(3600);
    await expect(toContext(request)).rejects.toMatchObject({ extensions: { reason: "expired" } });
  });

  test("is not what an earlier check of the same request found, when the next one refuses it", async () => {
    const first = me({ exp: clock.now() + 60 });
    const again = first.clone();
    await yoga.fetch(first);
    clock.advance(3600);
    // The same object once more, as a host with a pool of them has it.
    expect((await yoga.fetch(Object.assign(first, { text: () => again.text() }))).status).toBe(401);
    await expect(toContext(first)).rejects.toMatchObject({ extensions: { reason: "expired" } });
  });

  test("is asked anew for each event of a subscription, where its field is protected", async () => {
    const read = permission("read:reports");
    const Subscription = {
      salary: {
        subscribe: async function* () {
          yield {};
          clock.advance(3600);
          yield {};
        },
        resolve: protectField(guard, read, () => 100),
      },
    };
    const typed = "type Query { me: String } type Subscription { salary: Int }";
    const events = createYoga<object, Context>({
      ...{ plugins: [useAuth(guard)], logging: false },
      schema: createSchema<Context>({ typeDefs: typed, resolvers: { Subscription } as never }),
    });
    const { headers } = me({ exp: clock.now() + 60, permissions: ["read:reports"] });
    headers.set("accept", "text/event-stream");
    const body = '{"query":"subscription { salary }"}';
    const answer = await events.fetch(new Request("http://api.test/graphql", { method: "POST", headers, body }));
    const [first, second] = (await answer.text()).split("\n").filter((line) => line.startsWith("data: {"));
    expect(first).toContain('"salary":100');
    expect(second).toContain('"reason":"expired"');
  });

  test("is checked once for all operations of a batch, and again for each batch", async () => {
    const batching = createYoga<object, Context>({ schema, plugins: [useAuth(guard)], batching: true, logging: false });
    const ask = async (claims: Record<string, unknown>) => {
      const body = '[{"query":"{ me }"},{"query":"{ me }"}]';
      return (await batching.fetch(new Request(me(claims), { body, method: "POST" }))).json();
    };
    const [alice, bob] = await Promise.all(["alice", "bob"].map((sub) => ask({ sub, exp: clock.now() + 60 })));
    expect(alice).toEqual(Array(2).fill({ data: { me: "alice" } }));
    expect(bob).toEqual(Array(2).fill({ data: { me: "bob" } }));
    expect(await ask({ exp: clock.now() - 60 })).toMatchObject({ errors: [{ extensions: { reason: "expired" } }] });
  });

  test("is its own, where many share what the host passes with them", async () => {
    const env = {};
    const names = Array.from({ length: 20 }, (_, n) => `user|${n}`);
    const answers = names.map(async (sub) => (await yoga.fetch(me({ sub, exp: clock.now() + 60 }), env)).json());
    expect(await Promise.all(answers)).toEqual(names.map((name) => ({ data: { me: name } })));
    expect(env).toEqual({});
  });
});
