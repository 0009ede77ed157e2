// The example in a real Next.js: built without an environment, then started with one, by each bundler.
import { createTenant, type Tenant, type TokenRequest } from "@gatewarden/dev";
import { generateKeyPair, generateProof, type KeyPair } from "dpop";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createKey, forge } from "../../../packages/gatewarden/test/support/forge.js";
import { Application, isLeftOut, type Run, type Server, titleOf } from "./support/application.js";
import { findForm, toFormBody, toScriptBody } from "./support/forms.js";

// A build takes half a minute, and on a busy machine several.
const timeout = 900_000;

let tenant: Tenant;
beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
});
afterAll(() => tenant.close());

const trust = () => ({ ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience });
const getToken = async (request: TokenRequest) => (await tenant.token(request)).access_token;

describe.skipIf(isLeftOut).each(["turbopack", "webpack"] as const)(
  titleOf("The example, built with %s,"),
  (bundler) => {
    let application: Application;
    let built: Run;
    let server: Server;

    beforeAll(async () => {
      application = new Application(bundler);
      built = await application.build();
      if (built.code === 0) server = await application.start(trust());
    }, timeout);
    afterAll(async () => {
      await server?.end();
      application?.remove();
    });

    const get = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}${path}`, { headers });
    const bearer = async (as: string) => ({ authorization: `Bearer ${await getToken({ as })}` });
    const cookie = async (as: string) => ({ cookie: `session=${await getToken({ as })}` });
    const metadata = () => `resource_metadata="${server.url}/.well-known/oauth-protected-resource"`;

    test("is built without an environment, and without a complaint about the library", () => {
      expect([built.code, built.output]).toEqual([0, expect.stringContaining("Proxy (Middleware)")]);
      expect(built.output).not.toMatch(/gatewarden|not supported in the Edge Runtime|Type error/i);
    });

    describe("its routes", () => {
      test.each([
        ["/api/public", { message: "Public endpoint" }],
        ["/api/private", { message: "Private endpoint", user_id: "auth0|alice" }],
        ["/api/edge", { message: "Edge endpoint", user_id: "auth0|alice" }],
        ["/api/admin", { message: "Admin endpoint" }],
        ["/api/reports", { message: "Reports endpoint" }],
        ["/api/user", { subject: "auth0|alice", email: "alice@acme.example", plan: "pro" }],
      ])("%s answers alice, with a bearer token or a cookie", async (path, answer) => {
        for (const headers of [await bearer("alice"), await cookie("alice")]) {
          const response = await get(path, headers);
          expect([response.status, await response.json()]).toEqual([200, answer]);
        }
      });

      test.each(["private", "edge", "admin", "reports", "user", "notes/1"])(
        "/api/%s refuses a request without a token, a forged token, and both places at once",
        async (name) => {
          const path = `/api/${name}`;
          const anonymous = await get(path);
          expect([anonymous.status, await anonymous.json()]).toEqual([
            401,
            expect.objectContaining({ reason: "credentials_missing" }),
          ]);
          expect(anonymous.headers.get("www-authenticate")).toMatch(
            `Bearer realm="api", ${metadata()}, DPoP realm="api", ${metadata()}, algs="`,
          );
          const forged = await get(path, { authorization: `Bearer ${forgeToken()}` });
          expect([forged.status, await forged.json()]).toEqual([
            401,
            expect.objectContaining({ reason: "signature_invalid" }),
          ]);
          const twice = await get(path, { ...(await bearer("alice")), ...(await cookie("alice")) });
          expect([twice.status, await twice.json()]).toEqual([
            400,
            expect.objectContaining({ reason: "credentials_multiple" }),
          ]);
        },
      );

      test.each([
        ["/api/admin", "bob", "read:admin"],
        ["/api/reports", "carol", "read:reports"],
      ])("%s says which permission %s lacks", async (path, persona, scope) => {
        const response = await get(path, await bearer(persona));
        expect([response.status, await response.json()]).toEqual([
          403,
          expect.objectContaining({ reason: "permission_missing" }),
        ]);
        expect(response.headers.get("www-authenticate")).toContain(
          `Bearer realm="api", error="insufficient_scope", error_description="The access token lacks a permission", scope="${scope}"`,
        );
      });

      test("the route parameters come after auth", async () => {
        expect((await get("/api/notes/none", await bearer("alice"))).status).toBe(404);
      });

      test("a challenge leads to the metadata", async () => {
        const answer = await (await get("/.well-known/oauth-protected-resource")).json();
        expect(answer).toMatchObject({ resource: server.url, authorization_servers: [tenant.issuer] });
      });
    });

    describe("a token that is bound to a DPoP key (RFC 9449)", () => {
      let keys: KeyPair;
      let bound: string;
      beforeAll(async () => {
        keys = await generateKeyPair("ES256");
        bound = await requestBoundToken(keys);
      });
      const prove = async (path: string, { origin = server.url, method = "GET" } = {}) => ({
        authorization: `DPoP ${bound}`,
        dpop: await generateProof(keys, `${origin}${path}`, method, undefined, bound),
      });

      test.each(["/api/private", "/api/edge", "/api/reports"])("is taken by %s with a proof", async (path) => {
        expect((await get(path, await prove(path))).status).toBe(200);
      });

      test.each(["/api/private", "/api/edge", "/api/reports"])("is refused by %s without one", async (path) => {
        const wrong = await get(path, await prove(path, { origin: server.url.replace("127.0.0.1", "localhost") }));
        expect([wrong.status, await wrong.json()]).toEqual([
          401,
          expect.objectContaining({ reason: "dpop_target_mismatch" }),
        ]);
        for (const headers of [{ authorization: `Bearer ${bound}` }, { cookie: `session=${bound}` }]) {
          const response = await get(path, headers as Record<string, string>);
          expect([response.status, await response.json()]).toEqual([
            401,
            expect.objectContaining({ reason: "binding_unproven" }),
          ]);
        }
      });

      test("is refused by a page and a server action, whatever is proven (RFC 9449 §4.3)", async () => {
        expect(await (await get("/", await prove("/"))).text()).toContain("target_unknown");
        expect(await (await get("/", { authorization: `Bearer ${bound}` })).text()).toContain("binding_unproven");
        const form = findForm(await (await get("/", await cookie("alice"))).text(), "Clear all notes");
        const headers = { ...(await prove("/", { method: "POST" })), origin: server.url };
        expect(await callByScript(form.id, headers)).toContain('"reason":"target_unknown"');
        const unproven = { authorization: `Bearer ${bound}`, origin: server.url };
        expect(await callByScript(form.id, unproven)).toContain('"reason":"binding_unproven"');
      });
    });

    /** As the page's script calls an action. Returns React's answer. */
    async function callByScript(id: string, headers: Record<string, string>, fields = {}): Promise<string> {
      const response = await fetch(server.url, {
        method: "POST",
        headers: { accept: "text/x-component", "next-action": id, ...headers },
        body: toScriptBody(fields),
      });
      expect(response.status).toBe(200);
      return response.text();
    }

    /** As a browser sends the form before the page's script runs. Returns the page that comes back. */
    async function submit(label: string, headers: Record<string, string>, fields = {}): Promise<Response> {
      const page = await (await get("/", { cookie: headers["cookie"] ?? "" })).text();
      const body = toFormBody(findForm(page, label), fields);
      return fetch(server.url, {
        method: "POST",
        headers: { origin: server.url, ...headers },
        body,
        redirect: "manual",
      });
    }

    const readNotes = async () => (await (await get("/", await cookie("alice"))).text()).match(/<li>.*?<\/li>/g) ?? [];

    describe("its page", () => {
      test("says who is logged in, and why nobody is", async () => {
        expect(await (await get("/", await cookie("bob"))).text()).toMatch(/Logged in as (<!-- -->)?auth0\|bob/);
        const anonymous = await (await get("/")).text();
        expect(anonymous).toContain("Not logged in");
        expect(anonymous).toContain("credentials_missing");
      });

      test("keeps a valid token in a cookie that scripts cannot read, and no other", async () => {
        const accepted = await submit("Log in", {}, { token: await getToken({ as: "alice" }) });
        expect(accepted.headers.get("set-cookie")).toMatch(/^session=[^;]+; .*HttpOnly.*SameSite=lax/i);
        const refused = await submit("Log in", {}, { token: forgeToken() });
        expect([refused.headers.get("set-cookie"), await refused.text()]).toEqual([
          null,
          expect.stringContaining("signature_invalid"),
        ]);
      });
    });

    describe("its server actions", () => {
      test("run for a valid token, sent as a form and by the page's script", async () => {
        const [headers, before] = [await cookie("bob"), (await readNotes()).length];
        expect((await submit("Add the note", headers, { text: "by form" })).status).toBe(200);
        const { id } = findForm(await (await get("/", headers)).text(), "Add the note");
        expect(await callByScript(id, { ...headers, origin: server.url }, { text: "by script" })).not.toContain(
          "refusal",
        );
        const notes = (await readNotes()).slice(before);
        expect(notes).toEqual([expect.stringContaining("by form"), expect.stringContaining("by script")]);
      });

      test("do not run without the permission, and say what is missing", async () => {
        const headers = await cookie("bob");
        await submit("Add the note", headers, { text: "to stay" });
        const notes = await readNotes();
        expect(await (await submit("Clear all notes", headers)).text()).toContain("permission_missing");
        const { id } = findForm(await (await get("/", headers)).text(), "Clear all notes");
        const answer = await callByScript(id, { ...headers, origin: server.url });
        expect(answer).toMatch(
          /"refusal":\{"error":"insufficient_scope".*"reason":"permission_missing","status":403\}/,
        );
        expect(await readNotes()).toEqual(notes);
        expect(await (await submit("Clear all notes", await cookie("alice"))).text()).not.toContain(
          "permission_missing",
        );
        expect(await readNotes()).toEqual([]);
      });

      test("do not run without a token, nor with a forged one", async () => {
        const { id } = findForm(await (await get("/", await cookie("bob"))).text(), "Add the note");
        const fields = { text: "planted" };
        expect(await callByScript(id, { origin: server.url }, fields)).toContain('"reason":"credentials_missing"');
        const forged = { origin: server.url, cookie: `session=${forgeToken()}` };
        expect(await callByScript(id, forged, fields)).toContain('"reason":"signature_invalid"');
        expect((await readNotes()).join()).not.toContain("planted");
      });

      test("do not run for a page of another origin that Next.js takes for its own (CWE-352)", async () => {
        const headers = await cookie("bob");
        const { id } = findForm(await (await get("/", headers)).text(), "Add the note");
        // Next.js compares Origin with X-Forwarded-Host, and lets a request without Origin pass.
        const other = { origin: "https://evil.example", "x-forwarded-host": "evil.example" };
        for (const from of [other, {}, { "sec-fetch-site": "cross-site" }] as Record<string, string>[]) {
          const answer = await callByScript(id, { ...headers, ...from }, { text: "planted" });
          expect(answer).toContain('"reason":"origin_not_allowed"');
        }
        expect((await readNotes()).join()).not.toContain("planted");
        const own = await callByScript(id, { ...headers, "sec-fetch-site": "same-origin" }, { text: "ours" });
        expect(own).not.toContain("refusal");
        expect((await readNotes()).join()).toContain("ours");
      });
    });

    describe("its start", () => {
      test.each([
        ["no issuer", { RESOURCE_URL: "https://app.example" }, "AUTH0_DOMAIN is not set"],
        ["a placeholder", { AUTH0_DOMAIN: "your-tenant.auth0.com", AUDIENCE: "a" }, "RESOURCE_URL is not set"],
        [
          "an issuer that is a placeholder",
          { RESOURCE_URL: "https://app.example", AUTH0_DOMAIN: "your-tenant.auth0.com", AUTH0_AUDIENCE: "a" },
          'AUTH0_DOMAIN is "your-tenant.auth0.com"',
        ],
      ])("with %s ends with a message that says what to change", async (_what, env, message) => {
        const { code, output } = await application.fail(env as Record<string, string>);
        expect([code, output]).toEqual([1, expect.stringContaining(message)]);
        expect(output).not.toMatch(/^\s+at /m);
      });

      test("while the issuer is down: 503 until it answers", async () => {
        const env = { ISSUER_BASE_URL: "http://127.0.0.1:9/", AUDIENCE: tenant.audience };
        const other = await application.start(env);
        onTestFinished(() => other.end());
        expect((await fetch(`${other.url}/api/public`)).status).toBe(200);
        const claims = { iss: env.ISSUER_BASE_URL };
        const headers = { authorization: `Bearer ${forgeToken(claims)}` };
        expect((await fetch(`${other.url}/api/private`, { headers })).status).toBe(503);
      });

      test("npm run serve prints the URL once it answers, and ends with SIGTERM", async () => {
        const other = await application.serve({ ...trust(), RESOURCE_URL: "" });
        onTestFinished(() => other.end());
        expect((await fetch(`${other.url}/api/private`, { headers: await bearer("alice") })).status).toBe(200);
        await other.end();
        await expect(fetch(other.url)).rejects.toThrow();
      });
    });
  },
);

const stranger = createKey("RS256", "stranger");

/** A token that says everything right, by a key of somebody else. The issuer's key id makes the guard try its key. */
function forgeToken(claims: Readonly<Record<string, unknown>> = {}): string {
  const seconds = Math.floor(Date.now() / 1000);
  const payload = {
    ...{ iss: tenant.issuer, aud: tenant.audience, sub: "auth0|alice", client_id: "spa", jti: "1" },
    ...{ iat: seconds, exp: seconds + 3600, ...claims },
  };
  return forge({ header: { alg: "RS256", typ: "at+jwt" }, payload, key: stranger });
}

async function requestBoundToken(keys: KeyPair): Promise<string> {
  const url = `${tenant.url}/oauth/token`;
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Basic ${btoa("machine:machine-secret")}`, dpop: await generateProof(keys, url, "POST") },
    body: new URLSearchParams({ grant_type: "client_credentials", audience: tenant.audience }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}
