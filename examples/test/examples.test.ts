// Every example, started by its own `serve` script and asked the same questions in its own protocol.
import { createTenant, type Tenant, type TokenRequest } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answers, type Operation } from "../../scripts/lib/examples/answer.mjs";
import { type Example, examples } from "../../scripts/lib/examples/list.mjs";
import { hasRuntime } from "../../scripts/lib/examples/runtimes.mjs";
import { serveExample, toApis } from "../../scripts/lib/examples/serve.mjs";
import { toEnvironment } from "../../scripts/lib/issuer.mjs";
import { pickPort } from "../../scripts/lib/ports.mjs";
import { prepareBuild } from "../../scripts/lib/prepare.mjs";
import { isLeftOut as isCompilerMissing } from "../next/test/support/application.js";

const host = "127.0.0.1";
const page = "https://app.example.com";

/** What a developer's own environment may hold beside issuer and audience. */
const unset = { ISSUER: "", JWKS_URI: "", TOKEN_SIGNING_ALG: "", SECRET: "", EXPLAIN: "", RESOURCE_URL: "" };

let shared: Tenant;
beforeAll(async () => {
  shared = await createTenant({ port: 0 });
});
afterAll(() => shared.close());

/** What `next build` takes on a machine of two cores that are busy. */
const buildTimeout = 600_000;

/** In continuous integration a missing runtime fails. */
function findLack({ name, runtime }: Example): string | undefined {
  if (name === "next" && isCompilerMissing) return "no compiler for this platform: @next/swc-*";
  if (runtime === undefined || hasRuntime(runtime) || process.env["CI"] === "true") return undefined;
  return `no ${runtime}: npm ci --prefix matrix/runtimes`;
}

/** The problem that a challenge names (RFC 6750 §3). */
const errorOf = (challenge: string | undefined) => /\berror="([^"]*)"/.exec(challenge ?? "")?.[1];

// One after another: two cores are shared with the tenant.
for (const example of examples) {
  const lack = findLack(example);
  describe.skipIf(lack !== undefined)(lack ? `${example.name} (${lack})` : example.name, () => {
    const { driver, hasCors } = example;
    const expected = driver.answers ?? answers;
    let tenant: Tenant;
    let server: Awaited<ReturnType<typeof serveExample>>;

    beforeAll(() => prepareBuild(example), buildTimeout);
    beforeAll(async () => {
      const port = String(await pickPort(0, host));
      const apis = toApis(example, { host, port });
      tenant = apis ? await createTenant({ port: 0, apis }) : shared;
      const env = { ...unset, ...toEnvironment(tenant), CORS_ORIGINS: `${page}, http://localhost:5173` };
      server = await serveExample(example, { host, port, env });
    });
    // Ends only when the example itself has ended, and not npm alone.
    afterAll(async () => {
      await server?.stop();
      await server?.ended;
      if (tenant !== shared) await tenant?.close();
    });

    async function ask(operation: Operation, request?: TokenRequest) {
      const token = request && (await tenant.token(request)).access_token;
      const answer = await driver.ask({ url: server.url, operation, token });
      expect(answer.text, "a page for people").not.toMatch(/<html|<!doctype/i);
      return answer;
    }

    /** Refused, and in protocols over HTTP with this status and challenge. */
    async function expectRefusal(
      [operation, request]: readonly [Operation, TokenRequest?],
      { status, error, reason }: { status: number; error: string | undefined; reason: string },
    ) {
      const answer = await ask(operation, request);
      expect(answer.isAccepted).toBe(false);
      if (answer.status === undefined) {
        expect(answer.reason).toBe(reason);
        return;
      }
      expect([answer.status, errorOf(answer.challenge)]).toEqual([status, error]);
      expect(answer.challenge).toMatch(/^Bearer realm="api"/);
      if (status === 403) expect(answer.challenge).toContain('scope="read:admin"');
    }

    test("the public one answers without a token", async () => {
      expect(await ask("public")).toMatchObject({ isAccepted: true, body: expected.public });
    });

    test("the private one refuses a request without a token, with a challenge (RFC 6750 §3)", async () => {
      await expectRefusal(["private"], { status: 401, error: undefined, reason: "credentials_missing" });
    });

    test.each([
      ["expired", "expired"],
      ["wrong-audience", "audience_mismatch"],
    ] as const)("the private one refuses a token that is %s", async (fault, reason) => {
      await expectRefusal(["private", { as: "alice", fault }], { status: 401, error: "invalid_token", reason });
    });

    test("the private one answers a token with its user", async () => {
      const body = expected.private;
      expect(await ask("private", { as: "alice" })).toMatchObject({ isAccepted: true, body });
    });

    test("the admin one refuses a token without the permission, and names it", async () => {
      await expectRefusal(["admin", { as: "bob" }], {
        ...{ status: 403, error: "insufficient_scope", reason: "permission_missing" },
      });
    });

    test("the admin one answers a token with the permission", async () => {
      const body = expected.admin;
      expect(await ask("admin", { as: "alice" })).toMatchObject({ isAccepted: true, body });
    });

    test("the user one tells facts about its user", async () => {
      const answer = await ask("user", { as: "alice" });
      expect([answer.isAccepted, answer.body]).toEqual([true, expected.user]);
    });

    const path = driver.preflight?.("private");
    if (!hasCors || path === undefined) return;

    test("a page on the list may call it and read the challenge; no other page may", async () => {
      const url = `${server.url}${path}`;
      const asked = { "access-control-request-method": "GET", "access-control-request-headers": "authorization" };
      const preflight = async (origin: string) =>
        (await fetch(url, { method: "OPTIONS", headers: { ...asked, origin } })).headers;
      const allowed = await preflight(page);
      expect(allowed.get("access-control-allow-origin")).toBe(page);
      expect(allowed.get("access-control-allow-headers")).toMatch(/authorization|\*/i);
      expect(allowed.get("access-control-allow-credentials")).not.toBe("true");
      for (const other of ["https://elsewhere.example.com", "null"]) {
        expect((await preflight(other)).get("access-control-allow-origin")).toBeNull();
      }
      const { status, headers } = await fetch(url, { headers: { origin: page } });
      expect(headers.get("access-control-allow-origin")).toBe(page);
      if (status === 401) expect(headers.get("access-control-expose-headers")).toMatch(/www-authenticate/i);
    });
  });
}
