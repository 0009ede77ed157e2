// CORS: pages on the list may call this API and read why they were refused; no others.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Example, startExample } from "./support/example.js";

const listed = "http://localhost:5173";
const alsoListed = "https://app.example.com";
const foreign = "https://evil.example";

let example: Example;

beforeAll(async () => {
  example = await startExample({ CORS_ORIGINS: ` ${listed}, ${alsoListed},` });
});

afterAll(() => example.close());

function preflight(origin: string): Promise<Response> {
  return fetch(`${example.url}/api/private`, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "GET", "access-control-request-headers": "authorization" },
  });
}

test.each([listed, alsoListed])("lets %s read an answer", async (origin) => {
  const response = await fetch(`${example.url}/api/public`, { headers: { origin } });
  expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  expect(response.headers.get("vary")).toContain("Origin");
});

test.each([foreign, "http://localhost:5174", `${listed}.evil.example`, "null"])(
  "lets %s read nothing",
  async (origin) => {
    const response = await fetch(`${example.url}/api/public`, { headers: { origin } });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  },
);

test("lets a listed page read the challenge of a refusal", async () => {
  const response = await fetch(`${example.url}/api/private`, { headers: { origin: listed } });
  expect(response.status).toBe(401);
  expect(response.headers.get("access-control-allow-origin")).toBe(listed);
  expect(response.headers.get("access-control-expose-headers")).toContain("WWW-Authenticate");
  expect(response.headers.get("access-control-expose-headers")).toContain("DPoP-Nonce");
});

test("answers a preflight for a protected route without asking for a token", async () => {
  const response = await preflight(listed);
  expect(response.status).toBe(204);
  expect(response.headers.get("access-control-allow-origin")).toBe(listed);
  expect(response.headers.get("access-control-allow-headers")).toContain("Authorization");
  expect(response.headers.get("access-control-allow-headers")).toContain("DPoP");
});

test("allows a foreign page nothing in a preflight", async () => {
  const response = await preflight(foreign);
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
});

test("never allows credentials", async () => {
  const response = await preflight(listed);
  expect(response.headers.get("access-control-allow-credentials")).toBeNull();
});

test("protects a request that only looks like a preflight", async () => {
  const headers = { origin: listed, "access-control-request-method": "GET" };
  expect((await fetch(`${example.url}/api/private`, { headers })).status).toBe(401);
});
