// `gatewarden gateway test`.
import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";

const rules = `
proxy: nginx
guard: { issuer: https://acme.eu.auth0.com/, audience: https://api.acme.com, claimNames: { roles: groups } }
rules:
  - { name: health, path: /health, public: true }
  - { path: /admin/**, permission: read:admin }
  - { path: /staff, role: staff }
  - { path: /mcp, methods: POST, mcp: { tools: { whoami: true, delete: { permission: write } } } }
  - { path: /**, authenticated: true }
`;

const runTests = (cases: string) =>
  runCli(["test", "{cases.yaml}"], { "cases.yaml": `rules: rules.yaml\n${cases}`, "rules.yaml": rules });

describe("gateway test", () => {
  test("ends with 0 if every case ends as expected", async () => {
    const { code, out } = await runTests(`
personas:
  admin: { sub: auth0|ada, permissions: [read:admin] }
  user: { sub: auth0|bob }
cases:
  - { request: GET /health, expect: { status: 200, rule: health, headers: { X-Auth-Subject: "" } } }
  - { request: GET /admin/users, as: admin, expect: { status: 200, headers: { X-Auth-Subject: "auth0|ada", X-Auth-Permissions: "read:admin" } } }
  - { request: GET /admin/users, as: user, expect: { status: 403, reason: permission_missing } }
  - { request: GET /admin/users, expect: 401 }
  - { request: /admin/../health, expect: { status: 400, reason: path_dot_segment } }
  - { request: GET /x, token: { expiresIn: -60 }, expect: { status: 401, reason: expired } }
  - { request: GET /staff, token: { claims: { groups: [staff] } }, expect: allowed }
  - { request: { method: POST, target: /mcp, headers: { Mcp-Method: tools/call, Mcp-Name: delete, MCP-Protocol-Version: "2026-07-28" } }, as: user, expect: { status: 403, reason: permission_missing } }
`);
    expect(out).toContain("8 of 8 as expected");
    expect(code).toBe(0);
  });

  test("ends with 1 if one does not, and says what happened instead", async () => {
    const { code, out } = await runTests(
      "cases:\n  - { name: a guest is an admin, request: GET /admin, expect: allowed }\n",
    );
    expect(out).toBe(
      "x error a guest is an admin\n        line 3: the status is 401, expected 200\n        line 3: the reason is credentials_missing\n0 of 1 as expected\n",
    );
    expect(code).toBe(1);
  });

  test.each([
    [
      "an unknown persona",
      "personas: { alice: {} }\ncases:\n  - { request: GET /, as: alise, expect: allowed }",
      'there is no persona "alise"; did you mean "alice"?',
    ],
    ["an unknown member", "cases:\n  - { request: GET /, expects: allowed }", "4:5 error"],
    [
      "a malformed request",
      "cases:\n  - { request: get it, expect: allowed }",
      '"request" must be a method and a target',
    ],
  ])("ends with 2 for %s", async (_name, cases, message) => {
    const { code, error } = await runTests(cases.replace(/^/, "\n"));
    expect(error).toContain(message);
    expect(code).toBe(2);
  });
});
