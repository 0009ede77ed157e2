// The log: one line per request, with the reason of a refusal and nothing that must not be kept.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Example, type LogLine, startApp, startExample } from "./support/example.js";

let example: Example;

beforeAll(async () => {
  example = await startExample();
});

afterAll(() => example.close());

/** Lines are written once the answer is out, so the client may be a little ahead of them. */
function waitForLines(lines: readonly LogLine[], path: string): Promise<readonly LogLine[]> {
  return vi.waitFor(() => {
    const found = lines.filter((line) => line["path"] === path);
    expect(found).not.toHaveLength(0);
    return found;
  });
}

test("a refusal is one line with its reason, the token's issuer and fingerprint, and the request's id", async () => {
  await fetch(`${example.url}/api/admin`, { headers: await example.bearer({ as: "bob" }) });
  const found = await waitForLines(example.lines, "/api/admin");
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ method: "GET", status: 403, reason: "permission_missing", msg: "request refused" });
  const { issuer } = example.tenant;
  const fingerprint = expect.stringMatching(/^[\w-]{16}$/);
  expect(found[0]).toMatchObject({ outcome: "refused", issuer, fingerprint, duration: expect.any(Number) });
  expect(found[0]?.["reqId"]).toEqual(expect.stringMatching(/./));
});

test("an accepted request is one line without a reason", async () => {
  await fetch(`${example.url}/api/user`, { headers: await example.bearer({ as: "alice" }) });
  const found = await waitForLines(example.lines, "/api/user");
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ status: 200, msg: "request answered" });
  expect(found[0]).not.toHaveProperty("reason");
});

test("holds no token, no claim and no query", async () => {
  const { access_token } = await example.tenant.token({ as: "alice", claims: { secret: "hush-hush" } });
  const [, payload = "", signature = ""] = access_token.split(".");
  await fetch(`${example.url}/api/private?access_token=${access_token}`);
  await fetch(`${example.url}/api/nothing?access_token=${access_token}`);
  await fetch(`${example.url}/api/private`, { headers: { authorization: `Bearer ${access_token}x` } });
  await waitForLines(example.lines, "/api/private");
  await waitForLines(example.lines, "/api/nothing");
  for (const secret of [payload, signature, "hush-hush", "auth0|alice", "alice@acme.example"]) {
    expect(example.text()).not.toContain(secret);
  }
});

test("an outage of the issuer is an error with its cause", async () => {
  const app = await startApp({ ISSUER_BASE_URL: "http://127.0.0.1:1/", AUDIENCE: "https://api.example" });
  const issued = await example.tenant.token({ as: "alice" });
  const [header, , signature] = issued.access_token.split(".");
  const claims = { iss: "http://127.0.0.1:1/", aud: "https://api.example", exp: 4_000_000_000 };
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  const authorization = `Bearer ${header}.${payload}.${signature}`;
  const response = await fetch(`${app.url}/api/private`, { headers: { authorization } });
  expect(response.status).toBe(503);
  const [line] = await waitForLines(app.lines, "/api/private");
  expect(line).toMatchObject({ level: 50, status: 503, reason: "keys_unavailable" });
  expect(line?.["cause"]).toEqual(expect.stringMatching(/./));
  await app.close();
});
