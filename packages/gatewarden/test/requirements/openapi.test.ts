import { expect, test } from "vitest";
import { createGuard, toOpenApiSecurityScheme } from "../../src/index.js";

test.each([
  ["https://acme.eu.auth0.com/", "https://acme.eu.auth0.com/.well-known/openid-configuration"],
  ["https://id.acme.com/realms/a", "https://id.acme.com/realms/a/.well-known/openid-configuration"],
])("the scheme of %s points to its discovery document", (issuer, openIdConnectUrl) => {
  const guard = createGuard({ issuer, audience: "https://api.acme.com" });
  expect(guard.issuers).toEqual([issuer]);
  expect(toOpenApiSecurityScheme(guard)).toEqual({ type: "openIdConnect", openIdConnectUrl });
});

test("a flow makes it an OAuth scheme, for pages that log in by themselves", () => {
  const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" });
  const flow = {
    authorizationUrl: "https://acme.eu.auth0.com/authorize",
    tokenUrl: "https://acme.eu.auth0.com/oauth/token",
    scopes: { "read:admin": "Read what admins read" },
  };
  expect(toOpenApiSecurityScheme(guard, flow)).toEqual({ type: "oauth2", flows: { authorizationCode: flow } });
});
