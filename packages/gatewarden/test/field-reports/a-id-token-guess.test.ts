// Kind A: whether a token is an ID token is decided by evidence. Access tokens as providers
// document them get in, and the ID tokens of the same providers stay out, also those dressed with a
// grant.
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { ConfigError, createGuard, type GuardOptions } from "../../src/index.js";
import { createClock, start } from "../support/clock.js";
import { encode, signRaw } from "../support/forge.js";
import {
  audience,
  type Claims,
  ec,
  guardWith,
  issuer,
  jwks,
  refusalOf,
  stranger,
  token,
  verdict,
} from "../support/keys.js";

const api = audience;
const header = (typ: string) => ({ header: { alg: "ES256", kid: "ec", typ } });

interface Situation {
  readonly claims: Claims;
  /** `typ` of the header. */
  readonly typ?: string;
  readonly options?: GuardOptions;
}

const write = ({ claims, typ }: Situation) => token(claims, typ === undefined ? {} : header(typ));
const rows = (situations: Readonly<Record<string, Situation>>) => Object.entries(situations);

/** The API and its client share a registration, so that `aud` is the client for both kinds. */
const shared: GuardOptions = { audience: "spa" };

describe("An access token gets in", () => {
  const situations: Readonly<Record<string, Situation>> = {
    // https://github.com/keycloak/keycloak/issues/26893
    "of Keycloak before 25, with the nonce of the login": {
      claims: { aud: [api], azp: "spa", scope: "openid", typ: "Bearer", nonce: "x" },
    },
    // https://www.keycloak.org/docs-api/latest/javadocs/org/keycloak/protocol/oidc/mappers/NonceBackwardsCompatibleMapper.html
    "of Keycloak with the mapper that brings the nonce back": {
      claims: { aud: [api, "account"], azp: "spa", typ: "Bearer", nonce: "x", realm_access: { roles: ["user"] } },
    },
    "of Keycloak, for a client that is its own audience": {
      claims: { aud: "spa", azp: "spa", typ: "Bearer", nonce: "x" },
      options: shared,
    },
    // https://learn.microsoft.com/azure/active-directory-b2c/access-tokens
    "of Azure AD B2C, with the nonce of the login": {
      claims: {
        aud: "f2a76e08-93f2-4350-833c-965c02483b11",
        tfp: "B2C_1_signupsignin1",
        nonce: "anyRandomValue",
        scp: "read",
        azp: "38307aee-303c-4fff-8087-d8d2abcd1234",
        ver: "1.0",
      },
      options: { audience: "f2a76e08-93f2-4350-833c-965c02483b11" },
    },
    // https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
    "of Entra v1, whose client is `appid`": { claims: { aud: api, appid: "spa", scp: "read", ver: "1.0", nonce: "x" } },
    "of Entra v2, with app roles": { claims: { aud: api, azp: "spa", roles: ["Reader"], ver: "2.0", nonce: "x" } },
    // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
    "of Cognito": { claims: { token_use: "access", client_id: "spa", scope: "openid", nonce: "x" } },
    // https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/
    "of Okta, whose client is `cid`": { claims: { aud: api, cid: "spa", uid: "00u1", scp: ["read"], nonce: "x" } },
    // RFC 9068 §2.1: only access tokens are at+jwt. Duende and Logto write it.
    "of RFC 9068, with a nonce": {
      claims: { client_id: "spa", jti: "1", scope: "read", nonce: "x" },
      typ: "at+jwt",
    },
    "of RFC 9068, without a scope, for its client": {
      claims: { aud: "spa", client_id: "spa", jti: "1" },
      typ: "application/at+jwt",
      options: shared,
    },
    // https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
    "of Auth0": { claims: { aud: [api, "https://acme.eu.auth0.com/userinfo"], azp: "spa", scope: "openid read" } },
    // https://zitadel.com/docs/apis/openidoauth/claims: `azp` and `jti`, and neither scope nor
    // `auth_time`.
    "of ZITADEL, whose audiences hold its client": {
      claims: { aud: ["spa", "other-client", api], azp: "spa", client_id: "spa", jti: "V2_1-at_1" },
    },
    // https://supabase.com/docs/guides/auth/jwt-fields
    "of Supabase": {
      claims: { aud: "authenticated", role: "authenticated", aal: "aal1", session_id: "1" },
      options: { audience: "authenticated" },
    },
    // https://clerk.com/docs/guides/sessions/session-tokens: `azp` is the Origin of the request.
    "of Clerk": { claims: { azp: "https://app.acme.com", fva: [7, -1], sid: "sess_1", sts: "active", v: 2 } },
    "with a nonce that is null": { claims: { nonce: null, azp: "spa" } },
    "with hashes that are null": { claims: { at_hash: null, c_hash: null, s_hash: null, azp: "spa" } },
    "that grants a scope to the client that it is for": {
      claims: { aud: "spa", azp: "spa", scope: "" },
      options: shared,
    },
  };

  test.each(rows(situations))("%s", async (_name, situation) => {
    expect(await verdict(guardWith(situation.options), write(situation))).toBe("accepted");
  });

  test.each(rows(situations))("as jose lets it in: %s", async (_name, situation) => {
    const expected = { issuer, audience: String(situation.options?.audience ?? api) };
    const verified = jwtVerify(write(situation), createLocalJWKSet(jwks as JSONWebKeySet), {
      ...expected,
      currentDate: new Date(start * 1000),
    });
    await expect(verified).resolves.toBeDefined();
  });
});

describe("An ID token stays out", () => {
  const idTokens: Readonly<Record<string, Situation>> = {
    // https://www.keycloak.org/docs/latest/server_admin/: `typ` tells the kinds apart.
    "of Keycloak, with roles and the API's audience from mappers": {
      claims: { aud: [api, "spa"], azp: "spa", typ: "ID", scope: "openid", roles: ["admin"] },
    },
    "of Azure AD B2C, where client and API are one registration": {
      claims: { aud: "spa", nonce: "n", tfp: "B2C_1_signupsignin1", ver: "1.0" },
      options: shared,
    },
    // https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference: app roles
    // stand in it.
    "of Entra, with app roles": { claims: { aud: "spa", nonce: "n", roles: ["admin"], ver: "2.0" }, options: shared },
    "of Cognito": { claims: { aud: "spa", token_use: "id", "cognito:groups": ["admin"] }, options: shared },
    // https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims: an Action may add
    // `scope`.
    "of Auth0, with a scope from an Action": {
      claims: { aud: "spa", nonce: "n", sid: "s", scope: "admin" },
      options: shared,
    },
    "of Okta": {
      claims: { aud: "spa", at_hash: "h", amr: ["pwd"], idp: "00o1", ver: 1, scp: ["admin"] },
      options: shared,
    },
    // https://github.com/zitadel/zitadel, internal/api/oidc/token.go: always with at_hash beside an
    // access token.
    "of ZITADEL, whose audiences hold the API": {
      claims: { aud: ["spa", api], azp: "spa", client_id: "spa", at_hash: "h", amr: ["pwd"], jti: "1" },
    },
    "of ZITADEL, from a token exchange without at_hash": {
      claims: { aud: ["spa", api], azp: "spa", client_id: "spa", amr: ["pwd"], auth_time: start },
    },
    // authentik writes both kinds from one class, and both for the client.
    "of authentik": {
      claims: { aud: "spa", azp: "spa", nonce: "n", acr: "goauthentik.io/providers/oauth2/default" },
      options: shared,
    },
    "of Google": { claims: { aud: "spa", azp: "spa", at_hash: "h", email: "a@acme.com" }, options: shared },
    "of Duende": { claims: { aud: "spa", nonce: "n", at_hash: "h", sid: "s", idp: "local" }, options: shared },
    "of Logto": { claims: { aud: "spa", at_hash: "h", roles: ["admin"] }, options: shared },
  };

  test.each(rows(idTokens))("%s", async (_name, situation) => {
    expect(await verdict(guardWith(situation.options), write(situation))).toBe("id_token");
  });

  // Hostile neighbours: evidence that does not count, or that something stronger outweighs.
  const dressed: Readonly<Record<string, Situation>> = {
    "with a nonce and a scope, for its client": {
      claims: { aud: "spa", azp: "spa", nonce: "n", scope: "admin" },
      options: shared,
    },
    "with a nonce and a scope, for its client and the API": {
      claims: { aud: ["spa", api], azp: "spa", nonce: "n", scope: "admin" },
    },
    "whose client stands in client_id while azp names another": {
      claims: { aud: ["spa", api], azp: "other", client_id: "spa", nonce: "n", scope: "admin" },
    },
    "with a nonce and a scope, that names no client": { claims: { nonce: "n", scope: "admin" } },
    "with a nonce and a scope, whose client is not a string": {
      claims: { nonce: "n", scope: "admin", appid: ["spa"] },
    },
    // Names that only Okta, Entra and AD FS write for a client. Elsewhere they are claims of the
    // application's own.
    "with a nonce and roles, whose `cid` is a customer": {
      claims: { aud: "spa", nonce: "n", roles: ["admin"], cid: "customer-17" },
      options: shared,
    },
    "with a nonce, a scope and permissions, whose `appid` is something else": {
      claims: { aud: "spa", nonce: "n", scope: "admin", permissions: ["admin"], appid: "app-17" },
      options: shared,
    },
    "with a nonce and an empty scp, whose `cid` is a customer": {
      claims: { nonce: "n", roles: ["admin"], scp: [], cid: "customer-17" },
    },
    "with a nonce and an empty scope": { claims: { azp: "spa", nonce: "n", scope: "" } },
    "with a nonce and a blank scope": { claims: { azp: "spa", nonce: "n", scope: "  " } },
    "with a nonce and a scope that is null": { claims: { azp: "spa", nonce: "n", scope: null } },
    "with a nonce and empty roles": { claims: { azp: "spa", nonce: "n", roles: [], permissions: [], scp: [] } },
    "with a nonce and roles that are no list": { claims: { azp: "spa", nonce: "n", roles: { admin: true } } },
    "with a nonce and a list that holds no text": { claims: { azp: "spa", nonce: "n", roles: [null], scp: [1] } },
    "with a nonce and groups": { claims: { azp: "spa", nonce: "n", groups: ["admin"] } },
    "with at_hash, although typ says Bearer": { claims: { azp: "spa", typ: "Bearer", at_hash: "h", scope: "a" } },
    "with c_hash, although token_use says access": { claims: { token_use: "access", c_hash: "h", scope: "a" } },
    "with s_hash and a scope": { claims: { azp: "spa", s_hash: "h", scope: "a" } },
    "with at_hash, although the header says at+jwt": { claims: { at_hash: "h", scope: "a" }, typ: "at+jwt" },
    "that token_use gives away, although the header says at+jwt": { claims: { token_use: "id" }, typ: "at+jwt" },
    "that typ gives away, although token_use says access": { claims: { typ: "ID", token_use: "access", scope: "a" } },
    "whose typ is bearer in another spelling": { claims: { azp: "spa", typ: "bearer", nonce: "n" } },
    "with a token_use that is almost access": { claims: { azp: "spa", token_use: ["access"], nonce: "n" } },
    "for its client alone, with no evidence": { claims: { aud: "spa", azp: "spa" }, options: shared },
    "for its client alone in a list, with a jti": { claims: { aud: ["spa"], azp: "spa", jti: "1" }, options: shared },
    "for its client and a stranger, where the API is the client": {
      claims: { aud: ["spa", "other"], azp: "spa", jti: "1" },
      options: shared,
    },
    "for its client twice, with a jti": { claims: { aud: ["spa", "spa"], azp: "spa", jti: "1" }, options: shared },
    "for its client, with a scope that is null": { claims: { aud: "spa", azp: "spa", scope: null }, options: shared },
    "for its client and the API, with no evidence": { claims: { aud: ["spa", api], azp: "spa" } },
    "for its client and the API, that tells of a login": {
      claims: { aud: ["spa", api], azp: "spa", jti: "1", auth_time: start },
    },
    "with a nonce that is empty": { claims: { nonce: "" } },
    "with a nonce that is false": { claims: { nonce: false } },
  };

  test.each(rows(dressed))("%s", async (_name, situation) => {
    expect(await verdict(guardWith(situation.options), write(situation))).toBe("id_token");
  });

  test("with evidence inside __proto__ alone (CWE-1321)", async () => {
    const payload = `{"iss":"${issuer}","aud":"${api}","azp":"spa","exp":${start + 300},"nonce":"n","__proto__":{"scope":"a","typ":"Bearer"}}`;
    const forged = signRaw(encode({ alg: "ES256", kid: "ec" }), encode(payload), ec, "ES256");
    expect(await verdict(guardWith(), forged)).toBe("id_token");
  });
});

describe("Tokens of other kinds stay out, whatever they grant, also with allowIdTokens", () => {
  test.each<[string, Claims, string]>([
    ["a refresh token of Keycloak", { typ: "Refresh", scope: "a", azp: "spa" }, "type_not_allowed"],
    ["an offline token of Keycloak", { typ: "Offline", scope: "a", azp: "spa" }, "type_not_allowed"],
    [
      "a refresh token of Keycloak before 25",
      { typ: "Refresh", scope: "a", azp: "spa", nonce: "n" },
      "type_not_allowed",
    ],
    ["a logout token", { events: { "http://schemas.openid.net/event/backchannel-logout": {} } }, "logout_token"],
    ["a logout token of Keycloak", { typ: "Logout", scope: "a" }, "logout_token"],
  ])("%s", async (_name, changes, reason) => {
    expect(await verdict(guardWith(), token(changes))).toBe(reason);
    expect(await verdict(guardWith({ allowIdTokens: true }), token(changes))).toBe(reason);
  });
});

describe("allowIdTokens beside the type of access tokens", () => {
  const strict = { tokenType: "at+jwt" } as const;
  const named = { issuer: "https://one.test/", keys: { jwks } };

  test.each<[string, GuardOptions]>([
    ["of the guard", { allowIdTokens: true, ...strict }],
    ["of an issuer", { issuer: [{ ...named, allowIdTokens: true, ...strict }] }],
    ["of an issuer and the guard", { ...strict, issuer: [{ ...named, allowIdTokens: true }] }],
  ])("cannot hold both: %s (RFC 9068 §4)", (_name, changes) => {
    expect(() => guardWith(changes)).toThrow(/allowIdTokens is true beside tokenType "at\+jwt"/);
  });

  test.each<[string, GuardOptions]>([
    ["false", { allowIdTokens: false, ...strict }],
    ["any type", { allowIdTokens: true, tokenType: "any" }],
    ["an issuer that says so for itself", { ...strict, issuer: [{ ...named, allowIdTokens: true, tokenType: "any" }] }],
  ])("holds with %s", (_name, changes) => {
    expect(() => guardWith({ ...changes, ...(changes.issuer && { keys: {} }) })).not.toThrow();
  });
});

describe("With allowIdTokens", () => {
  const allowing = guardWith({ audience: "spa", allowIdTokens: true });
  const usual = { aud: "spa", azp: "spa" };

  test.each<[string, Claims]>([
    // https://firebase.google.com/docs/auth/admin/verify-id-tokens: ID tokens are what clients
    // send.
    ["of Firebase", { aud: "spa", auth_time: start - 60, user_id: "1", firebase: { sign_in_provider: "password" } }],
    // https://developers.google.com/identity/gsi/web/guides/verify-google-id-token
    ["of Google", { ...usual, at_hash: "h", nonce: "n", email: "a@acme.com" }],
    ["of authentik, of either kind", { ...usual, nonce: "n", uid: "1" }],
    ["of Cognito", { ...usual, token_use: "id" }],
    ["of Keycloak", { ...usual, typ: "ID", at_hash: "h", s_hash: "h", c_hash: "h" }],
  ])("the ID token gets in: %s", async (_name, changes) => {
    expect(await verdict(allowing, token(changes))).toBe("accepted");
  });

  test("an access token gets in as before", async () => {
    expect(await verdict(allowing, token({ aud: "spa", azp: "other", scope: "a" }))).toBe("accepted");
  });

  test.each<[string, Claims, string]>([
    ["another client's ID token", { aud: "other", azp: "other", nonce: "n" }, "audience_mismatch"],
    ["an expired one", { ...usual, nonce: "n", exp: start - 60 }, "expired"],
    ["another issuer's", { ...usual, nonce: "n", iss: "https://other.test/" }, "issuer_untrusted"],
    ["a bound one without a proof", { ...usual, nonce: "n", cnf: { jkt: "x" } }, "binding_unproven"],
    ["another kind by token_use", { ...usual, token_use: "refresh" }, "type_not_allowed"],
    ["another kind by typ", { ...usual, typ: "Logout" }, "logout_token"],
  ])("everything else is checked: %s", async (_name, changes, reason) => {
    expect(await verdict(allowing, token(changes))).toBe(reason);
  });

  test("the signature is checked", async () => {
    const forged = token({ ...usual, nonce: "n" }, { key: stranger, header: { alg: "ES256", kid: "ec" } });
    expect(await verdict(allowing, forged)).toBe("signature_invalid");
  });

  test("only the issuer that has it is meant", async () => {
    const [lax, strict] = ["https://lax.test/", "https://strict.test/"];
    const guard = createGuard({
      audience: "spa",
      issuer: [
        { issuer: lax, keys: { jwks }, allowIdTokens: true },
        { issuer: strict, keys: { jwks } },
      ],
      now: createClock().now,
      env: {},
    });
    expect(await verdict(guard, token({ ...usual, iss: lax, nonce: "n" }))).toBe("accepted");
    expect(await verdict(guard, token({ ...usual, iss: strict, nonce: "n" }))).toBe("id_token");
  });

  test.each([
    ["text", "true"],
    ["a number", 1],
    ["null", null],
  ])("must be true or false, not %s", (_name, value) => {
    const make = () => guardWith({ allowIdTokens: value as never });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(/allowIdTokens.*true or false/);
  });
});

describe("A refusal says what gave the ID token away", () => {
  test.each<[Claims, string]>([
    [{ nonce: "n" }, "nonce"],
    [{ at_hash: "h", nonce: "n" }, "at_hash"],
    [{ token_use: "id" }, "token_use"],
    [{ typ: "ID" }, "typ"],
  ])("%j: %s", async (changes, name) => {
    const refusal = await refusalOf(guardWith().verify(token(changes)));
    expect(refusal.details).toMatchObject({ name });
  });
});
