// Kind Q: pages in browsers read metadata and challenges across origins (Fetch §3.3), as MCP clients do.
// https://github.com/hauptsacheNet/typo3-mcp-server/issues/115, https://github.com/twentyhq/twenty/pull/19836
import cors from "@fastify/cors";
import express from "express";
import fastify from "fastify";
import { createSchema, createYoga } from "graphql-yoga";
import { Hono } from "hono";
import { cors as honoCors } from "hono/cors";
import { afterEach, describe, expect, test } from "vitest";
import { gatewarden } from "../../src/adapters/fastify.js";
import { createAuthContext, useAuth } from "../../src/adapters/graphql.js";
import { protect as protectHono } from "../../src/adapters/hono.js";
import { protect, serveMetadata } from "../../src/adapters/mcp.js";
import { createGuard, type Guard } from "../../src/index.js";
import { options, token } from "../support/keys.js";
import { type Listening, listen } from "../support/listen.js";
import { listenFetch } from "../support/listen-fetch.js";
import { callFromPage } from "./_page.js";

const resource = "https://api.test/mcp";
const path = "/.well-known/oauth-protected-resource/mcp";
const guard = createGuard(options({ resource })) as Guard;
const inspector = "http://localhost:6274";
const app = "https://app.example.com";
const version = { "MCP-Protocol-Version": "2025-06-18" };

const running: Listening[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
});

async function run(starting: Promise<Listening>): Promise<string> {
  const listening = await starting;
  running.push(listening);
  return listening.origin;
}

/** CORS of an application for one page, as the package `cors` writes it for Express. */
const expressCors: express.RequestHandler = (request, response, next) => {
  response.set({ "access-control-allow-origin": app, vary: "Origin" });
  if (request.method === "OPTIONS") {
    response.set({ "access-control-allow-methods": "GET,POST", "access-control-allow-headers": "authorization" });
    return void response.status(204).end();
  }
  response.set("access-control-expose-headers", "X-Total");
  next();
};

async function startFastify(before?: Parameters<typeof cors>[1], serve?: object): Promise<string> {
  const server = fastify();
  if (before) await server.register(cors, before as object);
  await server.register(gatewarden, { guard, ...serve });
  server.post("/mcp", { auth: true }, () => "in");
  const origin = await server.listen({ port: 0, host: "127.0.0.1" });
  running.push({ origin, close: () => server.close() });
  return origin;
}

function startExpress(...before: express.RequestHandler[]): Promise<string> {
  const server = express();
  for (const one of before) server.use(one);
  server.use(serveMetadata(guard));
  server.use("/mcp", protect(guard), (_request, response) => void response.send("in"));
  return run(listen(server));
}

function startBare(): Promise<string> {
  const serve = serveMetadata(guard);
  return run(listen((request, response) => serve(request, response, () => response.writeHead(404).end())));
}

/** As the documentation has it for other frameworks. */
function startHono(): Promise<string> {
  const server = new Hono();
  const metadata = guard.metadata();
  if (!metadata) throw new Error("There is no resource");
  server.get(metadata.path, (context) => context.json(metadata.body, 200, { ...metadata.headers }));
  server.options(metadata.path, (context) => context.body(null, 204, { ...metadata.preflight }));
  return run(listenFetch(server.fetch));
}

describe.each([
  ["gatewarden/fastify", () => startFastify()],
  ["gatewarden/mcp with Express", () => startExpress()],
  ["gatewarden/mcp with node:http", startBare],
  ["a route made from guard.metadata()", startHono],
])("The metadata of %s", (_name, start) => {
  test("is read by any page, with the headers of an MCP client", async () => {
    const origin = await start();
    const plain = await callFromPage(inspector, origin + path);
    expect(JSON.parse(plain.text)).toMatchObject({ resource });
    const asked = await callFromPage(inspector, origin + path, { headers: { ...version, "x-anything": "1" } });
    expect(JSON.parse(asked.text)).toMatchObject({ resource });
    const withToken = await callFromPage(inspector, origin + path, { headers: { authorization: "Bearer x" } });
    expect(withToken.status).toBe(200);
  });

  test("answers OPTIONS with what may be asked, and holds no body", async () => {
    const answer = await fetch((await start()) + path, { method: "OPTIONS" });
    expect([answer.status, answer.headers.get("allow"), await answer.text()]).toEqual([204, "GET, HEAD, OPTIONS", ""]);
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
  });

  test("takes no other method, nor does a page get one allowed", async () => {
    const origin = await start();
    await expect(callFromPage(inspector, origin + path, { method: "DELETE" })).rejects.toThrow("DELETE is not allowed");
    expect((await fetch(origin + path, { method: "POST" })).status).toBe(404);
  });
});

describe("The metadata beside an application's own CORS", () => {
  test("keeps to what that says: Fastify's plugin", async () => {
    const origin = await startFastify({ origin: app });
    expect((await callFromPage(app, origin + path, { headers: version })).status).toBe(200);
    await expect(callFromPage(inspector, origin + path)).rejects.toThrow("origin is not allowed");
  });

  test("is open to pages of which that says nothing", async () => {
    const origin = await startFastify({ origin: [app] });
    expect((await callFromPage(app, origin + path, { headers: version })).status).toBe(200);
    expect((await callFromPage(inspector, origin + path)).status).toBe(200);
  });

  test("keeps to what that says: Express", async () => {
    const origin = await startExpress(expressCors);
    expect((await callFromPage(app, origin + path)).status).toBe(200);
    await expect(callFromPage(inspector, origin + path)).rejects.toThrow("origin is not allowed");
    await expect(callFromPage(app, origin + path, { headers: version })).rejects.toThrow("mcp-protocol-version");
  });

  test("is open to all where it comes first", async () => {
    const origin = await startExpress(serveMetadata(guard), expressCors);
    expect((await callFromPage(inspector, origin + path, { headers: version })).status).toBe(200);
  });

  test("is left to the application that serves it itself", async () => {
    const origin = await startFastify(undefined, { serveMetadata: false });
    expect((await fetch(origin + path, { method: "OPTIONS" })).status).toBe(404);
  });
});

describe("A challenge", () => {
  const post = { method: "POST", headers: version, body: "{}" };

  test("leads a page to the metadata, where the application's CORS lets it call", async () => {
    const origin = await startFastify({ origin: [inspector] });
    const refused = await callFromPage(inspector, `${origin}/mcp`, post);
    expect(refused.status).toBe(401);
    expect(refused.header("www-authenticate")).toContain(`resource_metadata="https://api.test${path}"`);
  });

  test("is exposed beside what the application exposes: Fastify's plugin", async () => {
    const origin = await startFastify({ origin: [inspector], exposedHeaders: ["X-Total", "www-authenticate"] });
    const answer = await fetch(`${origin}/mcp`, { method: "POST", headers: { origin: inspector } });
    expect(answer.headers.get("access-control-expose-headers")).toBe("X-Total, www-authenticate");
    expect(answer.headers.get("access-control-allow-origin")).toBe(inspector);
  });

  test("is exposed beside what the application exposes: Express", async () => {
    const origin = await startExpress(expressCors);
    const answer = await fetch(`${origin}/mcp`, { method: "POST" });
    expect(answer.headers.get("access-control-expose-headers")).toBe("X-Total, WWW-Authenticate");
  });

  test("is exposed beside what the application exposes: Hono's middleware", async () => {
    const server = new Hono();
    server.use(honoCors({ origin: inspector, exposeHeaders: ["X-Total"] }), protectHono(guard));
    const origin = await run(listenFetch(server.fetch));
    const refused = await callFromPage(inspector, origin);
    expect(refused.header("www-authenticate")).toContain("resource_metadata");
    const answer = await fetch(origin);
    expect(answer.headers.get("access-control-expose-headers")).toBe("X-Total, WWW-Authenticate");
  });

  test.each([
    ["with CORS of its own", { cors: { origin: inspector, exposedHeaders: ["X-Total", "WWW-Authenticate"] } }],
    ["with its CORS as it is", {}],
  ])("is exposed by GraphQL Yoga %s", async (_name, settings) => {
    const schema = createSchema({ typeDefs: "type Query { hello: String }" });
    const yoga = createYoga({ schema, plugins: [useAuth(guard)], logging: false, ...settings });
    const origin = await run(listen(yoga));
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: '{"query":"{hello}"}' };
    const refused = await callFromPage(inspector, `${origin}/graphql`, init);
    expect(refused.status).toBe(401);
    expect(refused.header("www-authenticate")).toContain("resource_metadata");
    const headers = { ...init.headers, authorization: `Bearer ${token()}` };
    expect((await callFromPage(inspector, `${origin}/graphql`, { ...init, headers })).status).toBe(200);
  });

  test("is exposed beside what stands on the response that a GraphQL context was given", async () => {
    const readAuth = createAuthContext(guard);
    const response = { getHeader: () => "X-Total", setHeader: () => undefined };
    const request = { method: "GET", url: "/", headers: {}, rawHeaders: [], socket: {} };
    const refused = readAuth(request as never, response as never);
    await expect(refused).rejects.toMatchObject({
      extensions: { http: { headers: { "access-control-expose-headers": "X-Total, WWW-Authenticate" } } },
    });
    await expect(readAuth(request as never)).rejects.not.toMatchObject({
      extensions: { http: { headers: { "access-control-expose-headers": expect.anything() } } },
    });
  });

  test("does not open an answer that the application's CORS keeps from a page", async () => {
    const origin = await startFastify();
    await expect(callFromPage(inspector, `${origin}/mcp`, post)).rejects.toThrow("origin is not allowed");
  });
});
