// The same MCP server on every host and on both official SDKs, over real sockets.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { createMcpFastifyApp } from "@modelcontextprotocol/fastify";
import { createMcpHonoApp } from "@modelcontextprotocol/hono";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { McpServer as FirstServer, ResourceTemplate as FirstTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { createMcpHandler, McpServer, ResourceTemplate } from "@modelcontextprotocol/server";
import express from "express";
import { Hono } from "hono";
import {
  type McpRequest,
  type McpRequestOptions,
  type McpRequirements,
  type McpVariables,
  protect,
  protectFastify,
  protectFetch,
  protectHono,
  readAuth,
} from "../../src/adapters/mcp.js";
import { type Guard, permission } from "../../src/index.js";

/** What ran, in order. */
export const ran: string[] = [];

const text = (value: string) => ({ content: [{ type: "text" as const, text: value }] });
const contents = (uri: URL) => ({ contents: [{ uri: uri.href, text: "secret" }] });
const messages = () => ({ messages: [{ role: "user" as const, content: { type: "text" as const, text: "hi" } }] });

/** The calls that both versions of the SDK's server have alike. */
function fill(server: McpServer | FirstServer, guard: Guard<unknown>): void {
  const either = server as FirstServer;
  either.registerTool("whoami", { description: "Who calls" }, (extra) => {
    ran.push("whoami");
    return text(readAuth(guard, extra as Parameters<typeof readAuth>[1]).subject ?? "");
  });
  for (const name of ["list_reports", "unlisted"]) {
    either.registerTool(name, { description: name }, () => {
      ran.push(name);
      return text("ran");
    });
  }
  const read = (uri: URL) => {
    ran.push(uri.href);
    return contents(uri);
  };
  for (const name of ["open", "closed", "unlisted"]) either.registerResource(name, `docs://${name}`, {}, read);
  for (const name of ["open", "closed", "unlisted"]) {
    either.registerPrompt(name, { description: name }, () => {
      ran.push(`prompt ${name}`);
      return messages();
    });
  }
}

function createFirst(guard: Guard<unknown>): FirstServer {
  const server = new FirstServer({ name: "test", version: "1.0.0" });
  fill(server, guard);
  server.registerResource("year", new FirstTemplate("reports://{year}", { list: undefined }), {}, (uri) => {
    ran.push(uri.href);
    return contents(uri);
  });
  return server;
}

function createSecond(guard: Guard<unknown>): McpServer {
  const server = new McpServer({ name: "test", version: "1.0.0" });
  fill(server, guard);
  server.registerResource("year", new ResourceTemplate("reports://{year}", { list: undefined }), {}, (uri) => {
    ran.push(uri.href);
    return contents(uri);
  });
  return server;
}

/** How an SDK serves a request, by either of its faces. */
interface Sdk {
  readonly name: string;
  readonly node: (guard: Guard<unknown>) => (request: McpRequest, response: never, body: unknown) => Promise<void>;
  readonly fetch: (guard: Guard<unknown>) => (request: Request, options: McpRequestOptions) => Promise<Response>;
}

/** The first SDK, without sessions: a server for each request. Answers as server-sent events. */
const first: Sdk = {
  name: "SDK 1",
  node: (guard) => async (request, response, body) => {
    const transport = new StreamableHTTPServerTransport();
    await createFirst(guard).connect(transport as never);
    await transport.handleRequest(request, response, body);
  },
  fetch: (guard) => async (request, options) => {
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await createFirst(guard).connect(transport as never);
    return transport.handleRequest(request, options);
  },
};

const second: Sdk = {
  name: "SDK 2",
  node: (guard) => {
    const handle = toNodeHandler(createMcpHandler(() => createSecond(guard)));
    return (request, response, body) => handle(request as never, response, body);
  },
  fetch: (guard) => {
    const handler = createMcpHandler(() => createSecond(guard));
    return (request, options) => handler.fetch(request, options);
  },
};

export const sdks: readonly Sdk[] = [first, second];

/** Starts a server on a host. Resolves to the URL of the endpoint. */
export type Host = (guard: Guard<unknown>, requirements: McpRequirements, sdk: Sdk) => Promise<string>;

const running: (() => unknown)[] = [];

/** Ends what a test started. */
export async function closeHosts(): Promise<void> {
  ran.length = 0;
  for (const close of running.splice(0)) await close();
}

/** Closes a server after the test. */
export function keepOpen(server: ReturnType<typeof serve>): void {
  running.push(() => (server as Server).close().closeAllConnections());
}

export async function listen(server: Server): Promise<string> {
  running.push(() => server.close().closeAllConnections());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

/** Starts a server of fetch. */
export function listenFetch(fetch: (request: Request) => Response | Promise<Response>): Promise<string> {
  return new Promise((resolve) => {
    keepOpen(serve({ fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(`http://127.0.0.1:${port}/mcp`)));
  });
}

export const hosts: Readonly<Record<string, Host>> = {
  Express: (guard, requirements, sdk) => {
    const handle = sdk.node(guard);
    const app = express();
    app.use("/mcp", express.json(), protect(guard, requirements), (request, response) =>
      handle(request, response as never, request.body),
    );
    return listen(createServer(app));
  },
  Fastify: async (guard, requirements, sdk) => {
    const handle = sdk.node(guard);
    const app = createMcpFastifyApp();
    app.all("/mcp", protectFastify(guard, requirements), async (request, reply) => {
      reply.hijack();
      await handle(request.raw, reply.raw as never, request.body);
    });
    running.push(() => app.close());
    return `${await app.listen({ port: 0, host: "127.0.0.1" })}/mcp`;
  },
  "node:http": (guard, requirements, sdk) => {
    const [check, handle] = [protect(guard, requirements), sdk.node(guard)];
    return listen(
      createServer((request: McpRequest, response) => {
        check(request, response, () => void handle(request, response as never, request.body));
      }),
    );
  },
  Hono: (guard, requirements, sdk) => {
    const handle = sdk.fetch(guard);
    const app = new Hono<{ Variables: McpVariables }>();
    app.all("/mcp", protectHono(guard, requirements), (context) => handle(context.req.raw, context.var));
    return listenFetch(app.fetch);
  },
  "Hono, with its body parsed by the SDK": (guard, requirements, sdk) => {
    const handle = sdk.fetch(guard);
    const app = createMcpHonoApp();
    app.all("/mcp", protectHono(guard, requirements), (context) =>
      handle(context.req.raw, context.var as unknown as McpVariables),
    );
    return listenFetch(app.fetch);
  },
  fetch: (guard, requirements, sdk) => listenFetch(protectFetch(guard, requirements, sdk.fetch(guard))),
};

/** What the tests' server needs: `unlisted` of each kind is registered, and not here. */
export const requirements: McpRequirements = {
  tools: { whoami: true, list_reports: permission("read:reports") },
  resources: {
    "docs://open": true,
    "docs://closed": permission("read:docs"),
    "reports://{year}": permission("read:reports"),
  },
  prompts: { open: true, closed: permission("use:prompts") },
};
