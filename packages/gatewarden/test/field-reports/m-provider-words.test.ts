// Fixes that lead out: what a developer is told must be right at the provider that the token is
// from, and never a way in for strangers.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGuard, type Guard, type GuardOptions } from "../../src/index.js";
import { entra, keycloak } from "../../src/providers/providers.js";
import { type LocalProvider, startLocalProvider } from "../providers/_local-provider.js";
import { createClock, start } from "../support/clock.js";
import { createKey, forge } from "../support/forge.js";

const key = createKey("RS256", "shared");
const stranger = createKey("RS256", "other");
const tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const other = "fa15d692-e9c7-4460-a743-29f29522229a";
const login = "https://login.microsoftonline.com";
const realm = "https://sso.acme.com/realms/acme";
const keys = { keys: [key.jwk] };

let server: LocalProvider;
beforeAll(async () => {
  server = await startLocalProvider({
    [`${login}/common/v2.0/.well-known/openid-configuration`]: {
      issuer: `${login}/{tenantid}/v2.0`,
      jwks_uri: `${login}/common/discovery/v2.0/keys`,
    },
    [`${login}/${tenant}/v2.0/.well-known/openid-configuration`]: {
      issuer: `${login}/${tenant}/v2.0`,
      jwks_uri: `${login}/${tenant}/discovery/v2.0/keys`,
    },
    [`${login}/${tenant}/discovery/v2.0/keys`]: keys,
    [`${realm}/.well-known/openid-configuration`]: { issuer: realm, jwks_uri: `${realm}/certs` },
    [`${realm}/certs`]: keys,
    "https://idp.acme.com/oauth/.well-known/openid-configuration": {
      issuer: "https://idp.acme.com/oauth",
      jwks_uri: "https://idp.acme.com/oauth/keys",
    },
    "https://idp.acme.com/oauth/keys": keys,
  });
});
afterAll(() => server.close());

function guardOf(issuer: NonNullable<GuardOptions["issuer"]>, audience = "api"): Guard<unknown> {
  return createGuard({ issuer, audience, fetch: server.fetch, now: createClock().now, env: {} });
}

async function explain(guard: Guard<unknown>, iss: string, signer = key): Promise<string> {
  const payload = { iss, aud: "api", azp: "client", scp: "read", exp: start + 600 };
  const findings = await guard.explain(forge({ header: { alg: "RS256", kid: signer.kid }, payload, key: signer }));
  return findings.map(({ code, message, fix }) => `${code}: ${message} ${fix}`).join("\n");
}

describe("The fix for a token of a stranger", () => {
  test("is not to trust its tenant, although all tenants of Entra have the same keys", async () => {
    const text = await explain(guardOf(entra({ tenant, audience: "api" })), `${login}/${other}/v2.0`);
    expect(text).toContain("List the tenants that may come in");
    expect(text).not.toContain("Configure the issuer exactly as tokens name it");
    expect(text).not.toContain("so it is that one's token");
  });

  test.each(["https://evil.example/realms/acme", "https://sso.acme.com.evil.example/realms/acme"])(
    "is not to keep %s as issuer",
    async (iss) => {
      const text = await explain(
        guardOf(keycloak({ url: "https://sso.acme.com", realm: "acme", audience: "api" })),
        iss,
        stranger,
      );
      expect(text).toContain("issuer_untrusted");
      expect(text).not.toContain(`Keep \`${iss}\` as \`issuer\``);
    },
  );

  test("is to keep the public name of the server whose key signed it", async () => {
    const iss = "https://id.example.org/realms/acme";
    const text = await explain(guardOf(keycloak({ url: "https://sso.acme.com", realm: "acme", audience: "api" })), iss);
    expect(text).toContain(`Keep \`${iss}\` as \`issuer\``);
  });
});

describe("The fix for a token from an unknown provider", () => {
  const unknown = () => guardOf({ issuer: "https://idp.acme.com/oauth", audience: "api" });

  test.each(["https://evil.example/oauth", "https://idp.acme.com.evil.example/oauth"])(
    "whose host is invented, with the same path, is not to trust %s",
    async (iss) => {
      const text = await explain(unknown(), iss, stranger);
      expect(text).toContain("issuer_untrusted");
      expect(text).toContain("from the provider's own pages, not from the token");
      expect(text).not.toMatch(/Keep `|Configure the issuer exactly/);
    },
  );

  test("is to keep the name that its own key signed", async () => {
    expect(await explain(unknown(), "https://id.example.org/oauth")).toContain("Keep `https://id.example.org/oauth`");
  });
});

describe("The fix for an ID token", () => {
  const payload = { aud: "api", azp: "client", nonce: "n", at_hash: "h", exp: start + 600 };
  const findIdToken = async (issuer: string) => {
    const text = forge({ header: { alg: "RS256", kid: key.kid }, payload: { ...payload, iss: issuer }, key });
    const findings = await guardOf({ issuer, audience: "api", keys: { jwks: keys } }).explain(text);
    return findings.find(({ code }) => code === "id_token");
  };

  test.each([
    ["Firebase", "https://securetoken.google.com/acme-prod"],
    ["Google", "https://accounts.google.com"],
    ["authentik", "https://auth.acme.com/application/o/orders/"],
  ])("names `allowIdTokens` where clients of %s send them", async (_name, issuer) => {
    expect(await findIdToken(issuer)).toMatchObject({ fix: expect.stringContaining("`allowIdTokens") });
  });

  test("does not name it where an access token is what belongs there", async () => {
    const found = await findIdToken("https://acme.okta.com/oauth2/default");
    expect(found).toMatchObject({ fix: expect.not.stringContaining("allowIdTokens") });
  });
});

describe("Tokens that Azure writes for itself", () => {
  test.each([
    "https://happy-ocean-02b2c0403.3.azurestaticapps.net/.auth",
    "https://happy-ocean.scm.azurewebsites.net",
    "https://orders.azurewebsites.net/",
  ])("of %s never earn the advice to trust them", async (iss) => {
    const text = await explain(guardOf(entra({ tenant, audience: "api" })), iss, stranger);
    expect(text).toContain("Azure wrote this token for itself");
    expect(text).not.toMatch(/(set|configure|keep)[^.]*`?issuer`?[^.]*azure(staticapps|websites)/i);
  });
});

describe("The issuer `common`", () => {
  test("leads to a list of tenants, and not to {tenantid}", async () => {
    const text = await explain(guardOf(`${login}/common/v2.0`), `${login}/common/v2.0`);
    expect(text).toContain("isTenantAllowed");
    expect(text).not.toContain("exactly as the provider's own metadata names it");
  });
});

describe("Directories of customers", () => {
  test.each([
    [`https://${tenant}.ciamlogin.com/${tenant}/v2.0`, "External tenants are not at login.microsoftonline.com"],
    [`https://contoso.b2clogin.com/${tenant}/v2.0/`, "B2C is not at login.microsoftonline.com"],
  ])("%s are explained by their own names", async (iss, words) => {
    expect(await explain(guardOf(entra({ tenant, audience: "api" })), iss, stranger)).toContain(words);
  });
});
