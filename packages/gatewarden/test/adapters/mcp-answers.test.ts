// Answers in every way in which a server may write them: what is hidden stays hidden, and the rest
// arrives whole.
import { once } from "node:events";
import { createServer, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { connect, createServer as createSecondServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createBodyFilter } from "../../src/adapters/_mcp-lists.js";
import { type McpRequest, protect, protectFetch } from "../../src/adapters/mcp.js";
import { createGuard } from "../../src/index.js";
import { options, token } from "../support/keys.js";
import { closeHosts, listen, requirements } from "./_mcp-hosts.js";
import { ask, call, send } from "./_mcp-messages.js";

afterEach(closeHosts);

const guard = createGuard(options());
const list = JSON.stringify({ jsonrpc: "2.0", id: 1, result: { tools: [{ name: "whoami" }, { name: "secret" }] } });
const shown = list.replace(',{"name":"secret"}', "");

/** A server on node:http that answers in its own way. */
function serve(answer: (response: ServerResponse) => unknown): Promise<string> {
  const check = protect(guard, requirements);
  return listen(createServer((request: McpRequest, response) => check(request, response, () => answer(response))));
}

const json = { "content-type": "application/json" };
const half = Math.floor(list.length / 2);

test.each<[string, (response: ServerResponse) => unknown]>([
  ["end", (response) => response.writeHead(200, json).end(list)],
  ["end without writeHead", (response) => response.end(list)],
  [
    "end with a callback only",
    (response) => {
      response.write(list);
      response.end(() => {});
    },
  ],
  ["end in base64", (response) => response.end(Buffer.from(list).toString("base64"), "base64", () => {})],
  [
    "write in hex",
    (response) => {
      response.write(Buffer.from(list).toString("hex"), "hex");
      response.end();
    },
  ],
  [
    "write in latin1",
    (response) => {
      response.write(list, "latin1", () => {});
      response.end();
    },
  ],
  ["a Uint8Array", (response) => response.end(new TextEncoder().encode(list))],
  [
    "a callback of each write",
    (response) =>
      response.write(list.slice(0, half), () => response.write(list.slice(half), "utf8", () => response.end())),
  ],
  [
    "a buffer that is used again",
    (response) => {
      const buffer = Buffer.from(list.slice(0, half));
      response.write(buffer);
      buffer.fill(" ");
      response.end(list.slice(half));
    },
  ],
  [
    "flushed headers",
    (response) => {
      response.setHeader("content-length", list.length).flushHeaders();
      response.end(list);
    },
  ],
  ["a length in writeHead", (response) => response.writeHead(200, "OK", { "Content-Length": list.length }).end(list)],
])("a list by %s is filtered", async (_way, answer) => {
  const response = await send(await serve(answer), ask("tools/list"));
  expect([response.status, await response.text()]).toEqual([200, shown]);
});

test.each<[string, (response: ServerResponse) => ServerResponse]>([
  ["an object", (response) => response.writeHead(200, { "x-one": "1", "x-two": ["2", "3"] })],
  ["an object after a reason", (response) => response.writeHead(200, "OK", { "x-one": "1", "x-two": ["2", "3"] })],
  [
    "an object after an undefined reason",
    (response) => response.writeHead(200, undefined as unknown as string, { "x-one": "1", "x-two": ["2", "3"] }),
  ],
  ["names and values in turn", (response) => response.writeHead(200, ["x-one", "1", "x-two", "2", "x-two", "3"])],
  [
    "names and lists of values in turn",
    (response) =>
      response.writeHead(200, ["x-two", ["2", "3"], "x-one", "1"] as OutgoingHttpHeaders[string][] as never),
  ],
  [
    "pairs",
    (response) =>
      response.writeHead(200, [
        ["x-one", "1"],
        ["x-two", "2"],
        ["x-two", "3"],
      ] as never),
  ],
])("headers that writeHead takes as %s arrive", async (_form, begin) => {
  const response = await send(await serve((answer) => begin(answer).end("{}")), call("whoami"));
  expect([response.headers.get("x-one"), response.headers.get("x-two")]).toEqual(["1", "2, 3"]);
});

test.each([
  ["an answer", call("whoami"), list],
  ["a list", ask("tools/list"), shown],
])("%s arrives whole over HTTP/2", async (_case, message, expected) => {
  const check = protect(guard, requirements);
  const server = createSecondServer((request, response) =>
    check(request as never, response as never, () => response.writeHead(200, json).end(list)),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    const headers = { authorization: `Bearer ${token()}`, ...json };
    const stream = client.request({ ":method": "POST", ":path": "/mcp", ...headers });
    stream.end(JSON.stringify(message));
    let text = "";
    for await (const chunk of stream.setEncoding("utf8")) text += chunk;
    expect(text).toBe(expected);
  } finally {
    client.destroy();
    server.close();
  }
});

test("an answer arrives whole where a middleware's `end` calls `write`", async () => {
  const url = await (() => {
    const check = protect(guard, requirements);
    return listen(
      createServer((request: McpRequest, response) => {
        const { end } = response;
        response.end = function patched(this: ServerResponse, chunk?: unknown) {
          if (chunk !== undefined) this.write(chunk);
          return end.call(this, undefined as never, "utf8");
        } as never;
        check(request, response, () => response.end(list));
      }),
    );
  })();
  expect(await (await send(url, call("whoami"))).text()).toBe(list);
  expect(await (await send(url, ask("tools/list"))).text()).toBe(shown);
});

test("a filter keeps a copy of what it is given", () => {
  const filter = createBodyFilter({ isStream: false, isFailure: false, isVisible: () => true });
  const bytes = Buffer.from(list);
  filter.push(bytes);
  bytes.fill(0);
  expect(Buffer.from(filter.end()).toString()).toBe(list);
});

describe("a stream that ends early leaves no timer behind", () => {
  const stream = { "content-type": "text/event-stream" };
  beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => vi.useRealTimers());

  test("if the client is gone before the answer begins", async () => {
    const controller = new AbortController();
    let added = -1;
    const url = await serve(async (response) => {
      const closed = once(response, "close");
      controller.abort();
      await closed;
      const before = vi.getTimerCount();
      response.writeHead(200, stream);
      added = vi.getTimerCount() - before;
    });
    const headers = { authorization: `Bearer ${token()}` };
    await expect(fetch(url, { headers, signal: controller.signal })).rejects.toThrow();
    await vi.waitUntil(() => added >= 0);
    expect(added).toBe(0);
  });

  test("if the transport's stream breaks off", async () => {
    const body = new ReadableStream({
      pull: () => Promise.reject(new Error("broken")),
    });
    const answer = protectFetch(guard, requirements, () => new Response(body, { headers: stream }));
    const headers = { authorization: `Bearer ${token()}` };
    const response = await answer(new Request("https://mcp.test/mcp", { headers }));
    expect(vi.getTimerCount()).toBe(1);
    await expect(response.text()).rejects.toThrow("broken");
    expect(vi.getTimerCount()).toBe(0);
  });
});
