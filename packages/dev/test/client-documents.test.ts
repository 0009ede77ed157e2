// Clients that describe themselves in a document at their client id (CIMD): real https, real fetches.
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createIdentity } from "../../gatewarden/test/support/certificates.js";
import { configFileName, createTenant } from "../src/index.js";
import { Browser } from "./support/browser.js";
import { redeem, redirectUri, startLogin } from "./support/client.js";
import { startTenantProcess } from "./support/tenant-process.js";
import { makeDirectory, startTenant } from "./support/tenants.js";

const identity = createIdentity("documents.test");
const fetched: string[] = [];
const documents = createServer({ key: identity.key, cert: identity.cert }, ({ url = "/" }, response) => {
  fetched.push(url);
  const elsewhere = url === "/elsewhere.json";
  const document = {
    client_id: `${origin}${url}`,
    client_name: "A client with a document",
    redirect_uris: [elsewhere ? "https://evil.example/callback" : redirectUri],
    grant_types: ["authorization_code"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  };
  response.setHeader("content-type", "application/json").end(JSON.stringify(document));
});
let origin: string;
let tenant: { readonly issuer: string; readonly audience: string };

beforeAll(async () => {
  documents.listen(0, "127.0.0.1");
  await once(documents, "listening");
  origin = `https://127.0.0.1:${(documents.address() as AddressInfo).port}`;
  const directory = await makeDirectory();
  const listed = ["/client.json", "/elsewhere.json"].map((path) => `${origin}${path}`);
  await writeFile(join(directory, configFileName), JSON.stringify({ clientMetadataDocuments: listed }));
  await writeFile(join(directory, "ca.pem"), identity.cert);
  const { port } = await startTenantProcess(directory, { NODE_EXTRA_CA_CERTS: join(directory, "ca.pem") });
  tenant = { issuer: `http://127.0.0.1:${port}/`, audience: "https://api.gatewarden.local" };
});

afterAll(() => {
  documents.closeAllConnections();
  documents.close();
});

beforeEach(() => {
  fetched.length = 0;
});

const isOffered = async (issuer: string): Promise<unknown> => {
  const metadata = await (await fetch(new URL("/.well-known/oauth-authorization-server", issuer))).json();
  return (metadata as Record<string, unknown>)["client_id_metadata_document_supported"];
};

test("a client with a listed document logs in without being registered", async () => {
  expect(await isOffered(tenant.issuer)).toBe(true);
  const clientId = `${origin}/client.json`;
  const login = await startLogin(tenant, { scope: "read:reports" }, clientId);
  const browser = new Browser(tenant.issuer);
  const { html, url } = await browser.read(login.url);
  expect(html).toContain("A client with a document");
  const tokens = await redeem(login, await browser.submit(url, { persona: "bob" }), { clientId });
  const claims = JSON.parse(Buffer.from(tokens.access_token.split(".")[1] ?? "", "base64url").toString());
  expect(claims).toMatchObject({ client_id: clientId, sub: "auth0|bob", scope: "read:reports" });
  expect(fetched).toEqual(["/client.json"]);
});

test("a document that is not listed is not fetched", async () => {
  const login = await startLogin(tenant, {}, `${origin}/other.json`);
  expect((await new Browser(tenant.issuer).read(login.url)).status).toBe(400);
  expect(fetched).toEqual([]);
});

test("a document cannot send codes to another machine", async () => {
  const login = await startLogin(tenant, {}, `${origin}/elsewhere.json`);
  login.url.searchParams.set("redirect_uri", "https://evil.example/callback");
  expect((await new Browser(tenant.issuer).read(login.url)).status).toBe(400);
});

test("a tenant without listed documents offers none, and fetches none", async () => {
  const plain = await startTenant();
  expect(await isOffered(plain.issuer)).toBeUndefined();
  const login = await startLogin(plain, {}, `${origin}/client.json`);
  expect((await new Browser(plain.issuer).read(login.url)).status).toBe(400);
  expect(fetched).toEqual([]);
});

test("a document must be at an https address", async () => {
  const attempt = createTenant({ port: 0, clientMetadataDocuments: ["http://127.0.0.1/client.json"] });
  await expect(attempt).rejects.toThrow('clientMetadataDocuments[0] is "http://127.0.0.1/client.json"');
});
