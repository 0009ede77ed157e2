// Kind C: tokens that name no audience, held to their client instead; and clients beside an audience.
import { describe, expect, test } from "vitest";
import { ConfigError, createGuard, type GuardOptions, type IntrospectionResponse } from "../../src/index.js";
import { createTestIssuer } from "../../src/testing/test-issuer.js";
import { start } from "../support/clock.js";
import { audience, type Claims, guardWith, issuer, jwks, options, refusalOf, token, verdict } from "../support/keys.js";

const client = "1example23456789";

/**
 * An access token as Cognito documents it: `client_id`, `token_use`, no `aud`.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
const cognito = (changes: Claims = {}): string =>
  token({
    aud: undefined,
    client_id: client,
    token_use: "access",
    scope: "aws.cognito.signin.user.admin",
    username: "ada",
    "cognito:groups": ["admins"],
    origin_jti: "b6f2…",
    event_id: "64f5…",
    auth_time: start - 10,
    version: 2,
    jti: "1",
    ...changes,
  });
/** Its ID token: the client is the audience. …/amazon-cognito-user-pools-using-the-id-token.html */
const cognitoId = (changes: Claims = {}): string =>
  token({ aud: client, token_use: "id", "cognito:username": "ada", auth_time: start - 10, ...changes });

const byClient: GuardOptions = { audience: false, clientId: client };

describe("A token without an audience (AWS: compare `client_id` with the app client)", () => {
  test.each([
    ["Cognito's access token", cognito()],
    ["the same without token_use, for a pool behind another library", cognito({ token_use: undefined })],
    ["a client in azp (OIDC Core §2), as WorkOS and Keycloak name it", cognito({ client_id: undefined, azp: client })],
    ["the same client in client_id and in azp", cognito({ azp: client })],
    [
      "typed at+jwt, where the issuer leaves `aud` out all the same",
      token(
        { aud: undefined, client_id: client },
        {
          header: { alg: "ES256", kid: "ec", typ: "at+jwt" },
        },
      ),
    ],
  ])("is accepted: %s", async (_name, text) => {
    expect(await verdict(guardWith(byClient), text)).toBe("accepted");
  });

  test("is remembered, and accepted again from memory", async () => {
    const guard = guardWith(byClient);
    const text = cognito({ token_use: undefined });
    for (const _time of [1, 2, 3]) expect(await verdict(guard, text)).toBe("accepted");
    expect(guard.cacheCounts()).toMatchObject({ hits: 1 });
  });

  test.each([
    ["another client of the pool", cognito({ client_id: "other" }), "client_mismatch"],
    ["almost this client", cognito({ client_id: client.toUpperCase() }), "client_mismatch"],
    ["this client with a blank behind", cognito({ client_id: `${client} ` }), "client_mismatch"],
    ["a part of this client's name", cognito({ client_id: client.slice(0, -1) }), "client_mismatch"],
    ["no client at all", cognito({ client_id: undefined }), "claim_missing"],
    [
      "the client only inside __proto__-like members",
      cognito({ client_id: undefined, client: client }),
      "claim_missing",
    ],
    ["a list of clients", cognito({ client_id: [client] }), "claim_invalid"],
    ["client_id of this client, azp of another (RFC 8693 §4.3)", cognito({ azp: "other" }), "client_mismatch"],
    ["azp of this client, client_id of another", cognito({ client_id: "other", azp: client }), "client_mismatch"],
    ["an audience after all (RFC 7519 §4.1.3)", cognito({ aud: "https://other.test" }), "audience_mismatch"],
    ["this client as audience: that is an ID token", cognito({ aud: client }), "audience_mismatch"],
    ["Cognito's ID token", cognitoId(), "id_token"],
    ["Cognito's ID token with a client_id", cognitoId({ client_id: client, scope: "openid" }), "id_token"],
    ["an ID token without token_use", cognitoId({ token_use: undefined, azp: client }), "id_token"],
    ["another issuer's", cognito({ iss: "https://cognito.example/other" }), "issuer_untrusted"],
    ["expired", cognito({ exp: start - 10 }), "expired"],
  ] as const)("is refused: %s", async (_name, text, reason) => {
    expect(await verdict(guardWith(byClient), text)).toBe(reason);
  });

  test("is refused where it is an ID token that grants a scope", async () => {
    const text = cognitoId({ token_use: undefined, azp: client, scope: "a" });
    expect(["audience_mismatch", "id_token"]).toContain(await verdict(guardWith(byClient), text));
  });

  test("is refused where only an audience is configured, as before", async () => {
    expect(await verdict(guardWith(), cognito())).toBe("claim_missing");
  });
});

describe("Several clients", () => {
  const guard = guardWith({ audience: false, clientId: [client, "backend"] });

  test.each([
    [client, undefined, "accepted"],
    ["backend", undefined, "accepted"],
    // Both are listed: whichever of them is the caller, it is one of ours.
    ["backend", client, "accepted"],
    ["backend", "stranger", "client_mismatch"],
    [`${client},backend`, undefined, "client_mismatch"],
    [`${client} backend`, undefined, "client_mismatch"],
  ])("client_id %j, azp %j → %s", async (client_id, azp, expected) => {
    expect(await verdict(guard, cognito({ client_id, azp }))).toBe(expected);
  });
});

describe("A client beside an audience: both must hold", () => {
  const guard = guardWith({ clientId: "spa" });

  test.each([
    ["both", { azp: "spa" }, "accepted"],
    ["another client", { azp: "cli" }, "client_mismatch"],
    ["another audience", { azp: "spa", aud: "https://other.test" }, "audience_mismatch"],
    ["no client", {}, "claim_missing"],
    ["no audience", { azp: "spa", aud: undefined }, "claim_missing"],
    [
      "Entra's version 1 tokens name the client in appid " +
        "(https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference)",
      { appid: "spa", ver: "1.0", scp: "read" },
      "accepted",
    ],
    ["another appid", { appid: "cli", ver: "1.0" }, "client_mismatch"],
    [
      "Okta names it in cid (https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/)",
      { cid: "spa", scp: ["read"] },
      "accepted",
    ],
    ["another cid", { cid: "cli" }, "client_mismatch"],
    ["an appid of this client does not outweigh another azp", { appid: "spa", azp: "cli" }, "client_mismatch"],
    ["an appid that means something else stands beside the right azp", { appid: "cli", azp: "spa" }, "accepted"],
    ["an appid that is not a string", { appid: ["spa"] }, "client_mismatch"],
    ["two of a provider's own names that differ", { appid: "spa", cid: "cli" }, "client_mismatch"],
    ["client_id of this client, azp of another", { client_id: "spa", azp: "cli" }, "client_mismatch"],
    ["azp of this client, client_id of another", { client_id: "cli", azp: "spa" }, "client_mismatch"],
  ] as const)("%s", async (_name, changes, expected) => {
    expect(await verdict(guard, token(changes))).toBe(expected);
    // Tokens that grant a scope may take the short cut for good tokens.
    expect(await verdict(guard, token({ scope: "a", ...changes }))).toBe(expected);
  });

  test("one that does not differ from the audience is still not an ID token's", async () => {
    const same = guardWith({ audience: client, clientId: client });
    expect(await verdict(same, token({ aud: client, azp: client }))).toBe("id_token");
  });
});

describe("Issuers of a list", () => {
  const guard = createGuard({
    env: {},
    audience,
    now: () => start,
    issuer: [
      { issuer, keys: { jwks }, audience: false, clientId: client },
      { issuer: "https://two.test/", keys: { jwks } },
    ],
  });

  test.each([
    ["the one with a client takes its tokens without audience", cognito(), "accepted"],
    ["the other does not", cognito({ iss: "https://two.test/" }), "claim_missing"],
    ["and needs no client", token({ iss: "https://two.test/" }), "accepted"],
    ["nor does the guard's audience stand in for the first one's", token(), "audience_mismatch"],
  ] as const)("%s", async (_name, text, expected) => {
    expect(await verdict(guard, text)).toBe(expected);
  });
});

describe("Issuers that are looked up", () => {
  test("may name a client each, where the guard asks for no audience", async () => {
    const terms = new Map([
      [issuer, { issuer, keys: { jwks }, clientId: client }],
      ["https://two.test/", { issuer: "https://two.test/", keys: { jwks } }],
    ]);
    const guard = createGuard({ env: {}, now: () => start, audience: false, issuer: (iss) => terms.get(iss) });
    expect(await verdict(guard, cognito())).toBe("accepted");
    expect(await verdict(guard, cognito({ client_id: "other" }))).toBe("client_mismatch");
    // Terms without any check cannot be right.
    expect(await verdict(guard, cognito({ iss: "https://two.test/" }))).toBe("check_failed");
  });
});

describe("Opaque tokens (RFC 7662 §2.2 client_id)", () => {
  const says = (answer: Partial<IntrospectionResponse>) =>
    guardWith({
      ...byClient,
      introspection: async () => ({ active: true, exp: start + 60, token_type: "Bearer", ...answer }),
    });

  test.each([
    ["of this client", { client_id: client }, "accepted"],
    ["of another", { client_id: "other" }, "client_mismatch"],
    ["of nobody", {}, "claim_missing"],
    ["for an audience", { client_id: client, aud: "https://other.test" }, "audience_mismatch"],
    ["of no known type, which must name this API", { client_id: client, token_type: undefined }, "type_not_allowed"],
  ] as const)("are held to the client too: %s", async (_name, answer, expected) => {
    expect(await verdict(says(answer as Partial<IntrospectionResponse>), "opaque-token")).toBe(expected);
  });
});

describe("Configuration", () => {
  test.each([
    ["audience: false alone", { audience: false }, "audience", "is false", "clientId"],
    ["audience: true", { audience: true as never }, "audience", "true", 'audience: "'],
    ["false within a list", { audience: [false as never], clientId: client }, "audience", "false", 'audience: "'],
    [
      "at+jwt, which demands an audience (RFC 9068 §4)",
      { ...byClient, tokenType: "at+jwt" },
      "audience",
      "RFC 9068",
      "tokenType",
    ],
    ["an empty client", { clientId: "" }, "clientId", "is empty", "clientId: "],
    ["no clients", { clientId: [] }, "clientId", "is an empty list", "clientId: "],
    ["an empty client among others", { clientId: [client, " "] }, "clientId", "is empty", "clientId: "],
    ["a client that is not a string", { clientId: 7 as never }, "clientId", "7", "clientId: "],
    ["a placeholder", { clientId: "{yourClientId}" }, "clientId", "placeholder", "clientId: "],
  ] as const)(
    "%s is a ConfigError that names option, value and example",
    (_name, changes, option, problem, example) => {
      const make = () => createGuard(options(changes as GuardOptions));
      expect(make).toThrow(ConfigError);
      expect(make).toThrow(new RegExp(`^${option.replace(".", "\\.")} `));
      expect(make).toThrow(problem);
      expect(make).toThrow(example);
    },
  );

  test("audience: false never falls back to the environment's", async () => {
    const guard = createGuard({ ...options(byClient), env: { AUDIENCE: audience } });
    expect(await verdict(guard, cognito())).toBe("accepted");
    expect(await verdict(guard, token({ client_id: client }))).toBe("audience_mismatch");
  });
});

describe("The refusal", () => {
  test("is a 401 invalid_token that quotes no client", async () => {
    const refusal = await refusalOf(guardWith(byClient).verify(cognito({ client_id: "MARKED" })));
    expect(refusal).toMatchObject({ status: 401, error: "invalid_token" });
    expect(refusal.message).not.toContain("MARKED");
    expect(refusal.details).toMatchObject({ name: "client_id", expected: [client], actual: "MARKED" });
  });

  test("is explained with both names, and with what to do", async () => {
    const [finding] = await guardWith(byClient).explain(cognito({ client_id: "other" }));
    expect(finding).toMatchObject({ code: "client_mismatch", expected: [client], actual: "other" });
    expect(finding?.fix).toContain("`clientId`");
  });

  test("of an audience where none is configured says to configure it", async () => {
    const findings = await guardWith(byClient).explain(cognito({ aud: "https://other.test" }));
    expect(findings[0]?.code).toBe("audience_mismatch");
    expect(findings[0]?.message).toContain("`audience` is false");
  });

  test("for Cognito without an audience offers `clientId`", async () => {
    const iss = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_example";
    const guard = createGuard({ ...options({ issuer: iss }) });
    const findings = await guard.explain(cognito({ iss }));
    expect(findings.map(({ code }) => code)).toContain("claim_missing");
    expect(findings.find(({ code }) => code === "claim_missing")?.fix).toMatch(/audience: false.*clientId/);
  });
});

describe("A test issuer", () => {
  test("without an audience makes a guard demand its client", async () => {
    const issuer = createTestIssuer({ audience: false, clientId: "orders-app" });
    const guard = createGuard({ env: {}, ...issuer.guardOptions });
    expect(issuer.guardOptions).toMatchObject({ audience: false, clientId: "orders-app" });
    expect(await verdict(guard, issuer.token())).toBe("accepted");
    expect(await verdict(guard, issuer.token({ clientId: "another" }))).toBe("client_mismatch");
    expect(await verdict(guard, issuer.token({ audience: "https://api.test/" }))).toBe("audience_mismatch");
    for (const reason of ["id_token", "client_mismatch", "claim_missing"] as const) {
      expect(await verdict(guard, issuer.broken[reason]().token)).toBe(reason);
    }
  });

  test("names its usual client where none is given, and demands none beside an audience", () => {
    expect(createTestIssuer({ audience: false }).terms).toMatchObject({ audience: false, clientId: "test-client" });
    expect(createTestIssuer().terms).not.toHaveProperty("clientId");
  });

  test("leaves the other audience of the developer's environment out", () => {
    const { env, audience } = createTestIssuer({ audience: false });
    expect([env["AUDIENCE"], env["AUTH0_AUDIENCE"], audience]).toEqual(["", "", ""]);
  });
});
