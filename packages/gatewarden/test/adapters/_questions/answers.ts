// Who gets in, who does not, and what the refused are told.
import { expect, test } from "vitest";
import { catalogue, type GuardOptions, type Reason } from "../../../src/index.js";
import { parseChallenge } from "../../support/challenge.js";
import { sendRaw } from "../../support/request.js";
import { type Bench, change, expectRefusal, toBody } from "../_bench.js";

export function askAccess({ start, bearer, tenant }: Bench): void {
  test("a valid token gets in and the handler gets its facts, first with keys to fetch, then with keys at hand", async () => {
    const get = await start();
    for (const _ of ["cold", "warm"]) {
      const answer = await get("/private", { headers: await bearer({ as: "bob" }) });
      expect(answer.status).toBe(200);
      expect(answer.json).toEqual({ user: "auth0|bob" });
    }
  });

  test("a token with what is needed gets in", async () => {
    const get = await start();
    const headers = await bearer({ as: "alice", permissions: ["read:admin"] });
    expect((await get("/permission", { headers })).status).toBe(200);
    expect((await get("/any", { headers })).status).toBe(200);
  });

  test("a token in the query, a cookie or a body is no token", async () => {
    const get = await start();
    const { access_token } = await tenant().token({ as: "alice" });
    const answer = await get(`/private?access_token=${access_token}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", cookie: `access_token=${access_token}` },
      body: `access_token=${access_token}`,
    });
    expect(answer.status).toBe(401);
    expect(answer.text).toContain("credentials_missing");
  });
}

export function askRefusals(bench: Bench): void {
  const { start, bearer } = bench;

  test.each<[string, Reason, () => Promise<Record<string, string>>]>([
    ["no header", "credentials_missing", async () => ({})],
    ["another scheme", "scheme_unsupported", async () => ({ authorization: "Basic dTpw" })],
    ["two words", "credentials_malformed", async () => ({ authorization: "Bearer Bearer x" })],
    ["two credentials in one header", "credentials_multiple", async () => ({ authorization: "Bearer a, Bearer b" })],
    ["an opaque token", "token_opaque", () => bearer({ as: "alice", audience: null })],
    ["nonsense", "token_malformed", async () => ({ authorization: "Bearer a.b.c" })],
    ["an unsigned token", "algorithm_none", async () => ({ authorization: `Bearer ${unsigned}` })],
    ["a changed token", "signature_invalid", async () => change(await bearer())],
  ])("%s is refused with %s", async (_name, reason, makeHeaders) => {
    const get = await start();
    expectRefusal(bench, await get("/private", { headers: await makeHeaders() }), reason);
  });

  test.each<[Reason, string, string?]>([
    ["permission_missing", "/permission", "read:admin"],
    ["scope_missing", "/scope", "read:messages"],
    ["role_missing", "/role"],
    ["claim_mismatch", "/claim"],
    ["organization_mismatch", "/organization"],
    ["requirement_not_met", "/any", "write:admin"],
  ])("a requirement that is not met is refused with %s", async (reason, path, scopes) => {
    const get = await start();
    const headers = await bearer({ as: "carol", permissions: [], scope: "profile", claims: { email_verified: false } });
    expectRefusal(bench, await get(path, { headers }), reason, scopes);
  });

  test.each<[Reason, GuardOptions]>([
    ["expired", { now: () => Date.now() / 1000 + 30 * 86_400 }],
    ["audience_mismatch", { audience: "https://another.api" }],
    ["issuer_untrusted", { issuer: "https://another.issuer/" }],
    ["check_failed", { claims: brokenSchema }],
  ])("%s", async (reason, options) => {
    const get = await start(options);
    expectRefusal(bench, await get("/private", { headers: await bearer() }), reason);
  });

  test.skipIf(bench.adapter.cannot?.readDuplicates)(
    "two Authorization headers are refused, also when they are equal",
    async () => {
      await start();
      const line = `Authorization: ${(await bearer()).authorization}`;
      const answer = await sendRaw(bench.origin(), [...getLines("/private"), line, line]);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('error="invalid_request"');
    },
  );

  test("HEAD is refused like GET, without a body", async () => {
    const get = await start();
    const answer = await get("/private", { method: "HEAD" });
    expect(answer).toMatchObject({ status: 401, challenge: 'Bearer realm="api"', text: "" });
  });
}

/** RFC 9470 §3. */
export function askStepUp({ adapter, start, bearer }: Bench): void {
  const login = (acr: string, ago: number) =>
    bearer({ as: "alice", claims: { acr, auth_time: Math.floor(Date.now() / 1000) - ago } });

  test("a login that is strong and recent enough gets in", async () => {
    const get = await start();
    expect(await get("/step-up", { headers: await login("gold", 0) })).toMatchObject({ status: 200 });
  });

  test.each<[Reason, string, number]>([
    ["authentication_too_weak", "bronze", 0],
    ["authentication_too_old", "gold", 3600],
  ])("%s is 401, and the challenge says what login is needed", async (reason, acr, ago) => {
    const get = await start();
    const answer = await get("/step-up", { headers: await login(acr, ago) });
    expect([answer.status, answer.json]).toEqual([401, (adapter.body ?? toBody)(reason)]);
    expect(parseChallenge(answer.challenge ?? "")).toEqual({
      scheme: "Bearer",
      parameters: {
        realm: "api",
        error: "insufficient_user_authentication",
        error_description: catalogue[reason].description,
        acr_values: "silver gold",
        max_age: "300",
      },
    });
  });
}

export function askOptional(bench: Bench): void {
  const { start, bearer } = bench;

  test("optional lets a request without a token in as nobody", async () => {
    const get = await start();
    expect(await get("/optional")).toMatchObject({ status: 200, json: { user: null } });
    expect(await get("/optional-permission")).toMatchObject({ status: 200, json: { user: null } });
  });

  test("optional tells the handler who called", async () => {
    const get = await start();
    expect(await get("/optional", { headers: await bearer() })).toMatchObject({ json: { user: "auth0|alice" } });
  });

  test("optional refuses an invalid token", async () => {
    const get = await start();
    expectRefusal(bench, await get("/optional", { headers: change(await bearer()) }), "signature_invalid");
  });

  test("optional refuses a token that does not grant what is needed", async () => {
    const get = await start();
    const headers = await bearer({ as: "carol", permissions: [] });
    expectRefusal(bench, await get("/optional-permission", { headers }), "permission_missing", "read:admin");
  });
}

export function askPreflight(bench: Bench): void {
  const origin = "https://app.acme.com";

  test("a preflight is not asked for a token, and runs no handler that is promised one", async () => {
    const get = await bench.start();
    const headers = { origin, "access-control-request-method": "POST" };
    const { status, text, challenge } = await get("/private", { method: "OPTIONS", headers });
    expect([status, text, challenge]).toEqual([204, "", undefined]);
  });

  test.each([
    ["no origin", "OPTIONS", { "access-control-request-method": "POST" }],
    ["no requested method", "OPTIONS", { origin }],
    ["another method", "POST", { origin, "access-control-request-method": "POST" }],
  ])("a request that looks like a preflight but has %s is asked for one", async (_name, method, headers) => {
    const get = await bench.start();
    expectRefusal(bench, await get("/private", { method, headers }), "credentials_missing");
  });
}

const unsigned = `${encode({ alg: "none", typ: "JWT" })}.${encode({ iss: "https://nobody/", sub: "admin" })}.`;

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

const brokenSchema = {
  "~standard": {
    version: 1 as const,
    vendor: "test",
    validate: (): never => {
      throw new Error("a secret of the application");
    },
  },
};

function getLines(path: string): readonly string[] {
  return [`GET ${path} HTTP/1.1`, "Host: api.local"];
}
