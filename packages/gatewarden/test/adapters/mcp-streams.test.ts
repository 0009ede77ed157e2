// Streams that outlive their token, and sessions in other hands, on both transports: the official
// SDKs' servers over real sockets, with a clock that only the test moves.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { serve } from "@hono/node-server";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { McpServer as FirstServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { createMcpHandler, type McpHttpHandler, McpServer } from "@modelcontextprotocol/server";
import express from "express";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { McpSessions } from "../../src/adapters/_mcp-sessions.js";
import { type McpRequirements, protect, protectFetch } from "../../src/adapters/mcp.js";
import { type Auth, createGuard, type Guard, permission } from "../../src/index.js";
import { type Clock, createClock, start } from "../support/clock.js";
import { options, token } from "../support/keys.js";
import { closeHosts, keepOpen, listen } from "./_mcp-hosts.js";
import { ask, call, modern, readAnswer, send } from "./_mcp-messages.js";

afterEach(closeHosts);

/** A reader of a stream, by texts that must arrive. */
class Reader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = "";

  constructor(response: Response) {
    this.#reader = (response.body as ReadableStream<Uint8Array>).getReader();
  }

  async until(wanted: string): Promise<void> {
    while (!this.#text.includes(wanted)) {
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`ended before ${wanted}: ${this.#text}`);
      this.#text += new TextDecoder().decode(value);
    }
  }

  /** Everything up to the end. */
  async rest(): Promise<string> {
    for (let next = await this.#reader.read(); !next.done; next = await this.#reader.read()) {
      this.#text += new TextDecoder().decode(next.value);
    }
    return this.#text;
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}

const requirements: McpRequirements = { tools: { whoami: true, list: permission("read:reports") } };

function createSecond(): McpServer {
  const server = new McpServer({ name: "test", version: "1.0.0" }, { capabilities: { tools: { listChanged: true } } });
  server.registerTool("whoami", {}, () => ({ content: [] }));
  return server;
}

type ServeListener = (guard: Guard<unknown>, handler: McpHttpHandler) => Promise<string>;

const onNode: ServeListener = (guard, handler) => {
  const app = express();
  const handle = toNodeHandler(handler);
  app.use(express.json(), protect(guard, requirements), (request, response) =>
    handle(request as never, response as never, request.body),
  );
  return listen(createServer(app));
};

const onFetch: ServeListener = (guard, handler) =>
  new Promise((resolve) => {
    const fetch = protectFetch(guard, requirements, (request, context) => handler.fetch(request, context));
    keepOpen(serve({ fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(`http://127.0.0.1:${port}/mcp`)));
  });

describe.each([
  ["node:http", onNode],
  ["fetch", onFetch],
])("a stream on %s", (_name, begin) => {
  const open = async (clock: Clock, claims: object = {}) => {
    const guard = createGuard(options({ now: clock.now }));
    const handler = createMcpHandler(() => createSecond());
    const url = await begin(guard, handler);
    const [message, headers] = modern("subscriptions/listen", { notifications: { toolsListChanged: true } });
    const response = await send(url, message, claims, headers);
    expect(response.status).toBe(200);
    const reader = new Reader(response);
    await reader.until("acknowledged");
    return { handler, reader };
  };

  test("delivers while its token is valid", async () => {
    const clock = createClock();
    const { handler, reader } = await open(clock);
    clock.advance(200);
    handler.notify.toolsChanged();
    await reader.until("list_changed");
    await reader.close();
  });

  test("delivers nothing once its token has expired, and ends (CWE-613)", async () => {
    const clock = createClock();
    const { handler, reader } = await open(clock);
    clock.advance(301);
    handler.notify.toolsChanged();
    expect(await reader.rest()).not.toContain("list_changed");
  });

  test("ends with its token though nothing is sent", async () => {
    const began = performance.now();
    const clock = { ...createClock(), now: () => start + (performance.now() - began) / 1000 };
    const { reader } = await open(clock, { exp: start + 1 });
    expect(await reader.rest()).not.toContain("list_changed");
  });
});

/** The first SDK with sessions: a transport for each, found by its id. */
async function serveSessions(guard: Guard<unknown>, needs: McpRequirements = requirements) {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  const servers: FirstServer[] = [];
  const ran: string[] = [];
  const app = express();
  app.use("/mcp", express.json());
  // As many applications write it: a route and a check for each method.
  for (const method of ["post", "get", "delete"] as const) app[method]("/mcp", protect(guard, needs));
  app.use("/mcp", async (request, response) => {
    const found = transports.get(String(request.headers["mcp-session-id"]));
    if (found) return found.handleRequest(request as never, response, request.body);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void transports.set(id, transport),
    });
    const server = new FirstServer({ name: "test", version: "1.0.0" });
    server.registerTool("whoami", {}, () => {
      ran.push("whoami");
      return { content: [] };
    });
    servers.push(server);
    await server.connect(transport as never);
    return transport.handleRequest(request as never, response, request.body);
  });
  const url = await listen(createServer(app));
  return { url, servers, ran };
}

const initialize = ask("initialize", {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "test", version: "1.0.0" },
});

describe("a session", () => {
  let guard: Guard<unknown>;
  beforeEach(() => {
    guard = createGuard(options());
  });

  async function openSession(url: string, claims: object = {}): Promise<Record<string, string>> {
    const response = await send(url, initialize, claims);
    await response.text();
    return { "mcp-session-id": response.headers.get("mcp-session-id") ?? "" };
  }

  test("serves who opened it, also with a new token", async () => {
    const { url, ran } = await serveSessions(guard);
    const session = await openSession(url);
    expect((await send(url, call("whoami"), { jti: "another" }, session)).status).toBe(200);
    expect(ran).toEqual(["whoami"]);
  });

  test.each<[string, object]>([
    ["another subject", { sub: "user|2" }],
    ["another client of the same subject", { client_id: "other", azp: "other" }],
    ["a token without a subject", { sub: undefined }],
  ])("serves no one else: %s is told that there is none (404)", async (_case, claims) => {
    const { url, ran } = await serveSessions(guard);
    const session = await openSession(url);
    const response = await send(url, call("whoami"), claims, session);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ jsonrpc: "2.0", error: { code: -32001 } });
    expect(ran).toEqual([]);
    expect((await send(url, call("whoami"), {}, session)).status).toBe(200);
  });

  test("can neither be listened to nor ended by another", async () => {
    const { url } = await serveSessions(guard);
    const session = await openSession(url);
    for (const method of ["GET", "DELETE"]) {
      const headers = { authorization: `Bearer ${token({ sub: "user|2" })}`, accept: "text/event-stream", ...session };
      expect((await fetch(url, { method, headers })).status).toBe(404);
    }
    const own = { authorization: `Bearer ${token()}`, ...session };
    expect((await fetch(url, { method: "DELETE", headers: own })).status).toBe(200);
    expect((await send(url, call("whoami"), {}, session)).status).toBeGreaterThanOrEqual(400);
  });

  test("that this endpoint did not open is refused, and a client opens its own", async () => {
    const { url } = await serveSessions(guard);
    await openSession(url);
    expect((await send(url, call("whoami"), {}, { "mcp-session-id": randomUUID() })).status).toBe(404);
    const own = await openSession(url, { sub: "user|2" });
    expect((await send(url, call("whoami"), { sub: "user|2" }, own)).status).toBe(200);
  });

  test("of a server without sessions is a header like any other", async () => {
    const url = await onFetch(
      guard,
      createMcpHandler(() => createSecond()),
    );
    expect((await send(url, call("whoami"), {}, { "mcp-session-id": "x" })).status).toBe(200);
  });

  test("has a stream of notifications, which ends with its token", async () => {
    const clock = createClock();
    const { url, servers } = await serveSessions(createGuard(options({ now: clock.now })));
    const session = await openSession(url);
    const headers = { authorization: `Bearer ${token()}`, accept: "text/event-stream", ...session };
    const reader = new Reader(await fetch(url, { headers }));
    servers[0]?.sendToolListChanged();
    await reader.until("list_changed");
    clock.advance(301);
    servers[0]?.sendToolListChanged();
    expect((await reader.rest()).match(/list_changed/g)).toHaveLength(1);
  });

  test("answers a list in it with what the caller may use", async () => {
    const { url } = await serveSessions(guard, { tools: {} });
    const session = await openSession(url);
    const [answer] = await readAnswer(await send(url, ask("tools/list"), {}, session));
    expect(answer?.["result"]).toEqual({ tools: [] });
  });

  test("shows no hidden tool on another request that has the same id", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { url, servers } = await serveSessions(guard, { tools: { whoami: true, wait: true } });
    const session = await openSession(url);
    const [server] = servers as [FirstServer];
    let isListing = () => {};
    const listing = new Promise<void>((resolve) => {
      isListing = resolve;
    });
    server.server.setRequestHandler(ListToolsRequestSchema, async () => {
      isListing();
      await released;
      return { tools: ["wait", "secret"].map((name) => ({ name, inputSchema: { type: "object" as const } })) };
    });
    server.registerTool("wait", {}, async () => {
      release();
      // The list's answer is written first.
      await new Promise((resolve) => setImmediate(resolve));
      return { content: [] };
    });
    const list = send(url, ask("tools/list"), {}, session);
    await listing;
    const answer = await readAnswer(await send(url, call("wait"), {}, session));
    expect(JSON.stringify(answer)).not.toContain("secret");
    await (await list).body?.cancel();
  });
});

describe("sessions in memory are bounded", () => {
  const authOf = (subject: string) => ({ issuer: "https://issuer.test/", subject }) as Auth<unknown>;
  const bound = 10_000;

  test("one subject that opens many loses its own, and no one else's (CWE-770)", () => {
    const sessions = new McpSessions();
    sessions.keep("own", authOf("user|1"));
    for (let index = 0; index <= bound; index++) sessions.keep(`${index}`, authOf("user|2"));
    expect(sessions.isOpenTo("own", authOf("user|1"))).toBe(true);
    expect(sessions.isOpenTo("0", authOf("user|2"))).toBe(false);
    expect(sessions.isOpenTo(`${bound}`, authOf("user|2"))).toBe(true);
  });

  test("of subjects with as many each, the one that was away for longest loses its session", () => {
    const sessions = new McpSessions();
    for (let index = 0; index < bound; index++) sessions.keep(`${index}`, authOf(`user|${index}`));
    expect(sessions.isOpenTo("0", authOf("user|0"))).toBe(true);
    expect(sessions.isOpenTo("1", authOf("user|0"))).toBe(false);
    sessions.keep("new", authOf("user|new"));
    expect(sessions.isOpenTo("0", authOf("user|0"))).toBe(true);
    expect(sessions.isOpenTo("1", authOf("user|1"))).toBe(false);
    expect(sessions.isOpenTo("new", authOf("user|new"))).toBe(true);
  });
});
