// Lists in every form in which bytes may arrive, resources by URI and template, and the agent card.

import { gzipSync } from "node:zlib";
import { Client as SecondClient, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as FirstClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as FirstTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterEach, describe, expect, test } from "vitest";
import { createBodyFilter } from "../../src/adapters/_mcp-lists.js";
import { matchesTemplate } from "../../src/adapters/_mcp-uri.js";
import { type McpRequirements, protectFetch, toAgentCard } from "../../src/adapters/mcp.js";
import { any, ConfigError, createGuard, isMet, permission, scope, stepUp } from "../../src/index.js";
import { options, token } from "../support/keys.js";
import { closeHosts, type Host, hosts, ran, requirements, sdks } from "./_mcp-hosts.js";
import { ask } from "./_mcp-messages.js";

afterEach(closeHosts);

const guard = createGuard(options({ resource: "https://mcp.test/mcp" }));
const isVisible = (_kind: string, name: string) => name === "open";

const answer = {
  jsonrpc: "2.0",
  id: 1,
  result: {
    tools: [
      { name: "open", title: "Öffentlich\u2028" },
      { name: "secret" },
      { title: "without a name" },
      "secret",
      { name: ["open"] },
    ],
    nextCursor: "next",
    _meta: { own: [1, { a: null }] },
    future: { tools: ["kept"] },
  },
  extension: true,
};
const shown = { ...answer, result: { ...answer.result, tools: answer.result.tools.slice(0, 1) } };

/** Runs a filter over the bytes in pieces of a size. */
function run(text: string | Uint8Array, size: number, isStream: boolean, isFailure = false): string {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const filter = createBodyFilter({ isStream, isFailure, isVisible });
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(filter.push(bytes.slice(at, at + size)));
  return Buffer.concat([...parts, filter.end()]).toString();
}

describe.each([1, 2, 3, 7, 100_000])("in pieces of %d bytes", (size) => {
  test("a JSON answer keeps everything but hidden entries", () => {
    expect(JSON.parse(run(JSON.stringify(answer), size, false))).toEqual(shown);
  });

  test.each([
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CR", "\r"],
  ])("an event stream with %s does as well, and other events pass", (_name, end) => {
    const data = JSON.stringify(answer);
    // A line may be broken where JSON allows a blank.
    const broken = data.replace(',"nextCursor"', `${end}data: ,"nextCursor"`);
    const lines = [": comment", "", "id: 7", `data: ${broken}`, "retry: 5", "", "data: not JSON", "", "data:", "", ""];
    const sent = run(lines.join(end), size, true);
    const events = sent.split("\n\n").filter(Boolean);
    expect(events[0]).toBe(": comment");
    const fields = (events[1] ?? "").split("\n");
    expect(fields).toContain("id: 7");
    expect(JSON.parse(fields.find((line) => line.startsWith("data:"))?.slice(5) ?? "")).toEqual(shown);
    expect(events.slice(2)).toEqual(["data: not JSON", "data:"]);
  });
});

test.each([true, false])("what cannot be decided is hidden (as events: %s)", (isStream) => {
  const filter = createBodyFilter({
    ...{ isStream, isFailure: false },
    isVisible: (_kind, name) => {
      if (name === "secret") throw new Error("no decision");
      return true;
    },
  });
  const text = isStream ? `data: ${JSON.stringify(answer)}\n\n` : JSON.stringify(answer);
  const sent = Buffer.concat([filter.push(new TextEncoder().encode(text)), filter.end()]).toString();
  expect(sent).toContain('"open"');
  expect(sent).not.toContain('{"name":"secret"}');
});

test("an event that is cut off shows nothing more than a whole one", () => {
  expect(run(`data: ${JSON.stringify(answer)}`, 5, true)).not.toContain("secret");
});

test("an event that ends with CR is passed on at once, and half of its end is not taken for another", () => {
  const filter = createBodyFilter({ isStream: true, isFailure: false, isVisible });
  const push = (text: string) => Buffer.from(filter.push(new TextEncoder().encode(text))).toString();
  expect(push("data: 1\r\r")).toBe("data: 1\n\n");
  expect(push("\n")).toBe("");
  expect(push("data: 2\r")).toBe("");
  expect(push("\n")).toBe("");
  // Both lines belong to one event.
  expect(push("data: 3\r\n\r")).toBe("data: 2\ndata: 3\n\n");
});

test("a large event in small pieces takes linear time (CWE-407)", () => {
  const large = JSON.stringify({ jsonrpc: "2.0", id: 1, result: { text: "x".repeat(16_000_000) } });
  expect(run(`data: ${large}\n\n`, 16_384, true)).toHaveLength(large.length + "data: \n\n".length);
}, 10_000);

test("a list answer that cannot be read is dropped, and an error page is not", () => {
  const compressed = new Uint8Array(gzipSync(JSON.stringify(answer)));
  expect(run(compressed, 10, false)).toBe("");
  expect(run("<h1>Not found</h1>", 10, false, true)).toBe("<h1>Not found</h1>");
});

test("a batch of answers is filtered, and what caches may share becomes private", () => {
  const answers = [answer, { jsonrpc: "2.0", id: 2, result: { prompts: [{ name: "no" }], cacheScope: "public" } }];
  expect(JSON.parse(run(JSON.stringify(answers), 10, false))).toEqual([
    shown,
    { jsonrpc: "2.0", id: 2, result: { prompts: [], cacheScope: "private" } },
  ]);
});

describe("a template of a URI", () => {
  test.each<[string, string, boolean]>([
    ["reports://{year}", "reports://2026", true],
    ["reports://{year}", "reports://2026/secret", false],
    ["reports://{year}/{part}", "reports://2026/secret", true],
    ["files://{+path}", "files://a/b/c", true],
    ["files://{+path}.txt", "files://a/b.bin", false],
    ["x://a{b}c", "x://ac", true],
    ["x://ab{c}ba", "x://aba", false],
    ["x://{a}-{b}", "x://1-2", true],
    ["x://{a}-{b}", "x://12", false],
    ["search://q{?term}", "search://q?term=1", true],
    ["search://q{?term}", "search://other?term=1", false],
  ])("%s for %s: %s", (template, uri, expected) => {
    expect(matchesTemplate(template, uri)).toBe(expected);
  });

  test("is matched in a time that no URI can stretch (CWE-1333)", () => {
    const template = `x://${"{+a}y".repeat(40)}z`;
    expect(matchesTemplate(template, `x://${"y".repeat(8000)}`)).toBe(false);
    expect(matchesTemplate("x://{+a}", `x://${"y".repeat(9000)}`)).toBe(false);
  });
});

describe("resources", () => {
  const needs: McpRequirements = {
    resources: {
      "docs://{name}": permission("any"),
      "docs://{+path}": permission("deep"),
      "docs://open": true,
      "https://a.test/x": permission("web"),
      "open://{+path}": true,
      "open://a/closed": permission("web"),
    },
  };
  const statusOf = async (uri: string, permissions: readonly string[]) => {
    const check = protectFetch(guard, needs, () => new Response("ran"));
    const headers = { authorization: `Bearer ${token({ permissions })}`, "content-type": "application/json" };
    const body = JSON.stringify(ask("resources/read", { uri }));
    return (await check(new Request("https://mcp.test/mcp", { method: "POST", headers, body }))).status;
  };

  test.each<[string, string, readonly string[], number]>([
    ["listed as it is", "docs://open", [], 200],
    ["of two templates, with one of their needs", "docs://other", ["any"], 403],
    ["of two templates, with both needs", "docs://other", ["any", "deep"], 200],
    ["of a deep template", "docs://a/b", ["deep"], 200],
    ["of a deep template, without its need", "docs://a/b", ["any"], 403],
    ["written as listed", "https://a.test/x", ["web"], 200],
    ["that a server would normalise to a listed one", "https://A.test/y/../x", ["web"], 403],
    ["that a server would normalise to another one", "docs://a/../open", ["deep"], 200],
    ["of an open template that a server would normalise to a closed one", "open://a/b/../closed", [], 403],
    ["the same, with the need of the closed one", "open://a/b/../closed", ["web"], 200],
    ["of the open template, in normal form", "open://a/b", [], 200],
    ["of no template", "other://x", ["any", "deep", "web"], 403],
    ["that is no URI", "x", ["any", "deep", "web"], 403],
  ])("%s", async (_name, uri, permissions, status) => {
    expect(await statusOf(uri, permissions)).toBe(status);
  });
});

describe.each(["SDK 1", "SDK 2"])("the clients of both versions, on a server of %s", (name) => {
  const start = () =>
    (hosts["Express"] as Host)(guard, requirements, sdks.find((sdk) => sdk.name === name) ?? (sdks[0] as never));
  const requestInit = { headers: { authorization: `Bearer ${token()}` } };
  const info = { name: "test", version: "1.0.0" };

  test.each([
    [
      "version 1",
      async (url: string) => {
        const client = new FirstClient(info);
        await client.connect(new FirstTransport(new URL(url), { requestInit }) as never);
        return client;
      },
    ],
    [
      "version 2",
      async (url: string) => {
        const client = new SecondClient(info);
        await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
        return client;
      },
    ],
  ])("%s sees and calls what it may", async (_version, connect) => {
    const client = (await connect(await start())) as FirstClient;
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(["whoami"]);
    expect((await client.listPrompts()).prompts.map((prompt) => prompt.name)).toEqual(["open"]);
    expect((await client.callTool({ name: "whoami" })).content).toMatchObject([{ text: "user|1" }]);
    await expect(client.callTool({ name: "list_reports" })).rejects.toThrow();
    expect(ran).toEqual(["whoami"]);
    await client.close();
  });
});

describe("isMet", () => {
  test("says what the guard would say of a verified token", async () => {
    const auth = await guard.verify(token({ permissions: ["a"] }));
    expect(isMet(permission("a"), auth)).toBe(true);
    expect(isMet(permission("b"), auth)).toBe(false);
    expect(isMet(any(permission("b"), permission("a")), auth)).toBe(true);
  });

  test("counts the time of a step-up", async () => {
    const auth = await guard.verify(token({ auth_time: 1000 }));
    expect(isMet(stepUp({ maxAge: 60 }), auth, { now: () => 1050, clockTolerance: 0 })).toBe(true);
    expect(isMet(stepUp({ maxAge: 60 }), auth, { now: () => 1061, clockTolerance: 0 })).toBe(false);
  });

  test("is false for facts that did not come from a guard", () => {
    expect(isMet(permission("a"), { permissions: ["a"], scopes: [], roles: [] })).toBe(false);
  });
});

describe("the agent card", () => {
  const text = {
    name: "Reports",
    description: "Reads reports",
    version: "1.0.0",
    supportedInterfaces: [{ url: "https://a.test/a2a", protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
  };

  test("has a scheme, and for each skill the scopes of its tool", () => {
    const needs = {
      requirement: scope("mcp"),
      tools: { whoami: true, list: any(scope("a"), permission("b")) },
    } as const;
    const skills = { whoami: { description: "Who calls" }, list: { name: "List", description: "Lists", tags: ["x"] } };
    expect(toAgentCard(guard, needs, { ...text, skills })).toEqual({
      ...text,
      ...{ capabilities: {}, defaultInputModes: ["application/json"], defaultOutputModes: ["application/json"] },
      securitySchemes: {
        oauth2: {
          openIdConnectSecurityScheme: {
            openIdConnectUrl: "https://issuer.test/.well-known/openid-configuration",
          },
        },
      },
      securityRequirements: [{ schemes: { oauth2: { list: ["mcp"] } } }],
      skills: [
        {
          ...{ id: "whoami", name: "whoami", description: "Who calls", tags: [] },
          securityRequirements: [{ schemes: { oauth2: { list: ["mcp"] } } }],
        },
        {
          ...{ id: "list", name: "List", description: "Lists", tags: ["x"] },
          securityRequirements: [
            { schemes: { oauth2: { list: ["a", "mcp"] } } },
            { schemes: { oauth2: { list: ["b", "mcp"] } } },
          ],
        },
      ],
    });
  });

  test("refuses a skill that is no tool: its card would promise what no requirement says", () => {
    const skills = { other: { description: "?" } };
    expect(() => toAgentCard(guard, { tools: { whoami: true } }, { ...text, skills })).toThrow(ConfigError);
    expect(() => toAgentCard(guard, {}, { ...text, skills })).toThrow(ConfigError);
  });
});
