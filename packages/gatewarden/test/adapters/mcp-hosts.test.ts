// One list of cases on every host and with both official SDKs: what is let through, what is refused
// and how, and what lists show.
import { afterEach, describe, expect, test } from "vitest";
import { createGuard } from "../../src/index.js";
import { parseChallenge } from "../support/challenge.js";
import { options, token } from "../support/keys.js";
import { closeHosts, hosts, ran, requirements, sdks } from "./_mcp-hosts.js";
import { ask, call, readAnswer, type Sent, send } from "./_mcp-messages.js";

const resource = "https://mcp.test/mcp";
const guard = createGuard(options({ resource }));

afterEach(closeHosts);

const everything = { permissions: ["read:reports", "read:docs", "use:prompts"] };

const read = (uri: unknown) => ask("resources/read", { uri });
const get = (name: unknown) => ask("prompts/get", { name });
const complete = (ref: object) => ask("completion/complete", { ref, argument: { name: "year", value: "2" } });

const combinations = Object.keys(hosts).flatMap((host) => sdks.map((sdk) => ({ host, sdk, name: sdk.name })));

describe.each(combinations)("on $host with $name", ({ host, sdk }) => {
  const start = (needs = requirements) => (hosts[host] as NonNullable<(typeof hosts)[string]>)(guard, needs, sdk);

  test("a valid token calls a tool, which learns who calls", async () => {
    const response = await send(await start(), call("whoami"));
    expect(response.status).toBe(200);
    expect(await readAnswer(response)).toMatchObject([{ id: 1, result: { content: [{ text: "user|1" }] } }]);
  });

  test.each<[string, unknown, object, string]>([
    ["a tool", call("list_reports"), { permissions: ["read:reports"] }, "list_reports"],
    ["a resource", read("docs://closed"), { permissions: ["read:docs"] }, "docs://closed"],
    ["a resource of a template", read("reports://2026"), { permissions: ["read:reports"] }, "reports://2026"],
    ["a prompt", get("closed"), { permissions: ["use:prompts"] }, "prompt closed"],
  ])("%s that is granted runs, and without the grant is 403 with the scope", async (_case, message, claims, name) => {
    const url = await start();
    const refused = await send(url, message);
    expect(refused.status).toBe(403);
    expect(parseChallenge(refused.headers.get("www-authenticate") ?? "").parameters).toMatchObject({
      error: "insufficient_scope",
      scope: (claims as typeof everything).permissions.join(" "),
      resource_metadata: "https://mcp.test/.well-known/oauth-protected-resource/mcp",
    });
    expect(ran).toEqual([]);
    const response = await send(url, message, claims);
    expect(response.status).toBe(200);
    expect((await readAnswer(response))[0]).toHaveProperty("result");
    expect(ran).toEqual([name]);
  });

  test.each<[string, unknown]>([
    ["a tool that is registered but not listed", call("unlisted")],
    ["a tool that is not registered", call("other")],
    ["a tool whose name differs by case", call("WhoAmI")],
    ["a resource that is registered but not listed", read("docs://unlisted")],
    ["a resource whose URI differs by case", read("docs://Open")],
    ["a prompt that is registered but not listed", get("unlisted")],
  ])("%s is 403 without a challenge, since no token would help", async (_case, message) => {
    const response = await send(await start(), message, everything);
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([403, null]);
    expect(await response.json()).toMatchObject({ jsonrpc: "2.0", id: 1, error: { code: -32602 } });
    expect(ran).toEqual([]);
  });

  test.each<[string, string, string, readonly string[], readonly string[]]>([
    ["tools/list", "tools", "name", ["whoami"], ["whoami", "list_reports"]],
    ["resources/list", "resources", "uri", ["docs://open"], ["docs://open", "docs://closed"]],
    ["resources/templates/list", "resourceTemplates", "uriTemplate", [], ["reports://{year}"]],
    ["prompts/list", "prompts", "name", ["open"], ["open", "closed"]],
  ])("%s shows what the caller may use, and not what is unlisted", async (method, list, member, few, all) => {
    const url = await start();
    for (const [claims, names] of [
      [{}, few],
      [everything, all],
    ] as const) {
      const [answer] = await readAnswer(await send(url, ask(method), claims));
      const shown = (answer as { result: Readonly<Record<string, readonly Sent[]>> }).result[list];
      expect(shown?.map((entry) => entry[member])).toEqual(names);
    }
  });

  test("without a list of a kind, its answers stay whole", async () => {
    const url = await start({ tools: requirements.tools ?? {} });
    const [answer] = await readAnswer(await send(url, ask("prompts/list")));
    expect((answer as { result: { prompts: unknown[] } }).result.prompts).toHaveLength(3);
  });

  test.each<[string, object, object]>([
    ["a prompt", { type: "ref/prompt", name: "closed" }, { permissions: ["use:prompts"] }],
    ["a template", { type: "ref/resource", uri: "reports://{year}" }, { permissions: ["read:reports"] }],
  ])("completions for %s need what its use needs", async (_case, ref, claims) => {
    const url = await start();
    expect((await send(url, complete(ref))).status).toBe(403);
    expect((await send(url, complete(ref), claims)).status).toBe(200);
  });

  test("a subscription needs what reading needs", async () => {
    const url = await start();
    const subscribe = ask("resources/subscribe", { uri: "docs://closed" });
    expect((await send(url, subscribe)).status).toBe(403);
    expect((await send(url, subscribe, { permissions: ["read:docs"] })).status).toBe(200);
  });

  test("without a token nothing is answered but where to get one", async () => {
    const url = await start({ ...requirements });
    const response = await fetch(url, { method: "POST", body: JSON.stringify(call("whoami")) });
    expect([response.status, ran]).toEqual([401, []]);
    expect(response.headers.get("www-authenticate")).toContain("resource_metadata=");
  });

  test.each([
    ["for another server", { aud: "https://other.test" }],
    ["that has expired", { exp: 1_700_000_000 }],
  ])("a token %s is 401", async (_case, claims) => {
    const response = await send(await start(), call("whoami"), claims);
    expect([response.status, ran]).toEqual([401, []]);
    expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
  });

  test("a header that disagrees with the body is 400 (HeaderMismatch), and one that agrees is let through", async () => {
    const url = await start();
    const mismatch = await send(url, call("whoami"), {}, { "mcp-method": "tools/call", "mcp-name": "other" });
    expect(mismatch.status).toBe(400);
    expect(await mismatch.json()).toMatchObject({ jsonrpc: "2.0", id: 1, error: { code: -32020 } });
    const match = await send(url, call("whoami"), {}, { "mcp-method": "tools/call", "mcp-name": "whoami" });
    expect([match.status, ran]).toEqual([200, ["whoami"]]);
  });

  test.each([
    ["another type", "text/plain", JSON.stringify(call("whoami")), [400, 415]],
    ["a broken text", "application/json", "{", [400]],
    ["another charset", "application/json; charset=utf-7", JSON.stringify(call("whoami")), [400, 415]],
  ])("a body of %s runs nothing", async (_case, type, body, statuses) => {
    const headers = { authorization: `Bearer ${token()}`, "content-type": type, accept: "application/json" };
    const response = await fetch(await start(), { method: "POST", headers, body });
    expect(statuses).toContain(response.status);
    expect(ran).toEqual([]);
  });

  test.each(["GET", "DELETE"])(
    "a %s without a body is the transport's to answer, for a valid token",
    async (method) => {
      const url = await start();
      expect((await fetch(url, { method })).status).toBe(401);
      const headers = { authorization: `Bearer ${token()}`, accept: "text/html" };
      const response = await fetch(url, { method, headers });
      expect([200, 405, 406]).toContain(response.status);
    },
  );

  test("a CORS preflight reaches no handler", async () => {
    const headers = { origin: "http://localhost", "access-control-request-method": "POST" };
    expect((await fetch(await start(), { method: "OPTIONS", headers })).status).toBe(204);
  });
});
