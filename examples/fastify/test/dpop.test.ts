// Tokens that are bound to their client's key (RFC 9449): an independent client proves them, the real local tenant issues them.
import { generateKeyPair, generateProof, type KeyPair } from "dpop";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Example, startApp, startExample } from "./support/example.js";

let example: Example;
let keys: KeyPair;
let token: string;

beforeAll(async () => {
  example = await startExample();
  keys = await generateKeyPair("ES256");
  token = await requestToken();
});

afterAll(() => example.close());

async function requestToken(): Promise<string> {
  const { url: tenant, audience } = example.tenant;
  const url = `${tenant}/oauth/token`;
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Basic ${btoa("machine:machine-secret")}`, dpop: await generateProof(keys, url, "POST") },
    body: new URLSearchParams({ grant_type: "client_credentials", audience }),
  });
  const answer = (await response.json()) as { access_token: string; token_type: string };
  expect(answer.token_type).toBe("DPoP");
  return answer.access_token;
}

const prove = (url: string) => generateProof(keys, url, "GET", undefined, token);

async function get(url: string, headers: Record<string, string>) {
  const response = await fetch(url, { headers });
  const body = (await response.json()) as { code?: string };
  return { status: response.status, code: body.code, challenge: response.headers.get("www-authenticate") };
}

test("a bound token with its proof is answered", async () => {
  const url = `${example.url}/api/private`;
  expect(await get(url, { authorization: `DPoP ${token}`, dpop: await prove(url) })).toMatchObject({ status: 200 });
});

test("a plain token is answered beside it", async () => {
  expect(await get(`${example.url}/api/private`, await example.bearer())).toMatchObject({ status: 200 });
});

test("a bound token is no bearer token, with a proof or without", async () => {
  const url = `${example.url}/api/private`;
  const authorization = `Bearer ${token}`;
  const refused = { status: 401, code: "binding_unproven" };
  expect(await get(url, { authorization })).toMatchObject(refused);
  expect(await get(url, { authorization, dpop: await prove(url) })).toMatchObject(refused);
});

test("a proof is good for one request", async () => {
  const url = `${example.url}/api/private`;
  const headers = { authorization: `DPoP ${token}`, dpop: await prove(url) };
  expect(await get(url, headers)).toMatchObject({ status: 200 });
  expect(await get(url, headers)).toMatchObject({ status: 401, code: "dpop_replayed" });
});

test("a refusal offers both schemes", async () => {
  const { challenge } = await get(`${example.url}/api/private`, {});
  expect(challenge).toMatch(/^Bearer realm="api", DPoP realm="api", algs="/);
});

test("behind a proxy, a proof names the URL that clients know", async () => {
  const { issuer, audience } = example.tenant;
  const env = { ISSUER_BASE_URL: issuer, AUDIENCE: audience, RESOURCE_URL: "https://api.public.example" };
  const app = await startApp(env);
  const authorization = `DPoP ${token}`;
  const known = await prove("https://api.public.example/api/private");
  expect(await get(`${app.url}/api/private`, { authorization, dpop: known })).toMatchObject({ status: 200 });
  const inner = await prove(`${app.url}/api/private`);
  const refused = await get(`${app.url}/api/private`, { authorization, dpop: inner });
  expect(refused).toMatchObject({ status: 401, code: "dpop_target_mismatch" });
  await app.close();
});
