// The OpenAPI document at `/docs/json` and the interactive page at `/docs`, whose Authorize button logs in with PKCE.
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import type { Environment } from "../settings.js";
import { contentSecurityPolicy } from "./content-security-policy.js";
import { createEndpointSource, type LoginEndpoints } from "./login-endpoints.js";
import { readAudience, readIssuerUrl } from "./tenant.js";

/** What the docs need to know. */
export interface DocsOptions {
  readonly env: Environment;
  /** The application that the page logs in as. It is public: there is no secret. */
  readonly clientId: string;
}

const scopes = {
  openid: "Log in",
  profile: "Name and picture",
  email: "E-mail address",
  "read:admin": "Use the admin endpoint",
};

const title = "Gatewarden example API";

const introduction = [
  "An API that protects its endpoints with OAuth 2.0 access tokens.",
  "Press **Authorize**, log in, and call each endpoint: one needs no token, most need any valid one, and some need more.",
  "A refused request is answered with its reason, and while developing also with cause and fix.",
].join(" ");

const tags = [
  { name: "api", description: "What the API offers. A lock means that an access token is needed." },
  { name: "operations", description: "For load balancers and orchestrators." },
];

/** The page's application is public, so it has no secret. Authorize stays in view, however far one scrolls. */
const style = `
  .swagger-ui .auth-container .wrapper:has(#client_secret_authorizationCode) { display: none; }
  .swagger-ui .scheme-container { position: sticky; top: 0; z-index: 1; padding: 12px 0; }
`;

/** Adds document and page, for everybody to read. */
export async function addDocs(app: FastifyInstance, { env, clientId }: DocsOptions): Promise<void> {
  const endpoints = createEndpointSource(readIssuerUrl(env));
  const info = { title, version: "0.1.0", description: introduction };
  const components = { securitySchemes: toSecuritySchemes(endpoints.current) };
  await app.register(swagger, { openapi: { openapi: "3.1.0", info, components, tags } });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    // The base layout has no field for the address of another document: this page is about this API.
    uiConfig: { layout: "BaseLayout", tryItOutEnabled: true, displayRequestDuration: true },
    theme: { title, css: [{ filename: "docs.css", content: style }] },
    initOAuth: {
      clientId,
      scopes: ["openid", "profile", "email"],
      usePkceWithAuthorizationCodeGrant: true,
      // Without the audience, Auth0 issues an opaque token that no API can check.
      additionalQueryStringParams: { audience: readAudience(env) },
    },
    uiHooks: { preHandler: () => endpoints.discover() },
    staticCSP: contentSecurityPolicy(endpoints.current),
    transformStaticCSP: () => contentSecurityPolicy(endpoints.current),
    transformSpecification: (document) => ({
      ...document,
      components: { ...document["components"], securitySchemes: toSecuritySchemes(endpoints.current) },
    }),
  });
}

/** The scheme's name is the one that gatewarden writes into the `security` of each route. */
function toSecuritySchemes({ authorization, token }: LoginEndpoints) {
  const authorizationCode = { authorizationUrl: authorization, tokenUrl: token, scopes };
  return { oauth2: { type: "oauth2" as const, flows: { authorizationCode } } };
}
