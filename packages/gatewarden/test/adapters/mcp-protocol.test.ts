// The authorization revision 2026-07-28, and the rules of its transport that authorization depends
// on: headers that repeat the body, challenges, batches, and what may be cached.
import { afterEach, describe, expect, test } from "vitest";
import { type McpRequirements, protectFetch } from "../../src/adapters/mcp.js";
import { all, createGuard, permission, scope } from "../../src/index.js";
import { parseChallenge } from "../support/challenge.js";
import { options } from "../support/keys.js";
import { closeHosts, type Host, hosts, listenFetch, ran, requirements, sdks } from "./_mcp-hosts.js";
import { ask, call, modern, readAnswer, type Sent, send } from "./_mcp-messages.js";

const resource = "https://mcp.test/mcp";
const guard = createGuard(options({ resource }));
const [first, second] = sdks as [(typeof sdks)[number], (typeof sdks)[number]];

afterEach(closeHosts);

const onNode = hosts["node:http"] as Host;
const onFetch = hosts["fetch"] as Host;
const start = (needs: McpRequirements = requirements) => onFetch(guard, needs, second);
const base64 = (text: string) => `=?base64?${Buffer.from(text).toString("base64")}?=`;
const challengeOf = (response: Response) => parseChallenge(response.headers.get("www-authenticate") ?? "").parameters;

/** A server that checks nothing by itself. */
const onNothing: Host = (own, needs) =>
  listenFetch(
    protectFetch(own, needs, (_request, { parsedBody }) => {
      const { params } = parsedBody as { params: { name?: string; uri?: string } };
      ran.push(params.name ?? params.uri ?? "");
      return Response.json({});
    }),
  );

describe.each([
  ["node:http", onNode],
  ["fetch", onFetch],
  ["a server that checks nothing by itself", onNothing],
])("headers that repeat the body, on %s", (_name, host) => {
  const sendWith = async (changes: Readonly<Record<string, string | undefined>>, params: Sent = { name: "whoami" }) => {
    const [message, headers] = modern("tools/call", params);
    return send(await host(guard, requirements, second), message, {}, { ...headers, ...changes });
  };

  test("a request that has them runs", async () => {
    const response = await sendWith({});
    expect([response.status, ran]).toEqual([200, ["whoami"]]);
  });

  test("a name may be encoded", async () => {
    const response = await sendWith({ "mcp-name": base64("whoami") });
    expect([response.status, ran]).toEqual([200, ["whoami"]]);
  });

  test.each<[string, Readonly<Record<string, string | undefined>>]>([
    ["another method", { "mcp-method": "tools/list" }],
    ["a method of another case", { "mcp-method": "Tools/Call" }],
    ["no method", { "mcp-method": undefined }],
    ["another name", { "mcp-name": "list_reports" }],
    ["a name of another case", { "mcp-name": "Whoami" }],
    ["no name", { "mcp-name": undefined }],
    ["two names", { "mcp-name": "whoami, whoami" }],
    ["another name, encoded", { "mcp-name": base64("list_reports") }],
    ["a name whose encoding is broken", { "mcp-name": "=?base64?d2hvYW1p*?=" }],
    ["a name whose encoding is not canonical", { "mcp-name": "=?base64?d2hvYW1p ?=" }],
    ["a name encoded with other markers", { "mcp-name": "=?BASE64?d2hvYW1p?=" }],
    ["another revision", { "mcp-protocol-version": "2025-11-25" }],
    ["no revision", { "mcp-protocol-version": undefined }],
  ])("a request with %s is 400 and HeaderMismatch (-32020)", async (_case, changes) => {
    const response = await sendWith(changes);
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([400, null]);
    expect(await response.json()).toMatchObject({ jsonrpc: "2.0", id: 1, error: { code: -32020 } });
    expect(ran).toEqual([]);
  });

  test("the answer does not repeat what was sent", async () => {
    expect(await (await sendWith({ "mcp-name": "secret" })).text()).not.toContain("secret");
  });

  test("the token comes first: without one, a mismatch is 401", async () => {
    expect((await sendWith({ "mcp-name": "other", authorization: undefined })).status).toBe(401);
  });

  test("a request of an older revision needs none of them", async () => {
    const url = await host(guard, requirements, second);
    const response = await send(url, call("whoami"), {}, { "mcp-protocol-version": "2025-11-25" });
    expect([response.status, ran]).toEqual([200, ["whoami"]]);
  });

  test("a URI is held against the header as well", async () => {
    const url = await host(guard, requirements, second);
    const [message, headers] = modern("resources/read", { uri: "docs://open" });
    expect((await send(url, message, {}, { ...headers, "mcp-name": "docs://closed" })).status).toBe(400);
    expect((await send(url, message, {}, headers)).status).toBe(200);
    expect(ran).toEqual(["docs://open"]);
  });
});

test("a header with a name outside ASCII must be encoded", async () => {
  const url = await start({ tools: { größe: true } });
  const [message, headers] = modern("tools/call", { name: "größe" });
  const plain = { ...headers, "mcp-name": "größe" };
  expect((await send(url, message, {}, plain)).status).toBe(400);
  const encoded = await send(url, message, {}, { ...headers, "mcp-name": base64("größe") });
  // Past the headers: the server knows no such tool.
  expect(encoded.status).toBe(200);
});

describe("one challenge", () => {
  const needs: McpRequirements = {
    requirement: scope("mcp"),
    tools: { whoami: scope("a", "b"), list_reports: all(permission("read:reports"), scope("offline_access", "c")) },
  };

  test("names all scopes that the operation needs, also those that the token has", async () => {
    const response = await send(await start(needs), call("whoami"), { scope: "mcp a" });
    expect(response.status).toBe(403);
    expect(challengeOf(response)["scope"]?.split(" ").sort()).toEqual(["a", "b", "mcp"]);
    expect((await send(await start(needs), call("whoami"), { scope: "mcp a b" })).status).toBe(200);
  });

  test("of a batch names what all its calls need", async () => {
    const batch = [call("whoami", 1), call("list_reports", 2)];
    const response = await send(await onNode(guard, needs, first), batch, { scope: "mcp" });
    expect(response.status).toBe(403);
    expect(challengeOf(response)["scope"]?.split(" ").sort()).toEqual(["a", "b", "c", "mcp", "read:reports"]);
    expect(ran).toEqual([]);
  });

  test("without a token names what every message needs", async () => {
    const response = await send(await start(needs), call("whoami"), {}, { authorization: undefined });
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toMatchObject({ scope: "mcp" });
    expect(challengeOf(response)).not.toHaveProperty("error");
  });

  test("never names offline_access, and neither does the metadata", async () => {
    const response = await send(await start(needs), call("list_reports"), { scope: "mcp" });
    expect(response.status).toBe(403);
    expect(challengeOf(response)["scope"]).not.toContain("offline_access");
    const scopes = ["mcp", "offline_access"];
    const published = createGuard(options({ resource: { url: resource, scopes } })).metadata();
    expect(published?.body.scopes_supported).toEqual(["mcp"]);
    const alone = createGuard(options({ resource: { url: resource, scopes: ["offline_access"] } })).metadata();
    expect(alone?.body).not.toHaveProperty("scopes_supported");
  });
});

describe("batches of older revisions", () => {
  const batch = [ask("tools/list", {}, 1), call("whoami", 2), ask("prompts/list", {}, 3)];

  test("each call is allowed, and each list shows what the caller may use", async () => {
    const response = await send(await onNode(guard, requirements, first), batch);
    expect(response.status).toBe(200);
    const answers = new Map((await readAnswer(response)).map((answer) => [answer["id"], answer["result"]]));
    expect(answers.get(1)).toMatchObject({ tools: [{ name: "whoami" }] });
    expect(answers.get(1)).not.toMatchObject({ tools: [{}, {}] });
    expect(answers.get(3)).toMatchObject({ prompts: [{ name: "open" }] });
    expect(ran).toEqual(["whoami"]);
  });

  test.each<[string, unknown, number]>([
    ["a call beyond the grant", [...batch, call("list_reports", 4)], 403],
    ["a tool that is not listed", [...batch, call("unlisted", 4)], 403],
    ["a message that is none", [...batch, {}], 400],
  ])("with %s none of it runs", async (_case, messages, status) => {
    const response = await send(await onNode(guard, requirements, first), messages);
    expect([response.status, ran]).toEqual([status, []]);
  });

  test.each([
    ["one method", { "mcp-method": "tools/list" }],
    ["one name", { "mcp-name": "whoami" }],
    ["a revision without batches", { "mcp-protocol-version": "2026-07-28" }],
  ])("with a header for %s none of it runs", async (_case, headers) => {
    const response = await send(await onNode(guard, requirements, first), batch, {}, headers);
    expect([response.status, ran]).toEqual([400, []]);
  });
});

describe("revision 2026-07-28", () => {
  test("a list is private to its caller, and keeps its other members", async () => {
    const [message, headers] = modern("tools/list");
    const [answer] = await readAnswer(await send(await start(), message, {}, headers));
    expect(answer?.["result"]).toMatchObject({ tools: [{ name: "whoami" }], cacheScope: "private" });
    expect(answer?.["result"]).toHaveProperty("ttlMs");
  });

  test("listening for a resource needs what reading it needs", async () => {
    const url = await start();
    const listenFor = (...uris: unknown[]) =>
      modern("subscriptions/listen", { notifications: { resourceSubscriptions: uris } });
    const [refused, headers] = listenFor("docs://open", "docs://closed");
    const response = await send(url, refused, {}, headers);
    expect(response.status).toBe(403);
    expect(challengeOf(response)).toMatchObject({ scope: "read:docs" });
    const [strange] = listenFor({ toString: () => "docs://open" });
    expect((await send(url, strange, {}, headers)).status).toBe(403);
    const [allowed] = listenFor("docs://open");
    const listening = await send(url, allowed, {}, headers);
    expect(listening.status).toBe(200);
    await listening.body?.cancel();
  });

  test("a request that names 1000 resources is answered, and one that names more is 400 (CWE-770)", async () => {
    const url = await start();
    const listenFor = (count: number) => {
      const uris = Array.from({ length: count }, (_, index) => `reports://${index}`);
      const [message, headers] = modern("subscriptions/listen", { notifications: { resourceSubscriptions: uris } });
      return send(url, message, { permissions: ["read:reports"] }, headers);
    };
    const listening = await listenFor(1000);
    expect(listening.status).toBe(200);
    await listening.body?.cancel();
    const refused = await listenFor(1001);
    expect([refused.status, await refused.json()]).toMatchObject([400, { id: 1, error: { code: -32600 } }]);
  });
});
