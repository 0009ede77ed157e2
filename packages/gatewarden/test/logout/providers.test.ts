// Logout tokens with the claims that providers send, read from their own source or documentation.
import { describe, expect, test } from "vitest";
import { start } from "../support/clock.js";
import { ec, issuer, jwks } from "../support/keys.js";
import { clientId, createLogoutBench, logoutEvent, logoutToken, verdictOf } from "./_logout-token.js";

const events = { [logoutEvent]: {} };
const withType = (typ: string | undefined) => ({ header: { alg: "ES256", kid: ec.kid, typ } });

describe("A logout token as it is sent by", () => {
  const forms: readonly (readonly [string, object])[] = [
    // The example of §2.4 of the specification.
    ["the specification", { sub: "248289761001", sid: "08a5019c-17e1-4977-8f42-65a12843ea02" }],
    // auth0.com/docs/authenticate/login/logout/back-channel-logout: `sub` and `sid`, with others.
    ["Auth0", { sub: "auth0|1", sid: "s1", trace_id: "t" }],
    // node-oidc-provider 9, lib/models/client.js and id_token.js: 120 seconds; `sid` on demand.
    ["oidc-provider without sid", { sub: "alice", sid: undefined }],
    // keycloak/keycloak, LogoutToken.java: `typ` is a claim, `events` a map with further members.
    ["Keycloak", { typ: "Logout", events: { ...events, revoke_offline_access: true } }],
    // IdentityServer4's DefaultBackChannelLogoutService.cs, which Duende's derives from: five minutes.
    ["Duende IdentityServer", { nbf: start, exp: start + 300, sid: "1A2B" }],
    // docs.pingidentity.com/pingoneaic/am-oidc1/backchannel-logout.html: the claims of §2.4.
    ["PingAM", { sub: "alice", sid: "s1" }],
    // zitadel.com/docs/guides/integrate/back-channel-logout: the claims of §2.4.
    ["ZITADEL", { sub: "1", sid: "V1_1" }],
    ["servers that write nbf, and aud as a list", { aud: [clientId], nbf: start }],
  ];
  // Whether a provider types its tokens is often not documented, and changes with its version.
  const types = ["logout+jwt", "JWT", undefined];
  test.each(forms.flatMap(([name, changes]) => types.map((typ) => [name, typ, changes] as const)))(
    "%s, with the type %s, is carried out",
    async (_name, typ, changes) => {
      const { post } = createLogoutBench();
      expect(verdictOf(await post(logoutToken({ events, ...changes }, withType(typ))))).toBe("done");
    },
  );

  test("Ory Hydra, without exp and sub (ory/hydra, consent/strategy_default.go), needs `expiry: optional`", async () => {
    const token = logoutToken({ aud: [clientId], exp: undefined, sub: undefined }, withType("JWT"));
    expect(verdictOf(await createLogoutBench().post(token))).toBe("claim_missing (exp)");
    expect(verdictOf(await createLogoutBench({ expiry: "optional" }).post(token))).toBe("done");
  });

  test("Keycloak before it wrote exp (DefaultTokenManager.initLogoutToken), needs it too", async () => {
    const token = logoutToken({ typ: "Logout", exp: undefined }, withType("JWT"));
    expect(verdictOf(await createLogoutBench().post(token))).toBe("claim_missing (exp)");
    expect(verdictOf(await createLogoutBench({ expiry: "optional" }).post(token))).toBe("done");
  });

  test("one tenant of a provider is of no other: the issuer is compared exactly", async () => {
    const issuers = [`${issuer}a/`, `${issuer}b/`].map((name) => ({ issuer: name, keys: { jwks } }));
    const { post, list } = createLogoutBench({}, { issuer: issuers, keys: {} });
    expect(verdictOf(await post(logoutToken({ iss: `${issuer}c/` })))).toBe("issuer_untrusted (iss)");
    expect(verdictOf(await post(logoutToken({ iss: `${issuer}b/` })))).toBe("done");
    expect(list.isRevoked({ ...nothing, issuer: `${issuer}a/`, sid: "s1" })).toBe(false);
    expect(list.isRevoked({ ...nothing, issuer: `${issuer}b/`, sid: "s1" })).toBe(true);
  });
});

const nothing = { subject: undefined, clientId: undefined, jti: undefined, issuedAt: start, expiresAt: start + 300 };
