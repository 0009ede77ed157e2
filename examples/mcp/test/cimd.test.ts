// The dance without registration: the client's id is the https address of a document about it
// (CIMD, which MCP's revision 2026-07-28 prefers). The tenant is a process that trusts its server.
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTenantProcess } from "../../../packages/dev/test/support/tenant-process.js";
import { createIdentity } from "../../../packages/gatewarden/test/support/certificates.js";
import { clientMetadata, ModernApplication, readJson } from "./support/client-v2.js";
import { reserve, toTenantOptions } from "./support/protected.js";

const identity = createIdentity("client.test");
const documents = createServer({ key: identity.key, cert: identity.cert }, (_request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ client_id: clientId, ...clientMetadata }));
});
let clientId: string;
let server: Awaited<ReturnType<typeof reserve>>;
let directory: string;

beforeAll(async () => {
  documents.listen(0, "127.0.0.1");
  await once(documents, "listening");
  clientId = `https://127.0.0.1:${(documents.address() as AddressInfo).port}/client.json`;
  server = await reserve();
  directory = await mkdtemp(join(tmpdir(), "gatewarden-cimd-"));
  const config = {
    ...toTenantOptions(server.url, { permissions: ["read:reports"], rbac: false }),
    clientMetadataDocuments: [clientId],
  };
  await writeFile(join(directory, "gatewarden.dev.json"), JSON.stringify(config));
  await writeFile(join(directory, "ca.pem"), identity.cert);
  const { port } = await startTenantProcess(directory, { NODE_EXTRA_CA_CERTS: join(directory, "ca.pem") });
  server.serve(`http://127.0.0.1:${port}/`);
});

afterAll(async () => {
  documents.closeAllConnections();
  documents.close();
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

test("a client with a document logs in under its address, registers nowhere, and steps up", async () => {
  const application = new ModernApplication(server.url, { clientMetadataUrl: clientId, scope: "openid" });
  expect(readJson(await application.call("whoami", "bob"))).toMatchObject({ subject: "auth0|bob", clientId });
  expect(readJson(await application.call("list_reports", "bob"))).toEqual(["2025 annual", "2026 first quarter"]);
  expect([...new Set(application.requests)]).toEqual([
    "POST /mcp 401",
    "GET /.well-known/oauth-protected-resource/mcp 200",
    "GET /.well-known/oauth-authorization-server 200",
    "POST /oauth/token 200",
    "POST /mcp 200",
    "POST /mcp 403",
  ]);
  expect(application.logins[0]?.searchParams.get("client_id")).toBe(clientId);
});
