// Explain and the guard run the same rules: the first finding is the guard's reason, and the others are what else is wrong.
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { advice } from "../../src/explain/advice.js";
import { createGuard, type Finding } from "../../src/index.js";
import { start } from "../support/clock.js";
import { metadataPath, startIssuer } from "../support/issuer-server.js";
import { guardWith, options, stranger, token, verdict } from "../support/keys.js";
import { second, startRemote } from "../support/remote.js";
import { claimsCases } from "../token/_claims-cases.js";
import { formCases } from "../token/_form-cases.js";
import { headerCases } from "../token/_header-cases.js";
import { signatureCases } from "../token/_signature-cases.js";
import { named } from "../token/_token-case.js";

const guard = guardWith();
const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code);

describe.each([
  ["headers", headerCases],
  ["forms", formCases],
  ["claims", claimsCases],
  ["signatures", signatureCases],
])("Explain agrees with the guard about %s", (_kind, cases) => {
  test.each(named(cases))("%s", async (_name, { token }) => {
    const [first] = await guard.explain(token);
    expect(first?.code).toBe(await verdict(guard, token));
  });
});

describe("Explain", () => {
  test("says of a good token that it is accepted, and nothing else", async () => {
    expect(await guard.explain(token())).toEqual([
      { code: "accepted", severity: "info", message: expect.any(String), fix: expect.any(String) },
    ]);
  });

  test("lists everything that is wrong, each thing once, in the order of the road", async () => {
    const made = token(
      { aud: "https://other", exp: start - 60, nbf: start + 60, iat: start + 60, cnf: {}, nonce: "n" },
      { key: stranger, header: { alg: "ES256", kid: "ec" } },
    );
    expect(codes(await guard.explain(made))).toEqual([
      "signature_invalid",
      "id_token",
      "audience_mismatch",
      "expired",
      "not_yet_valid",
      "issued_in_future",
      "binding_unproven",
    ]);
  });

  test("says each thing about a stranger's token that would be wrong even if he were trusted", async () => {
    const findings = await guard.explain(token({ iss: "https://other.test/", aud: "x", exp: 1 }));
    expect(codes(findings)).toEqual(["issuer_untrusted", "audience_mismatch", "expired"]);
  });

  test("names every claim that is missing or malformed", async () => {
    const missing = await guard.explain(token({ aud: undefined, exp: undefined }));
    const messages = missing.filter(({ code }) => code === "claim_missing").map(({ message }) => message);
    expect(messages).toEqual([expect.stringContaining("[exp]"), expect.stringContaining("[aud]")]);
    const malformed = await guard.explain(token({ nbf: "x", iat: "y", sub: 1 }));
    expect(malformed.filter(({ code }) => code === "claim_invalid")).toHaveLength(3);
  });

  test.each([
    ["is missing", { exp: undefined }, ["claim_missing"]],
    ["is text", { exp: "tomorrow" }, ["claim_invalid"]],
    ["has passed", { exp: 1 }, ["expired"]],
    ["is text, for the first moment", { nbf: "today" }, ["claim_invalid"]],
  ])("says once what is wrong with a date that %s", async (_name, changes, codes) => {
    expect((await guard.explain(token(changes))).map(({ code }) => code)).toEqual(codes);
  });

  test("says what was expected and what came", async () => {
    const [finding] = await guard.explain(token({ aud: "https://other" }));
    expect(finding).toEqual({
      code: "audience_mismatch",
      severity: "error",
      message: expect.stringContaining(advice.audience_mismatch.cause),
      fix: expect.stringContaining("request the audience `https://api.test`"),
      name: "aud",
      expected: ["https://api.test"],
      actual: "https://other",
    });
  });

  test.each([
    ["sends the ID token", token({ nonce: "n", aud: "client", azp: "client" }), "id_token"],
    [
      "has a type that is none of ours",
      token({}, { header: { alg: "ES256", kid: "ec", typ: "x" } }),
      "type_not_allowed",
    ],
    ["names a key that nobody has", token({}, { header: { alg: "ES256", kid: "x" } }), "key_unknown"],
    ["is no token at all", "hello", "token_opaque"],
    ["is empty", "", "token_opaque"],
  ])("begins with the reason for a client that %s", async (_name, made, code) => {
    expect(codes(await guard.explain(made))[0]).toBe(code);
  });

  test("runs the claims schema as well", async () => {
    const strict = createGuard(options({ claims: z.looseObject({ plan: z.string() }) }));
    const findings = await strict.explain(token({ plan: 5, exp: 1 }));
    expect(codes(findings)).toEqual(["expired", "claims_rejected"]);
    expect(findings[1]?.message).toContain("[plan");
  });

  test("asks the configured issuer alone about a token from another, whatever that one's header says", async () => {
    const [remote, attacker] = await Promise.all([startRemote(), startIssuer()]);
    const header = { alg: "ES256", kid: "first", jku: `${attacker.origin}/jwks`, jwk: second.jwk };
    const findings = await remote.guard.explain(token({ iss: attacker.issuer }, { key: second, header }));
    expect(codes(findings)[0]).toBe("issuer_untrusted");
    expect(attacker.requests).toEqual([]);
    expect(remote.server.requests).toEqual([metadataPath, "/jwks"]);
    await Promise.all([remote.server.close(), attacker.close()]);
  });

  test("goes on when the issuer's keys cannot be had", async () => {
    const remote = await startRemote();
    remote.server.on("/jwks", (_request, response) => void response.writeHead(500).end());
    expect(codes(await remote.guard.explain(remote.token(undefined, { aud: "x" })))).toEqual([
      "keys_unavailable",
      "audience_mismatch",
    ]);
    await remote.server.close();
  });

  test("says of a token that its issuer is only spelt differently when one of the issuer's own keys signed it", async () => {
    const remote = await startRemote();
    const made = remote.token(undefined, { iss: remote.server.origin });
    const [finding] = await remote.guard.explain(made);
    expect(finding).toMatchObject({
      code: "issuer_untrusted",
      message: expect.stringMatching(/only the slash at the end differs\. A key of the configured issuer signed it/),
      fix: expect.stringContaining(`exactly as tokens name it: \`${remote.server.origin}\``),
    });
    await remote.server.close();
  });

  test.each([
    [0, 60, [], "This API accepts"],
    [-3600, 60, ["expired"], "is 1 hour ahead of the issuer's"],
    [3600, 60, ["issued_in_future"], "is 1 hour behind the issuer's"],
    [0, -60, ["expired"], "and the issuer's agree"],
  ])(
    "measures this machine's clock against the issuer's: %d s off, token %d s",
    async (offset, life, reasons, says) => {
      const now = Math.floor(Date.now() / 1000);
      // A clock that goes on, as the issuer's does, however long this test takes.
      const remote = await startRemote({ now: () => Date.now() / 1000 - offset });
      const findings = await remote.guard.explain(remote.token(undefined, { iat: now - 10, exp: now + life }));
      expect(codes(findings).filter((code) => code !== "clock_drift" && code !== "accepted")).toEqual(reasons);
      expect(findings.at(-1)?.message).toContain(says);
      await remote.server.close();
    },
  );

  test("counts the age of an answer that a cache kept, which is no drift", async () => {
    const now = Math.floor(Date.now() / 1000);
    const remote = await startRemote({ now: () => now });
    const date = new Date((now - 7200) * 1000).toUTCString();
    remote.server.publish([remote.key.jwk], { date, age: "7200" });
    expect(codes(await remote.guard.explain(remote.token(undefined, { exp: now + 60 })))).toEqual(["accepted"]);
    await remote.server.close();
  });

  test.each([
    [{ exp: start * 1000, iat: start * 1000 }, "issued_in_future", "milliseconds"],
    [{ exp: 3600 }, "expired", "a lifetime"],
    [
      { exp: start - 7200, iat: start - 10_800 },
      "expired",
      "It expired 2 hours ago, at 2027-01-15T06:00:00Z. It was issued for 1 hour.",
    ],
    [{ nbf: start + 90 }, "not_yet_valid", "It is 1 minute ahead"],
    [{ aud: "x", token_use: "id" }, "audience_mismatch", "calls itself an ID token"],
    [{ aud: "x", typ: "ID" }, "audience_mismatch", "calls itself an ID token"],
    [{ aud: "x", azp: "x", scope: "openid" }, "audience_mismatch", "a client id"],
    [{ aud: "00000003-0000-0000-c000-000000000000" }, "audience_mismatch", "Microsoft Graph"],
    [{ aud: ["https://b.test", "https://issuer.test/userinfo"] }, "audience_mismatch", "identifier. [aud]"],
  ])("says more of claims that speak for themselves: %j", async (claims, code, says) => {
    expect(await guard.explain(token(claims))).toContainEqual(
      expect.objectContaining({ code, message: expect.stringContaining(says) }),
    );
  });

  test.each([
    [{ alg: "HS512" }, { typ: "Refresh" }, {}, "This is a refresh token of Keycloak"],
    [{ alg: "HS256" }, {}, {}, "The token is HS256, signed with a shared secret; the API expects RS256"],
    [
      { alg: "ES256", kid: "ec" },
      {},
      { keys: { secret: "s".repeat(32) } },
      "The token is ES256, signed with the issuer's",
    ],
  ])("says which way algorithms were mixed up: %j", async (header, claims, changes, says) => {
    const [finding] = await guardWith(changes).explain(token(claims, { header, alg: "ES256" }));
    expect(finding).toMatchObject({ code: "algorithm_not_allowed", message: expect.stringContaining(says) });
  });

  test.each([
    [401, "is not there, or not public"],
    [503, "has a fault"],
    [302, "redirects elsewhere"],
    [200, "Something else than the provider answered"],
  ])("says what an answer of %d to the question for keys means", async (status, says) => {
    const remote = await startRemote();
    remote.server.on("/jwks", (_request, response) => {
      response.writeHead(status, status === 302 ? { location: "https://login.test/" } : {}).end("<html>");
    });
    const [finding] = await remote.guard.explain(remote.token());
    expect(finding).toMatchObject({
      code: "keys_unavailable",
      message: expect.stringContaining(`GET ${remote.server.origin}/jwks`),
      fix: expect.stringContaining(says),
    });
    await remote.server.close();
  });

  test("says that a key may be new when too many unknown ones were asked for", async () => {
    const remote = await startRemote();
    await remote.guard.ready();
    const unknown = (kid: string) => remote.guard.explain(remote.token({ ...stranger, kid }));
    for (const kid of ["a", "b", "c"]) expect(codes(await unknown(kid))).toContain("key_unknown");
    expect(await unknown("d")).toContainEqual(
      expect.objectContaining({
        code: "keys_unavailable",
        message: expect.stringContaining("may be new"),
        fix: expect.stringContaining("made-up key ids"),
      }),
    );
    await remote.server.close();
  });

  test("tells apart several issuers, and guesses none", async () => {
    const several = guardWith({ issuer: ["https://issuer.test/", "https://other.test/"], keys: {} });
    expect(codes(await several.explain(token({ iss: "https://third.test/", exp: 1 })))).toEqual(["issuer_untrusted"]);
  });
});
