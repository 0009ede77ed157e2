// The OpenAPI document says what the routes do, and where to log in.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { type Example, startApp, startExample } from "../support/example.js";

const flow = z.object({ authorizationUrl: z.string(), tokenUrl: z.string(), scopes: z.record(z.string(), z.string()) });
const documentSchema = z.object({
  openapi: z.string(),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
        responses: z.looseObject({}),
      }),
    ),
  ),
  components: z.object({
    securitySchemes: z.object({
      oauth2: z.object({ type: z.literal("oauth2"), flows: z.object({ authorizationCode: flow }) }),
    }),
  }),
});

async function readDocument(url: string) {
  const response = await fetch(`${url}/docs/json`);
  expect(response.status).toBe(200);
  return documentSchema.parse(await response.json());
}

async function readFlow(url: string) {
  return (await readDocument(url)).components.securitySchemes.oauth2.flows.authorizationCode;
}

let example: Example;

beforeAll(async () => {
  example = await startExample({ DOCS_CLIENT_ID: "docs-client" });
});

afterAll(() => example.close());

describe("the document", () => {
  test("is OpenAPI 3.1", async () => {
    expect((await readDocument(example.url)).openapi).toMatch(/^3\.1\./);
  });

  test("is where the address of the API leads, as a page", async () => {
    const response = await fetch(example.url);
    expect({ status: response.status, url: response.url }).toEqual({ status: 200, url: `${example.url}/docs` });
    expect(await response.text()).toContain("<title>Gatewarden example API</title>");
  });

  test("is YAML as well", async () => {
    expect(await (await fetch(`${example.url}/docs/yaml`)).text()).toMatch(/^openapi: 3\.1/);
  });

  test.each([
    ["/healthz", undefined],
    ["/api/public", undefined],
    ["/api/private", [{ oauth2: [] }]],
    ["/api/user", [{ oauth2: [] }]],
    ["/api/payout", [{ oauth2: [] }]],
    ["/api/admin", [{ oauth2: ["read:admin"] }]],
  ])("says what %s needs", async (path, security) => {
    expect((await readDocument(example.url)).paths[path]?.["get"]?.security).toEqual(security);
  });

  test("asks for a token exactly where the API does", async () => {
    const { paths } = await readDocument(example.url);
    for (const [path, operations] of Object.entries(paths)) {
      const { status } = await fetch(`${example.url}${path}`);
      expect({ path, status }).toEqual({ path, status: operations["get"]?.security === undefined ? 200 : 401 });
    }
  });

  test("declares every scope that a route demands", async () => {
    const { paths, components } = await readDocument(example.url);
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const demanded = operations.flatMap(({ security = [] }) => security.flatMap((one) => Object.values(one).flat()));
    const declared = Object.keys(components.securitySchemes.oauth2.flows.authorizationCode.scopes);
    expect(declared).toEqual(expect.arrayContaining(demanded));
  });
});

describe("the page", () => {
  test("is open to everybody, with a policy that lets it reach the token endpoint and nothing else", async () => {
    const response = await fetch(`${example.url}/docs`);
    expect(response.status).toBe(200);
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain(`connect-src 'self' ${example.tenant.url};`);
  });

  test.each(["swagger-ui-bundle.js", "swagger-ui.css", "oauth2-redirect.html", "oauth2-redirect.js"])(
    "comes with %s",
    async (name) => {
      const { status } = await fetch(`${example.url}/docs/static/${name}`, { method: "HEAD" });
      expect(status).toBe(200);
    },
  );

  test("logs in as the configured client, with PKCE and the audience", async () => {
    const script = await (await fetch(`${example.url}/docs/static/swagger-initializer.js`)).text();
    expect(script).toContain('"clientId":"docs-client"');
    expect(script).toContain('"usePkceWithAuthorizationCodeGrant":true');
    expect(script).toContain(`"audience":"${example.tenant.audience}"`);
  });
});

describe("the login's endpoints", () => {
  test("are those of the issuer's metadata", async () => {
    const metadata = { authorization_endpoint: "https://login.example/a", token_endpoint: "https://login.example/t" };
    const issuer = createServer((_request, response) => response.end(JSON.stringify(metadata)));
    await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
    const { port } = issuer.address() as AddressInfo;
    const app = await startApp({ ISSUER_BASE_URL: `http://127.0.0.1:${port}`, AUDIENCE: "https://api.example" });
    onTestFinished(async () => {
      await app.close();
      issuer.close();
    });
    expect(await readFlow(app.url)).toMatchObject({
      authorizationUrl: metadata.authorization_endpoint,
      tokenUrl: metadata.token_endpoint,
    });
    const policy = (await fetch(`${app.url}/docs`)).headers.get("content-security-policy");
    expect(policy).toContain("connect-src 'self' https://login.example;");
  });

  test("are Auth0's while the issuer does not answer", async () => {
    const app = await startApp({ AUTH0_DOMAIN: "127.0.0.1:1", AUTH0_AUDIENCE: "https://api.example" });
    onTestFinished(() => app.close());
    expect(await readFlow(app.url)).toMatchObject({
      authorizationUrl: "http://127.0.0.1:1/authorize",
      tokenUrl: "http://127.0.0.1:1/oauth/token",
    });
  });
});
