// What an API publishes of itself (RFC 9728), as the challenge names it.
import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { protect } from "../../../../src/adapters/node.js";
import { createGuard } from "../../../../src/index.js";
import { listenWith } from "../../../adapters/support/listen.js";
import { openClinic, refuse } from "../_api.js";
import { expectFinding } from "../_examine.js";

const { tenant, keep, examineApi } = openClinic();

describe("Metadata of the API", () => {
  /** An API that serves its metadata at `/metadata`. */
  async function examineMetadata(document: unknown, address = "/metadata", args: readonly string[] = []) {
    const server = createServer((request, response) => {
      if (request.url === "/metadata") {
        return document === undefined
          ? refuse(response, { status: 404 })
          : refuse(response, { status: 200, body: JSON.stringify(document) });
      }
      const base = `http://${request.headers.host}`;
      const named = URL.canParse(address) ? address : `${base}${address}`;
      const error = request.headers.authorization ? ', error="invalid_token"' : "";
      const sent = request.headersDistinct["authorization"] ?? [];
      const challenge = `Bearer resource_metadata="${named}"${error}`;
      refuse(response, { status: sent.length > 1 ? 400 : 401, headers: { "www-authenticate": challenge } });
    });
    const listening = keep(await listenWith(server));
    return { base: listening.origin, seen: await examineApi(`${listening.origin}/api`, ...args) };
  }

  it("of an API behind the guard is right", async () => {
    const server = createServer();
    const listening = keep(await listenWith(server));
    const { issuer, audience } = tenant();
    const guard = createGuard({ issuer, audience, resource: listening.origin });
    const published = guard.metadata() ?? { path: "", url: "", headers: {}, body: undefined };
    const protectedHandler = protect(guard, (_request, response) => void response.end());
    server.on("request", (request, response) => {
      if (request.url !== published.path) return protectedHandler(request, response);
      response.writeHead(200, published.headers).end(JSON.stringify(published.body));
    });
    const seen = await examineApi(`${listening.origin}/api`);
    expect(seen.codes).toEqual([]);
    expect(seen.checks.find(({ title }) => title === "API: metadata")?.note).toBe(published.url);
  });

  it("that is not there is found out", async () => {
    const { base, seen } = await examineMetadata(undefined);
    expect(expectFinding(seen, "api_metadata_unreachable", `${base}/metadata`).message).toContain("404");
    expect(seen.codes).toEqual(["api_metadata_unreachable"]);
  });

  it("over plain http elsewhere is not fetched", async () => {
    const { seen } = await examineMetadata({}, "http://api.acme.test/metadata");
    expectFinding(seen, "api_metadata_address", "http://api.acme.test/metadata");
  });

  it("for another resource is found out", async () => {
    const document = { resource: "https://api.acme.test", authorization_servers: [tenant().issuer] };
    const { base, seen } = await examineMetadata(document);
    expectFinding(seen, "api_metadata_resource", "https://api.acme.test");
    expect(seen.findings.find(({ code }) => code === "api_metadata_resource")).toMatchObject({ expected: base });
    expect(seen.codes).toEqual(["api_metadata_resource"]);
  });

  it("of an MCP server with Auth0 as its issuer is told what Auth0 does with `resource`, and no other is", async () => {
    const auth0 = "https://gatewarden-doctor.invalid.auth0.com/";
    const { base, seen } = await examineMetadata({ authorization_servers: [auth0] }, "/metadata", ["--issuer", auth0]);
    const finding = expectFinding(seen, "auth0_resource_parameter", auth0, "Resource Parameter Compatibility Profile");
    expect(finding).toMatchObject({ severity: "info", message: expect.stringContaining(base) });
    const other = await examineMetadata({ authorization_servers: [tenant().issuer] });
    expect(other.seen.findings.map(({ code }) => code)).not.toContain("auth0_resource_parameter");
  });

  it("that names another issuer is found out", async () => {
    const { base, seen } = await examineMetadata({ resource: "x", authorization_servers: ["https://other.test/"] });
    expectFinding(seen, "api_metadata_issuer", "https://other.test/", tenant().issuer);
    expect(base).toContain("http://");
  });
});
