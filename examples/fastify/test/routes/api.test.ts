// The brief's API: every endpoint with every status that it can have.
import { createTenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Example, otherAudience, startExample } from "../support/example.js";

let example: Example;

beforeAll(async () => {
  example = await startExample();
});

afterAll(() => example.close());

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${example.url}${path}`, { headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe("GET /api/public", () => {
  test("answers everybody", async () => {
    expect(await get("/api/public")).toMatchObject({ status: 200, body: { message: "Public endpoint" } });
  });

  test("does not look at tokens", async () => {
    expect(await get("/api/public", { authorization: "Bearer nonsense" })).toMatchObject({ status: 200 });
  });
});

describe("GET /api/private", () => {
  test("answers a valid token with its user", async () => {
    expect(await get("/api/private", await example.bearer({ as: "alice" }))).toMatchObject({
      status: 200,
      body: { message: "Private endpoint", user_id: "auth0|alice" },
    });
  });

  test("refuses a request without a token, and names no error", async () => {
    const { status, headers, body } = await get("/api/private");
    expect(status).toBe(401);
    expect(body).toMatchObject({ statusCode: 401, code: "credentials_missing", error: "Unauthorized" });
    expect(headers.get("www-authenticate")).toMatch(/^Bearer realm="api", DPoP realm="api", algs="[^"]+"$/);
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test.each([
    ["another scheme", "Basic YWxpY2U6c2VjcmV0", 401, "scheme_unsupported"],
    ["two tokens", "Bearer one two", 400, "credentials_malformed"],
    ["nonsense", "Bearer a.b.c", 401, "token_malformed"],
  ])("refuses %s", async (_what, authorization, status, code) => {
    expect(await get("/api/private", { authorization })).toMatchObject({ status, body: { code } });
  });

  test("refuses the opaque token that a client without an audience gets", async () => {
    const answer = await get("/api/private", await example.bearer({ as: "alice", audience: null }));
    expect(answer).toMatchObject({ status: 401, body: { code: "token_opaque" } });
    expect(answer.headers.get("www-authenticate")).toContain('error="invalid_token"');
  });

  test("refuses a token for another API", async () => {
    const answer = await get("/api/private", await example.bearer({ as: "alice", audience: otherAudience }));
    expect(answer).toMatchObject({ status: 401, body: { code: "audience_mismatch" } });
  });

  test("refuses a token of another tenant", async () => {
    const other = await createTenant({ port: 0 });
    const { access_token } = await other.token({ as: "alice" });
    await other.close();
    const answer = await get("/api/private", { authorization: `Bearer ${access_token}` });
    expect(answer).toMatchObject({ status: 401, body: { code: "issuer_untrusted" } });
  });

  test("does not take a token from the query", async () => {
    const { access_token } = await example.tenant.token({ as: "alice" });
    expect(await get(`/api/private?access_token=${access_token}`)).toMatchObject({ status: 401 });
  });

  test("refuses HEAD without a token as well", async () => {
    const response = await fetch(`${example.url}/api/private`, { method: "HEAD" });
    expect(response.status).toBe(401);
  });
});

describe("GET /api/admin", () => {
  test("answers a token with the permission", async () => {
    const answer = await get("/api/admin", await example.bearer({ as: "alice" }));
    expect(answer).toMatchObject({ status: 200, body: { message: "Admin endpoint" } });
  });

  test("refuses a token without the permission, and names it", async () => {
    const { status, headers, body } = await get("/api/admin", await example.bearer({ as: "bob" }));
    expect(status).toBe(403);
    expect(body).toMatchObject({ statusCode: 403, code: "permission_missing", error: "Forbidden" });
    expect(headers.get("www-authenticate")).toMatch(/error="insufficient_scope".*scope="read:admin"/);
  });

  test("refuses a token with no permissions at all", async () => {
    const answer = await get("/api/admin", await example.bearer({ as: "alice", permissions: [] }));
    expect(answer).toMatchObject({ status: 403, body: { code: "permission_missing" } });
  });

  test("refuses a request without a token as unauthenticated, not as forbidden", async () => {
    expect(await get("/api/admin")).toMatchObject({ status: 401, body: { code: "credentials_missing" } });
  });
});

describe("GET /api/payout", () => {
  const seconds = () => Math.floor(Date.now() / 1000);

  test("answers a fresh login with a second factor", async () => {
    const claims = { acr: "mfa", auth_time: seconds() - 10 };
    const answer = await get("/api/payout", await example.bearer({ as: "alice", claims }));
    expect(answer).toMatchObject({ status: 200, body: { message: "Payout endpoint" } });
  });

  test.each([
    ["authentication_too_weak", () => ({ auth_time: seconds() })],
    ["authentication_too_old", () => ({ acr: "mfa", auth_time: seconds() - 3600 })],
  ])("refuses another login as %s, and says which one to ask for (RFC 9470 §3)", async (code, claims) => {
    const refused = await get("/api/payout", await example.bearer({ as: "alice", claims: claims() }));
    expect(refused).toMatchObject({ status: 401, body: { code } });
    const challenge = refused.headers.get("www-authenticate");
    expect(challenge).toContain('error="insufficient_user_authentication"');
    expect(challenge).toContain('acr_values="mfa", max_age="300"');
  });
});

describe("GET /api/user", () => {
  test("tells subject, e-mail address and the custom claim", async () => {
    const { status, body } = await get("/api/user", await example.bearer({ as: "alice" }));
    expect({ status, body }).toEqual({
      status: 200,
      body: { subject: "auth0|alice", email: "alice@acme.example", plan: "pro" },
    });
  });

  test("leaves out the custom claim that a token has not", async () => {
    const { status, body } = await get("/api/user", await example.bearer({ as: "carol" }));
    expect({ status, body }).toEqual({ status: 200, body: { subject: "auth0|carol", email: "carol@mail.example" } });
  });

  test("takes the token of a machine, which has neither", async () => {
    const { status, body } = await get("/api/user", await example.bearer({ client: "machine" }));
    expect({ status, body }).toEqual({ status: 200, body: { subject: expect.any(String) } });
  });

  test("refuses a custom claim of the wrong type", async () => {
    const answer = await get("/api/user", await example.bearer({ claims: { "https://gatewarden.local/plan": 7 } }));
    expect(answer).toMatchObject({ status: 401, body: { code: "claims_rejected" } });
  });

  test("refuses a request without a token", async () => {
    expect(await get("/api/user")).toMatchObject({ status: 401 });
  });
});

test("answers 404 for what there is not, without asking for a token", async () => {
  expect(await get("/api/nothing")).toMatchObject({ status: 404 });
});
