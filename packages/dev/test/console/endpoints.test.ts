// The endpoints of the console: documented HTTP calls of the tenant, for this machine only.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createGuard, permission } from "gatewarden";
import { describe, expect, onTestFinished, test } from "vitest";
import { connectConsole } from "../../src/connect.js";
import type { Tenant } from "../../src/index.js";
import { startTenant } from "../support/tenants.js";

async function call(tenant: Tenant, route: string, body?: unknown, headers: Record<string, string> = {}) {
  const [method = "GET", path = ""] = route.split(" ");
  const response = await fetch(new URL(path, tenant.issuer), {
    method,
    headers,
    redirect: "manual",
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text.startsWith("{") ? JSON.parse(text) : text };
}

/** An API that answers with what it was asked. */
async function startApi(): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === "/away") return void response.writeHead(302, { location: "http://example.com/" }).end();
    response.writeHead(401, { "www-authenticate": 'Bearer realm="api"', "content-type": "application/json" });
    response.end(JSON.stringify({ method: request.method, url: request.url, token: request.headers.authorization }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("The tenant's address", () => {
  test("leads a browser to the console, and describes the tenant to any other client", async () => {
    const tenant = await startTenant();
    const page = await call(tenant, "GET /", undefined, { accept: "text/html,*/*" });
    expect([page.status, page.headers.get("location")]).toEqual([302, "/console"]);
    const described = await call(tenant, "GET /", undefined, { accept: "application/json" });
    expect(described.body).toEqual((await call(tenant, "GET /dev")).body);
  });

  test("has no file beside those that were built", async () => {
    const tenant = await startTenant();
    for (const path of ["/console/..%2fpackage.json", "/console/../package.json", "/console/nothing.js"]) {
      expect([404, 503]).toContain((await call(tenant, `GET ${path}`)).status);
    }
  });
});

describe("/dev/apis and /dev/try", () => {
  test("send a request to a known API, and return the whole answer", async () => {
    const [tenant, url] = [await startTenant(), await startApi()];
    expect((await call(tenant, "PUT /dev/apis", { url: `${url}/`, name: "Orders" })).body).toEqual({
      apis: [{ url, name: "Orders" }],
    });
    const headers = { authorization: "Bearer x" };
    const { body } = await call(tenant, "POST /dev/try", { url: `${url}/a?b=c`, method: "DELETE", headers });
    expect(body).toMatchObject({ status: 401, isCut: false });
    expect(JSON.parse(body.body)).toEqual({ method: "DELETE", url: "/a?b=c", token: "Bearer x" });
    expect(body.headers).toContainEqual(["www-authenticate", 'Bearer realm="api"']);
    expect((await call(tenant, `DELETE /dev/apis?url=${url}`)).body).toEqual({ apis: [] });
    expect((await call(tenant, "POST /dev/try", { url })).status).toBe(400);
  });

  test("show a redirect and do not follow it (CWE-918)", async () => {
    const [tenant, url] = [await startTenant(), await startApi()];
    tenant.showApi({ url });
    expect((await call(tenant, "POST /dev/try", { url: `${url}/away` })).body).toMatchObject({ status: 302 });
  });

  test.each([
    "http://example.com",
    "https://169.254.169.254/latest",
    "http://127.0.0.1.example.com",
    "file:///etc/passwd",
    "no address",
  ])("refuse %s", async (url) => {
    const tenant = await startTenant();
    expect((await call(tenant, "PUT /dev/apis", { url })).status).toBe(400);
    expect((await call(tenant, "POST /dev/try", { url })).status).toBe(400);
    expect(() => tenant.showApi({ url })).toThrow(/address of this machine/);
  });

  test("say that an API does not answer", async () => {
    const tenant = await startTenant();
    const url = await startApi();
    const gone = createServer();
    gone.listen(0, "127.0.0.1");
    await once(gone, "listening");
    const closed = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
    await new Promise((resolve) => gone.close(resolve));
    tenant.showApi({ url });
    tenant.showApi({ url: closed });
    const { body, status } = await call(tenant, "POST /dev/try", { url: closed });
    expect([status, body.error]).toEqual([502, "no_answer"]);
    expect((await call(tenant, "POST /dev/try", { url, headers: { "no name": "x" } })).status).toBe(400);
  });

  test.each([
    { origin: "http://evil.example" },
    { origin: "http://localhost:5173" },
    { origin: "null" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site" },
  ])("are not for a page with %o (CWE-352, CWE-441)", async (headers) => {
    const [tenant, url] = [await startTenant(), await startApi()];
    tenant.showApi({ url });
    const routes = ["PUT /dev/apis", "POST /dev/try", "POST /dev/explain", "POST /dev/keys", "PUT /dev/personas/eve"];
    const others = ["PUT /dev/clients/eve", "PUT /dev/audiences/eve", "POST /dev/reset", "DELETE /dev/keys/a"];
    for (const route of [...routes, ...others, "POST /dev/decisions"]) {
      const answer = await call(tenant, route, { url }, headers as Record<string, string>);
      expect([route, answer.status]).toEqual([route, 403]);
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    }
    for (const route of ["GET /dev/apis", "GET /dev/keys", "GET /dev/feed"]) {
      expect((await call(tenant, route, undefined, headers as Record<string, string>)).status).toBe(403);
    }
  });

  test("are for the tenant's own page", async () => {
    const [tenant, url] = [await startTenant(), await startApi()];
    tenant.showApi({ url });
    const headers = { origin: tenant.url, "sec-fetch-site": "same-origin" };
    expect((await call(tenant, "POST /dev/try", { url }, headers)).status).toBe(200);
  });
});

describe("/dev/explain", () => {
  test.each([
    ["a token", (token: string) => token],
    ["a curl line", (token: string) => `curl -s 'http://x.example/a b' \\\n  -H "Authorization: Bearer ${token}"`],
    ["a header", (token: string) => `Authorization: Bearer ${token}`],
    ["a request", (token: string) => `GET / HTTP/1.1\r\nHost: x.example\r\nAuthorization: Bearer ${token}\r\n\r\n`],
    [
      "the output of curl -v",
      (token: string) => `* Connected\n> GET / HTTP/1.1\n> Authorization: Bearer ${token}\n>\n< x`,
    ],
  ])("reads %s", async (_name, toText) => {
    const tenant = await startTenant();
    const explain = async (token: string) => {
      const { body } = await call(tenant, "POST /dev/explain", { text: toText(token) });
      return body.findings[0].code;
    };
    expect(await explain((await tenant.token()).access_token)).toBe("accepted");
    expect(await explain((await tenant.token({ fault: "wrong-audience" })).access_token)).toBe("audience_mismatch");
  });

  test("says which permission a route needs, and for which API", async () => {
    const tenant = await startTenant();
    const { access_token: text } = await tenant.token({ as: "bob" });
    const need = await call(tenant, "POST /dev/explain", { text, permissions: ["read:admin"] });
    expect(need.body.findings[0]).toMatchObject({ code: "permission_missing", expected: ["read:admin"] });
    const other = await call(tenant, "POST /dev/explain", { text, audience: "https://other.example" });
    expect(other.body).toMatchObject({ audiences: ["https://other.example"] });
    expect(other.body.findings[0].code).toBe("audience_mismatch");
    expect((await call(tenant, "POST /dev/explain", { txt: text })).status).toBe(400);
  });
});

describe("/dev/keys", () => {
  test("lists keys, rotates and withdraws them", async () => {
    const tenant = await startTenant();
    await tenant.token();
    const [first] = (await call(tenant, "GET /dev/keys")).body.keys;
    expect(first).toMatchObject({ alg: "RS256", state: "signs", tokens: 1 });
    expect((await call(tenant, `DELETE /dev/keys/${first.kid}`)).status).toBe(400);
    const rotated = (await call(tenant, "POST /dev/keys", {})).body.keys;
    expect(rotated.map(({ state }: { state: string }) => state)).toEqual(["signs", "verifies"]);
    const left = (await call(tenant, `DELETE /dev/keys/${first.kid}`)).body.keys;
    expect(left).toMatchObject([{ state: "signs" }, { kid: first.kid, state: "withdrawn", tokens: 1 }]);
    const { keys } = await (await fetch(new URL("/.well-known/jwks.json", tenant.issuer))).json();
    expect(keys.map(({ kid }: { kid: string }) => kid)).toEqual([left[0].kid]);
    expect((await call(tenant, "DELETE /dev/keys/unknown")).status).toBe(400);
    const dropped = (await call(tenant, "POST /dev/keys", { dropOld: true })).body.keys;
    expect(dropped.map(({ state }: { state: string }) => state)).toEqual(["signs", "withdrawn", "withdrawn"]);
  });
});

describe("/dev/personas and /dev/clients", () => {
  test("create and change a persona, whose other members stay", async () => {
    const tenant = await startTenant();
    expect((await call(tenant, "PUT /dev/personas/dora", { permissions: ["read:admin"] })).status).toBe(204);
    expect((await call(tenant, "PUT /dev/personas/bob", { permissions: [] })).status).toBe(204);
    const { personas } = (await call(tenant, "GET /dev")).body;
    expect(personas).toContainEqual(expect.objectContaining({ id: "dora", permissions: ["read:admin"] }));
    expect(personas).toContainEqual(expect.objectContaining({ id: "bob", name: "Bob Brown", permissions: [] }));
  });

  test("create an application that can get tokens", async () => {
    const tenant = await startTenant();
    const client = { secret: "s3cret", permissions: ["read:reports"] };
    expect((await call(tenant, "PUT /dev/clients/batch", client)).status).toBe(204);
    const form = {
      grant_type: "client_credentials",
      client_id: "batch",
      client_secret: "s3cret",
      audience: tenant.audience,
    };
    const response = await fetch(new URL("/oauth/token", tenant.issuer), {
      method: "POST",
      body: new URLSearchParams(form),
    });
    expect(response.status).toBe(200);
  });

  test.each([
    ["PUT /dev/personas/a%20b", {}],
    ["PUT /dev/personas/dora", { permissions: ["unknown:permission"] }],
    ["PUT /dev/personas/dora", { subject: "auth0|alice" }],
    ["PUT /dev/personas/dora", []],
    ["PUT /dev/clients/x", { grants: ["password"] }],
    ["PUT /dev/personas/%E0%A4%A", {}],
  ])("refuse %s %o", async (route, body) => {
    const tenant = await startTenant();
    const before = (await call(tenant, "GET /dev")).body;
    expect((await call(tenant, route, body)).status).toBe(400);
    expect((await call(tenant, "GET /dev")).body).toEqual(before);
  });
});

describe("The feed", () => {
  test("has the decisions of a connected API: whose token, why, and never a token or a claim", async () => {
    const tenant = await startTenant();
    const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience, env: {} });
    onTestFinished(connectConsole(guard, { tenant: tenant.url, name: "Orders" }));
    const { access_token } = await tenant.token({ as: "bob", claims: { "https://x.example/secret": "hush-hush" } });
    const request = { method: "GET", url: "/", headers: { authorization: `Bearer ${access_token}` } };
    await guard.attempt(request, permission("read:admin"));
    await guard.attempt(request);
    const load = async () => (await call(tenant, "GET /dev/feed")).body.events;
    const decisions = async () => (await load()).filter(({ kind }: { kind: string }) => kind === "decision");
    await expect.poll(decisions, { timeout: 20_000 }).toHaveLength(2);
    expect(await decisions()).toMatchObject([
      { api: "Orders", outcome: "refused", reason: "permission_missing", holder: "bob", need: "permission read:admin" },
      { api: "Orders", outcome: "accepted", holder: "bob" },
    ]);
    const text = JSON.stringify(await load());
    for (const secret of [access_token, access_token.split(".")[1], "hush-hush", "auth0|bob"])
      expect(text).not.toContain(secret);
  });

  test("comes as server-sent events, also of log-outs, faults and keys", async () => {
    const tenant = await startTenant();
    await tenant.token();
    const gone = new AbortController();
    const response = await fetch(new URL("/dev/feed", tenant.issuer), {
      headers: { accept: "text/event-stream" },
      signal: gone.signal,
    });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    await tenant.logOut("alice");
    await tenant.faults.set("expired");
    await tenant.rotateKeys();
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('"kind":"keys"')) break;
    }
    gone.abort();
    const kinds = [...text.matchAll(/"kind":"(\w+)"/g)].map(([, kind]) => kind);
    expect(kinds).toEqual(["token", "logout", "faults", "keys"]);
  });

  test("does nothing in production, and refuses another machine", async () => {
    const tenant = await startTenant();
    const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience, env: {} });
    expect(() => connectConsole(guard, { tenant: "https://console.example" })).toThrow(/address of this machine/);
    const before = process.env["NODE_ENV"];
    process.env["NODE_ENV"] = "production";
    onTestFinished(() => {
      process.env["NODE_ENV"] = before;
    });
    const listened: unknown[] = [];
    const listen = (listeners: unknown) => {
      listened.push(listeners);
      return () => undefined;
    };
    connectConsole({ listen }, { tenant: tenant.url });
    expect(listened).toEqual([]);
  });
});
