// Elysia on Node.js as it is, without a server's own Request and Response: what is read of a body
// before its sender is known, and preflights.
import { type AnyElysia, Elysia, t } from "elysia";
import { describe, expect, test } from "vitest";
import { createMacro } from "../../src/adapters/elysia.js";
import { createGuard, permission } from "../../src/index.js";
import { guardWith, options, token } from "../support/keys.js";
import { listenFetch } from "../support/listen-fetch.js";
import { sendRaw } from "../support/request.js";

const authorization = `Bearer ${token({ permissions: ["write"] })}`;
const json = { "content-type": "application/json" };

/** Ten megabytes of JSON in small pieces, and how many of them were asked for. */
function createBody(): { readonly stream: ReadableStream; readonly pulls: () => number } {
  const piece = new TextEncoder().encode(" ".repeat(1024 * 1024));
  let pulls = 0;
  const stream = new ReadableStream(
    {
      pull(controller) {
        if (++pulls <= 10) return controller.enqueue(piece);
        controller.enqueue(new TextEncoder().encode('{"amount":1}'));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, pulls: () => pulls };
}

async function post(app: AnyElysia, headers: Record<string, string>): Promise<readonly [number, number]> {
  const { stream, pulls } = createBody();
  const init = { method: "POST", headers: { ...json, ...headers }, body: stream, duplex: "half" };
  const response = await app.handle(new Request("http://localhost/orders", init as RequestInit));
  return [response.status, pulls()];
}

const body = t.Object({ amount: t.Number() });
const macro = createMacro(guardWith());
const take = ({ body: taken }: { body: unknown }) => taken as object;
const create = (aot: boolean) => new Elysia({ aot }).macro(macro);

describe.each([true, false])("a body without a token (compiled ahead: %s)", (aot) => {
  test.each<[string, () => AnyElysia]>([
    ["described by a schema", () => create(aot).post("/orders", take, { auth: true, body })],
    ["with a parser", () => create(aot).post("/orders", take, { auth: true, parse: "json" })],
    ["with a list of parsers", () => create(aot).post("/orders", take, { auth: true, parse: ["json"] })],
    ["with a parser of its own", () => create(aot).post("/orders", take, { auth: true, parse: readJson })],
    ["of a guard", () => create(aot).guard({ auth: true }, (part) => part.post("/orders", take, { body }))],
    ["described by a guard", () => create(aot).guard({ auth: true, body }).post("/orders", take)],
    ["optional", () => create(aot).post("/orders", take, { optionalAuth: permission("write"), body })],
  ])("is refused without being read, and read with one: a route %s", async (_name, make) => {
    const app = make();
    expect(await post(app, { authorization: "Bearer x.y.z" })).toEqual([401, 0]);
    expect(await post(app, { authorization })).toEqual([200, 11]);
  });

  test("is refused over a socket while most of it has not been sent", async () => {
    const server = await listenFetch(create(aot).post("/orders", take, { auth: true, body }).fetch);
    const head = [
      "POST /orders HTTP/1.1",
      "Host: api.local",
      "Content-Type: application/json",
      "Content-Length: 10000000",
    ];
    expect(await sendRaw(server.origin, head, '{"amount":')).toMatch(/^HTTP\/1\.1 401 /);
    await server.close();
  });

  test("is refused before it is found to be malformed", async () => {
    const app = create(aot).post("/orders", take, { auth: permission("write"), body });
    const send = (headers: Record<string, string>, text: string) =>
      app.handle(
        new Request("http://localhost/orders", { method: "POST", headers: { ...json, ...headers }, body: text }),
      );
    expect((await send({}, "{")).status).toBe(401);
    expect((await send({}, '{"amount":"x"}')).status).toBe(401);
    expect((await send({ authorization: `Bearer ${token()}` }, '{"amount":"x"}')).status).toBe(403);
    // Where Elysia does not compile, it answers 500 to what is not JSON.
    expect((await send({ authorization }, "{")).status).toBe(aot ? 400 : 500);
    expect((await send({ authorization }, '{"amount":"x"}')).status).toBe(422);
    expect((await send({ authorization }, '{"amount":1}')).status).toBe(200);
  });

  const readJson = ({ request }: { request: Request }) => request.json();
});

describe("what a route did before, it still does", () => {
  const send = (app: AnyElysia, path: string, headers: Record<string, string> = {}) =>
    app.handle(
      new Request(`http://localhost${path}`, { method: "POST", headers: { ...json, ...headers }, body: "{1}" }),
    );

  test.each<[string, () => AnyElysia]>([
    ["that says so", () => create(true).post("/raw", ({ request }) => request.text(), { auth: true, parse: "none" })],
    ["that says nothing", () => create(true).post("/raw", ({ request }) => request.text(), { auth: true })],
    [
      "under a guard",
      () =>
        create(true)
          .guard({ auth: true })
          .post("/raw", ({ request }) => request.text(), { parse: "none" }),
    ],
    [
      "in a guard",
      () =>
        create(true).guard({ auth: true }, (a) => a.post("/raw", ({ request }) => request.text(), { parse: "none" })),
    ],
    [
      "mounted under a guard",
      () =>
        create(true)
          .guard({ auth: true })
          .mount("/raw", (request) => new Response(request.body)),
    ],
  ])("a handler reads the request itself: a route %s", async (_name, make) => {
    const app = make();
    expect((await send(app, "/raw")).status).toBe(401);
    const answer = await send(app, "/raw", { authorization });
    expect([answer.status, await answer.text()]).toEqual([200, "{1}"]);
  });

  test("a body that only the handler's source mentions is parsed, and refused without a token", async () => {
    const app = create(true).post("/orders", take, { auth: true });
    expect((await post(app, {}))[0]).toBe(401);
    expect((await post(app, { authorization }))[0]).toBe(200);
  });

  test.each(["text/plain", "text/csv"])("a body of %s is text for a schema", async (type) => {
    const app = create(true).post("/text", ({ body: text }) => text, { auth: true, body: t.String() });
    const answer = await send(app, "/text", { authorization, "content-type": type });
    expect([answer.status, await answer.text()]).toEqual([200, "{1}"]);
  });

  test("each request is decided once, and by its own token", async () => {
    let decisions = 0;
    const counted = createMacro(createGuard(options({ onDecision: () => decisions++ })));
    const app = new Elysia()
      .macro(counted)
      .post("/orders", ({ auth }) => ({ user: auth.subject }), { auth: true, body });
    const ask = async (sub: string) => {
      const headers = { ...json, authorization: `Bearer ${token({ sub })}` };
      const request = new Request("http://localhost/orders", { method: "POST", headers, body: '{"amount":1}' });
      return (await app.handle(request)).json();
    };
    const subjects = Array.from({ length: 20 }, (_, index) => `user|${index}`);
    expect(await Promise.all(subjects.map(ask))).toEqual(subjects.map((user) => ({ user })));
    expect(decisions).toBe(20);
  });

  test("a request that is handled twice is decided twice", async () => {
    const app = create(true).get("/me", ({ auth }) => ({ user: auth.subject }), { auth: true });
    const headers = new Headers({ authorization });
    const request = { method: "GET", url: "http://localhost/me", headers } as Request;
    expect((await app.handle(request)).status).toBe(200);
    headers.delete("authorization");
    expect((await app.handle(request)).status).toBe(401);
  });
});

describe("a preflight", () => {
  const headers = { origin: "https://app.test", "access-control-request-method": "POST" };
  const ask = (app: AnyElysia, more: RequestInit = {}) =>
    app.handle(
      new Request("http://localhost/orders", { method: "OPTIONS", headers: { ...headers, ...json }, ...more }),
    );

  test.each([true, false])("is answered 204 on Node.js, beside headers of others (compiled ahead: %s)", async (aot) => {
    let calls = 0;
    const app = new Elysia({ aot })
      .onRequest(({ set }) => {
        set.headers["access-control-allow-origin"] = "*";
      })
      .macro(macro)
      .all("/orders", () => ++calls, { auth: true });
    const answer = await ask(app);
    expect([answer.status, await answer.text(), calls]).toEqual([204, "", 0]);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  });

  test("runs no hook of the route either, and its body is not read", async () => {
    let calls = 0;
    const { stream, pulls } = createBody();
    const app = create(true).options("/orders", () => ++calls, { auth: true, body, beforeHandle: () => void calls++ });
    const answer = await ask(app, { body: stream, duplex: "half" } as RequestInit);
    expect([answer.status, calls, pulls()]).toEqual([204, 0, 0]);
  });
});
