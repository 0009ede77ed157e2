// The gateway over real sockets, as a proxy asks it.
import { describe, expect, test } from "vitest";
import { startTestGateway } from "./support/gateway.js";

const rules = `
rules:
  - path: /health
    public: true
  - path: /feed
    optional: true
  - path: /admin/**
    permission: read:admin
  - path: /me
    authenticated: true
`;

describe("A request", () => {
  test("passes a public path without a token, and with every identity header empty", async () => {
    const { ask } = await startTestGateway(rules);
    const answer = await ask({ target: "/health" });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ "x-auth-subject": "", "x-auth-permissions": "" });
  });

  test("passes with a valid token, and its identity travels in headers", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    const token = issuer.token({ sub: "auth0|alice", permissions: ["read:admin"] });
    const answer = await ask({ target: "/admin/reports?year=2026", token });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ "x-auth-subject": "auth0|alice", "x-auth-permissions": "read:admin" });
  });

  test("is refused without a token (401), with the challenge", async () => {
    const { ask } = await startTestGateway(rules);
    const answer = await ask({ target: "/me" });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="api"');
  });

  test("is refused without the permission (403), with the challenge", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    const answer = await ask({ target: "/admin", token: issuer.token() });
    expect(answer.status).toBe(403);
    expect(answer.headers["www-authenticate"]).toContain('error="insufficient_scope"');
  });

  test("is refused where no rule allows it (403)", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    const answer = await ask({ target: "/elsewhere", token: issuer.token() });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ reason: "rule_missing" });
  });
});
