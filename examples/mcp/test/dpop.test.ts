// Tokens bound to a key (SEP-1932, RFC 9449): the second major's client, then proofs that an MCP
// server must refuse, as listed in modelcontextprotocol/conformance#369.
import { type DpopKeyPair, DpopSession, generateDpopKeyPair } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ModernApplication, readJson } from "./support/client-v2.js";
import { createProof, type Parts } from "./support/proofs.js";
import { type Protected, startProtected } from "./support/protected.js";

let server: Protected;
let keys: DpopKeyPair;
let application: ModernApplication;
let token: string;

beforeAll(async () => {
  server = await startProtected({ permissions: ["read:reports"] });
  keys = await generateDpopKeyPair();
  application = new ModernApplication(server.url, { dpop: await DpopSession.create({ keyPair: keys }) });
  await application.call("whoami", "carol");
  token = application.tokens()?.access_token ?? "";
});

afterAll(() => server.close());

const proof = (parts: Parts = {}) => createProof(keys, server.url, token, parts);

async function post(headers: Readonly<Record<string, string>>): Promise<Response> {
  const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "whoami", arguments: {} } };
  return fetch(server.url, {
    method: "POST",
    headers: { accept: "application/json, text/event-stream", "content-type": "application/json", ...headers },
    body: JSON.stringify(message),
  });
}

const present = async (parts?: Parts) => post({ authorization: `DPoP ${token}`, dpop: await proof(parts) });

describe("The client", () => {
  test("gets a bound token, proves its key in every request, and steps up", async () => {
    expect(application.tokens()?.token_type.toLowerCase()).toBe("dpop");
    expect(readJson(await application.call("list_reports", "bob"))).toEqual(["2025 annual", "2026 first quarter"]);
    expect(application.requests).toContain("POST /mcp 403");
    expect(application.challenges.find((one) => one.includes("insufficient_scope"))).toMatch(
      /DPoP .*error="insufficient_scope"/,
    );
  });
});

describe("A proof", () => {
  test("that is right is accepted", async () => {
    expect((await present()).status).toBe(200);
  });

  test("that is as old as a slow client's is accepted", async () => {
    expect((await present({ claims: { iat: Math.floor(Date.now() / 1000) - 30 } })).status).toBe(200);
  });

  const now = Math.floor(Date.now() / 1000);
  const broken: readonly (readonly [string, Parts])[] = [
    ["has another type", { header: { typ: "jwt" } }],
    ["has no type", { header: { typ: undefined } }],
    ['has "alg": "none"', { header: { alg: "none" }, after: (one) => one.replace(/[^.]*$/, "") }],
    ["is signed with a secret", { header: { alg: "HS256" }, secret: "secret" }],
    ["has a changed signature", { after: (one) => `${one.slice(0, -6)}AAAAAA` }],
    ["carries no key", { header: { jwk: undefined } }],
    ["has no jti", { claims: { jti: undefined } }],
    ["has no htm", { claims: { htm: undefined } }],
    ["has no htu", { claims: { htu: undefined } }],
    ["has no iat", { claims: { iat: undefined } }],
    ["has no ath", { claims: { ath: undefined } }],
    ["is for another method", { claims: { htm: "GET" } }],
    ["is for another server", { claims: { htu: "https://other.test/mcp" } }],
    ["is for another token", { claims: { ath: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" } }],
    ["is more than five minutes old", { claims: { iat: now - 400 } }],
    ["is more than five minutes ahead", { claims: { iat: now + 400 } }],
  ];

  test.each(broken)("that %s is refused with 401 and a challenge (RFC 9449 §4.3)", async (_title, parts) => {
    const response = await present(parts);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(/DPoP .*error="invalid_dpop_proof"/);
  });

  test("of another key than the token's is refused (RFC 9449 §7.1)", async () => {
    const other = await createProof(await generateDpopKeyPair(), server.url, token, {});
    expect((await post({ authorization: `DPoP ${token}`, dpop: other })).status).toBe(401);
  });

  test("is good for one request (RFC 9449 §11.1)", async () => {
    const dpop = await proof();
    expect((await post({ authorization: `DPoP ${token}`, dpop })).status).toBe(200);
    expect((await post({ authorization: `DPoP ${token}`, dpop })).status).toBe(401);
  });

  test("must be the only one", async () => {
    const response = await post({ authorization: `DPoP ${token}`, dpop: `${await proof()}, ${await proof()}` });
    expect(response.status).toBe(401);
  });

  test("must be there", async () => {
    expect((await post({ authorization: `DPoP ${token}` })).status).toBe(401);
  });

  test("is needed under the scheme Bearer too: a bound token is none (RFC 9449 §7.2)", async () => {
    expect((await post({ authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await post({ authorization: `Bearer ${token}`, dpop: await proof() })).status).toBe(401);
  });

  test("is not needed for a plain token, which stays allowed", async () => {
    const plain = await server.tenant.token({ as: "carol" });
    expect((await post({ authorization: `Bearer ${plain.access_token}` })).status).toBe(200);
  });
});
