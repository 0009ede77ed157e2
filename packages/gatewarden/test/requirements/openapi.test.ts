import { generateKeyPairSync } from "node:crypto";
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

const bearer = { type: "http", scheme: "bearer", bearerFormat: "JWT" };
const jwks = { keys: [{ kty: "EC", crv: "P-256", kid: "a", ...points() }] };

test.each(["urn:acme:issuer", "acme.com", "http://adfs.acme.com/adfs/services/trust"])(
  "an issuer that is called %s has no place of metadata in its name: a bearer token is all that is known",
  (issuer) => {
    const guard = createGuard({ issuer, audience: "https://api.acme.com", keys: { jwks } });
    expect(toOpenApiSecurityScheme(guard)).toEqual(bearer);
  },
);

test("nor is anything known of issuers that are looked up", () => {
  const guard = createGuard({ issuer: () => undefined, audience: "https://api.acme.com" });
  expect(toOpenApiSecurityScheme(guard)).toEqual(bearer);
});

test("the place of the metadata can be given, where it is not the issuer's own", () => {
  const openIdConnectUrl = "https://adfs.acme.com/adfs/.well-known/openid-configuration";
  const issuer = "http://adfs.acme.com/adfs/services/trust";
  const guard = createGuard({ issuer, audience: "https://api.acme.com", discoveryUrl: openIdConnectUrl });
  expect(toOpenApiSecurityScheme(guard, { openIdConnectUrl })).toEqual({ type: "openIdConnect", openIdConnectUrl });
});

test("an issuer on this machine has its metadata there", () => {
  const guard = createGuard({ issuer: "http://127.0.0.1:4400/", audience: "https://api.acme.com" });
  const openIdConnectUrl = "http://127.0.0.1:4400/.well-known/openid-configuration";
  expect(toOpenApiSecurityScheme(guard)).toEqual({ type: "openIdConnect", openIdConnectUrl });
});

function points() {
  const { x, y } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
  return { x, y };
}
