// Which provider a token is from, by its looks, and fixes in that provider's words.
import { describe, expect, test } from "vitest";
import { findProvider } from "../../src/explain/providers.js";
import { catalogue, type Reason } from "../../src/index.js";
import { allProviders } from "../../src/providers/words/all.js";
import { guardWith, token } from "../support/keys.js";

describe("A provider", () => {
  test.each([
    ["https://acme.eu.auth0.com/", "Auth0"],
    ["https://login.microsoftonline.com/8f2c/v2.0", "Microsoft Entra ID"],
    ["https://sts.windows.net/8f2c/", "Microsoft Entra ID"],
    ["https://acme.ciamlogin.com/8f2c/v2.0", "Microsoft Entra External ID"],
    ["https://acme.b2clogin.com/8f2c/v2.0/", "Azure AD B2C"],
    ["https://happy-ocean-02b2c0403.3.azurestaticapps.net/.auth", "Azure Static Web Apps or App Service"],
    ["accounts.google.com", "Google"],
    ["https://sso.acme.com/realms/main", "Keycloak"],
    ["http://localhost:8080/realms/main", "Keycloak"],
    ["https://acme.okta.com/oauth2/default", "Okta"],
    ["https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab", "Amazon Cognito"],
    ["https://securetoken.google.com/acme", "Firebase"],
    ["https://accounts.google.com", "Google"],
    ["https://happy-cat-1.clerk.accounts.dev", "Clerk"],
    ["https://clerk.acme.com", "Clerk"],
    ["https://abcdef.supabase.co/auth/v1", "Supabase"],
    ["https://acme.zitadel.cloud", "ZITADEL"],
    ["https://acme.projects.oryapis.com", "Ory"],
  ])("is recognised by the issuer %s: %s", (issuer, name) => {
    expect(findProvider(issuer)?.name).toBe(name);
  });

  test.each([
    [{ realm_access: { roles: [] } }, "Keycloak"],
    [{ token_use: "access" }, "Amazon Cognito"],
    [{ appidacr: "1" }, "Microsoft Entra ID"],
    [{ gty: "client-credentials" }, "Auth0"],
    [{ aud: ["https://api", "https://login.acme.com/userinfo"] }, "Auth0"],
  ])("is recognised behind a custom domain by its claims %j: %s", (claims, name) => {
    expect(findProvider("https://login.acme.com/", claims)?.name).toBe(name);
  });

  test.each([
    "https://login.acme.com/",
    "https://auth0.com.evil.example/",
    "https://notauth0.com/",
    "no url",
    5,
    undefined,
  ])("is not guessed from %s", (issuer) => {
    expect(findProvider(issuer)).toBeUndefined();
  });

  test.each(allProviders)("$name has fixes for reasons that there are", ({ fixes }) => {
    const reasons = Object.keys(fixes) as Reason[];
    expect(reasons.filter((reason) => !(reason in catalogue))).toEqual([]);
    expect(reasons.length).toBeGreaterThan(0);
  });

  test("gives the fix in its own words, and names itself", async () => {
    const guard = guardWith({ issuer: "https://sso.acme.com/realms/main" });
    const findings = await guard.explain(token({ iss: "https://sso.acme.com/realms/main", aud: "account" }));
    expect(findings).toMatchObject([
      {
        code: "audience_mismatch",
        message: expect.stringContaining("`account`, Keycloak's own"),
        fix: expect.stringContaining("with `https://api.test` as Included Client Audience"),
      },
      { code: "provider", severity: "info", message: expect.stringContaining("looks like Keycloak's") },
    ]);
  });
});
