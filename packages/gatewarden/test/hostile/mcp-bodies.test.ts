// Ways to have an MCP tool run without its requirement: bodies that the guard and the SDK's
// transport might read differently. Real Express 4 and 5, the real transport, real sockets. The
// transport is used as some applications do it: it reads the request itself.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import express5, { type RequestHandler } from "express";
// @ts-expect-error: the alias of an older version, whose types are those of Express 5 as far as they are used here.
import express4 from "express4";
import { afterEach, describe, expect, test } from "vitest";
import { createTokenVerifier, type McpRequest, type McpRequirements, protect } from "../../src/adapters/mcp.js";
import { ConfigError, createGuard, permission, type Requirement } from "../../src/index.js";
import { guardWith, options, token } from "../support/keys.js";

const guard = guardWith();
const tools = { whoami: true, list: permission("read:reports") } as const;
const running: Server[] = [];
const ran: string[] = [];

afterEach(() => {
  ran.length = 0;
  for (const server of running.splice(0)) server.close().closeAllConnections();
});

async function listen(server: Server): Promise<string> {
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

/**
 * The SDK's server without sessions. `isHanded` is whether the application hands on the body that
 * Express parsed.
 */
const serve = (isHanded: boolean): RequestHandler => {
  return async (request, response) => {
    const server = new McpServer({ name: "test", version: "1.0.0" });
    for (const name of ["whoami", "list", "List"]) {
      server.registerTool(name, {}, () => {
        ran.push(name);
        return { content: [{ type: "text", text: "ran" }] };
      });
    }
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    response.on("close", () => void server.close());
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    const { body } = request;
    await transport.handleRequest(request as IncomingMessage, response, isHanded ? body : undefined);
  };
};

const accept = "application/json, text/event-stream";
const authorization = `Bearer ${token()}`;
const json = { accept, authorization, "content-type": "application/json" };
const toolCall = (name: unknown, more: object = {}) => ({
  ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
  params: { name, arguments: {} },
  ...more,
});

const send = (url: string, body: BodyInit, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, { method: "POST", headers: { ...json, ...headers }, body });

describe.each([
  ["Express 5", express5],
  ["Express 4", express4 as typeof express5],
])("with %s", (_name, express) => {
  const start = (isHanded: boolean, parser: RequestHandler = express.json()) => {
    const app = express();
    app.use(parser, protect(guard, { tools }));
    app.use(serve(isHanded));
    return listen(createServer(app));
  };

  test.each([true, false])(
    "a tool that is allowed runs, and one that is not does not (body handed on: %s)",
    async (is) => {
      // What Express has read from the socket, the transport cannot read again.
      const url = await start(is);
      if (is) expect((await send(url, JSON.stringify(toolCall("whoami")))).status).toBe(200);
      expect((await send(url, JSON.stringify(toolCall("list")))).status).toBe(403);
      expect(ran).toEqual(is ? ["whoami"] : []);
    },
  );

  test.each([
    ["a parameter without a value", "application/json; x"],
    ["a charset without a value", "application/json; charset="],
    ["a semicolon too many", "application/json;"],
    ["another charset", "application/json; charset=utf-16"],
    ["a charset of seven bits", "application/json; charset=utf-7"],
    ["two charsets", 'application/json; charset=utf-8; charset="utf-7"'],
    ["another type", "application/json-rpc"],
    ["text", "text/plain"],
    ["text that mentions JSON", "text/plain; x=application/json"],
    ["a form", "application/x-www-form-urlencoded"],
  ])("no tool runs for a body with %s in its content type", async (_case, type) => {
    const body = Buffer.from(JSON.stringify(toolCall("list")), type.includes("16") ? "utf16le" : "utf8");
    for (const isHanded of [true, false]) {
      const answer = await send(await start(isHanded), body, { "content-type": type });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    }
    expect(ran).toEqual([]);
  });

  test.each(["application/json; charset=utf-8", 'application/json;charset="UTF-8"', "APPLICATION/JSON; x=y"])(
    "an allowed tool runs for a body of %s",
    async (type) => {
      const answer = await send(await start(true), JSON.stringify(toolCall("whoami")), { "content-type": type });
      expect([answer.status, ran]).toEqual([200, ["whoami"]]);
    },
  );

  test("a body that comes compressed is read as any other", async () => {
    const url = await start(true);
    const compressed = (name: string) =>
      send(url, new Uint8Array(gzipSync(JSON.stringify(toolCall(name)))), { "content-encoding": "gzip" });
    expect((await compressed("list")).status).toBe(403);
    expect((await compressed("whoami")).status).toBe(200);
    expect(ran).toEqual(["whoami"]);
  });

  test.each([
    ["a string", express.text({ type: "*/*" })],
    ["bytes", express.raw({ type: "*/*" })],
    ["fields of a form", express.urlencoded({ extended: true, type: "*/*" })],
  ])("a body that a parser made %s is no message", async (_case, parser) => {
    for (const isHanded of [true, false]) {
      const answer = await send(await start(isHanded, parser), JSON.stringify(toolCall("list")));
      expect(answer.status).toBe(400);
    }
    expect(ran).toEqual([]);
  });

  test("a GET or PUT with a tool call in its body is checked as well: its method may be overridden later", async () => {
    const url = await start(true);
    const statuses: unknown[] = [];
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      const answer = await fetch(url, { method, headers: json, body: JSON.stringify(toolCall("list")) });
      statuses.push(answer.status);
    }
    expect([statuses, ran]).toEqual([[403, 403, 403], []]);
  });

  test.each(["GET", "DELETE"])("a %s without a body reaches the transport", async (method) => {
    const answer = await fetch(await start(true), { method, headers: { authorization, accept: "text/plain" } });
    expect([200, 406]).toContain(answer.status);
  });

  test("a method that was overridden before is the one that counts", async () => {
    const override: RequestHandler = (request, _response, next) => {
      request.method = String(request.headers["x-http-method-override"] ?? request.method);
      next();
    };
    const app = express();
    app.use(override, express.json(), protect(guard, { tools }));
    app.use(serve(false));
    const url = await listen(createServer(app));
    const headers = { ...json, "content-type": "application/json; x", "x-http-method-override": "POST" };
    const answer = await fetch(url, { method: "PUT", headers, body: JSON.stringify(toolCall("list")) });
    // Express 5 parses the body, whatever follows its type, and Express 4 does not.
    expect([400, 403]).toContain(answer.status);
    expect(ran).toEqual([]);
  });
});

describe("what a message is", () => {
  const start = (requirements: McpRequirements = { tools }) => {
    const app = express5();
    app.use(express5.json({ limit: "10mb", strict: false }), protect(guard, requirements));
    app.use(serve(true));
    return listen(createServer(app));
  };

  test.each<[string, unknown]>([
    ["nothing", {}],
    ["null", null],
    ["a number", 1],
    ["a string", "tools/call"],
    ["an empty batch", []],
    ["a batch within a batch", [[toolCall("list")]]],
    ["a batch with null", [toolCall("whoami"), null]],
    ["a call without a version", { ...toolCall("list"), jsonrpc: undefined }],
    ["a call of another version", toolCall("list", { jsonrpc: "1.0" })],
    ["a call with a list as its method", toolCall("list", { method: ["tools/call"] })],
    ["a message without method, result and error", { jsonrpc: "2.0", id: 1 }],
    ["more messages than a batch may have", Array.from({ length: 101 }, () => toolCall("whoami"))],
  ])("%s is refused as the protocol does it, without a challenge", async (_name, body) => {
    const answer = await send(await start(), JSON.stringify(body));
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([400, null]);
    expect(await answer.json()).toMatchObject({ jsonrpc: "2.0", id: null, error: { code: -32600 } });
    expect(ran).toEqual([]);
  });

  test.each<[string, unknown, number]>([
    ["a request", { jsonrpc: "2.0", id: 1, method: "tools/list" }, 200],
    ["a notification", { jsonrpc: "2.0", method: "notifications/initialized" }, 202],
    ["a result", { jsonrpc: "2.0", id: 1, result: {} }, 202],
    ["an error", { jsonrpc: "2.0", id: 1, error: { code: -32000, message: "no" } }, 202],
    ["a batch of one", [toolCall("whoami")], 200],
    ["as many messages as a batch may have", Array.from({ length: 100 }, (_, id) => toolCall("whoami", { id })), 200],
  ])("%s is let through", async (_name, body, status) => {
    expect((await send(await start(), JSON.stringify(body))).status).toBe(status);
  });

  test.each<[string, string]>([
    ["of another case", JSON.stringify(toolCall("List"))],
    ["that every object knows", JSON.stringify(toolCall("__proto__"))],
    ["with a blank", JSON.stringify(toolCall("whoami "))],
    ["that is a number", JSON.stringify(toolCall(1))],
    ["that is an object", JSON.stringify(toolCall({ name: "whoami" }))],
    [
      "that stands in the prototype",
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"__proto__":{"name":"whoami"}}}',
    ],
    [
      "that comes twice: the last one counts",
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","name":"list"}}`,
    ],
    [
      "of a method that comes twice",
      `{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"list"}}`,
    ],
  ])("a tool's name %s does not open another tool", async (_name, body) => {
    const answer = await send(await start(), body);
    expect([answer.status, ran]).toEqual([403, []]);
  });

  test("without `tools` the body is the transport's alone to judge", async () => {
    const answer = await send(await start({}), JSON.stringify({}));
    expect([answer.status, (await answer.json()).error.code]).toEqual([400, -32700]);
  });
});

test.each([undefined, null, false, {}])("a verifier for the SDK with %s as requirement fails at start-up", (need) => {
  expect(() => createTokenVerifier(guard, need as unknown as Requirement)).toThrow(ConfigError);
});

describe("the token comes before the body", () => {
  /** Plain `node:http`: what throws here ends the process. */
  const startBare = (body: unknown) =>
    listen(
      createServer((request, response) => {
        Object.defineProperty(request, "body", {
          get: typeof body === "function" ? (body as () => unknown) : () => body,
        });
        protect(guard, { tools })(request as McpRequest, response, () => response.end("in"));
        request.resume();
      }),
    );

  test("a request without a token is refused before its body is looked at", async () => {
    let looks = 0;
    const url = await startBare(() => ++looks);
    const answer = await fetch(url, { method: "POST" });
    expect([answer.status, looks]).toEqual([401, 0]);
    const forged = await fetch(url, { method: "POST", headers: { authorization: "Bearer x.y.z" } });
    expect([forged.status, looks]).toEqual([401, 0]);
  });

  test.each([
    ["without a token", {}, 401],
    ["with a token", { authorization }, 400],
  ])("a batch of 170,000 calls %s does not end the process", async (_name, headers, status) => {
    const url = await startBare(Array.from({ length: 170_000 }, () => toolCall("list")));
    expect((await fetch(url, { method: "POST", headers })).status).toBe(status);
    expect((await fetch(url, { method: "POST", headers })).status).toBe(status);
  });

  test("a body that cannot be read is refused", async () => {
    const url = await startBare(() => {
      throw new Error("not readable");
    });
    expect((await fetch(url, { method: "POST", headers: { authorization } })).status).toBe(400);
  });

  test("a refused tool is told apart from a refused token, and names everything that is missing at once", async () => {
    const decisions: (string | undefined)[] = [];
    const heard = createGuard(options({ onDecision: ({ outcome }) => decisions.push(outcome) }));
    const app = express5();
    app.use(express5.json(), protect(heard, { requirement: permission("use:mcp"), tools }));
    app.use(serve(true));
    const answer = await send(await listen(createServer(app)), JSON.stringify(toolCall("list")));
    expect(answer.headers.get("www-authenticate")).toContain('scope="use:mcp read:reports"');
    expect(decisions.at(-1)).toBe("refused");
  });
});

test.each<[string, unknown]>([
  ["a misspelt member", { tool: tools }],
  ["a requirement that turned out undefined", { requirement: undefined }],
  ["null as requirement", { requirement: null }],
  ["tools that turned out undefined", { tools: undefined }],
  ["tools as a list", { tools: [] }],
  ["a tool whose requirement turned out undefined", { tools: { list: undefined } }],
  ["a tool with false as requirement", { tools: { list: false } }],
  ["no object", null],
])("requirements with %s fail at start-up", (_name, requirements) => {
  expect(() => protect(guard, requirements as McpRequirements)).toThrow(ConfigError);
});
