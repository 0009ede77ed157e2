// Fixes that lead out: what `explain` and `doctor` say in situations from public reports, where following the advice used
// to change nothing or to make things worse.
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { describeNetworkError } from "../../src/cli/doctor/network-error.js";
import { main } from "../../src/cli/main.js";
import { toRefusalFinding } from "../../src/explain/refusal-to-finding.js";
import {
  AuthError,
  createGuard,
  type Finding,
  type GuardRequest,
  permission,
  role,
  scope,
  stepUp,
} from "../../src/index.js";
import { examine, examineIssuer } from "../cli/doctor/_examine.js";
import { start } from "../support/clock.js";
import { encode, forge } from "../support/forge.js";
import { audience, bearer, ec, guardWith, jwks, stranger, token } from "../support/keys.js";
import { startRemote } from "../support/remote.js";
import { createSender, guardWith as dpopGuard, issue, prove, proven, time } from "../support/senders.js";

const guard = guardWith();
const of = (findings: readonly Finding[], code: string) => findings.find((finding) => finding.code === code);
const withHeaders = (headers: GuardRequest["headers"], url = "/"): GuardRequest => ({ method: "POST", url, headers });
const hmac = (claims: object) => {
  const input = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${input}.${createHmac("sha256", "s".repeat(32)).update(input).digest("base64url")}`;
};
const local = (changes: object = {}) =>
  guardWith({ issuer: "http://127.0.0.1:4400/", audience, keys: { jwks }, ...changes });
const localToken = (claims: object = {}) => token({ iss: "http://127.0.0.1:4400/", ...claims });

/** An error as `fetch` throws it, and as the guard passes it on. */
function outage(code: string): AuthError {
  const inner = Object.assign(new Error("inner"), { code });
  return new AuthError("keys_unavailable", { cause: new TypeError("fetch failed", { cause: inner }) });
}

describe("The network", () => {
  it.each([
    ["ETIMEDOUT", "--network-family-autoselection-attempt-timeout", "no connection came about in time"],
    ["ETIMEDOUT", "keys.timeout", "in time"],
    ["UND_ERR_CONNECT_TIMEOUT", "--network-family-autoselection-attempt-timeout", "in time"],
    ["UND_ERR_HEADERS_TIMEOUT", "keys.timeout", "no answer came in time"],
    ["ECONNRESET", "curl -v", "the connection was cut"],
    ["UND_ERR_SOCKET", "curl -v", "the connection was cut"],
    ["UND_ERR_INVALID_ARG", "`dispatcher`", "an option that it does not take"],
    ["EAI_AGAIN", "DNS servers", "DNS did not answer"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "a name that the certificate is for", "for another host"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "full chain", "comes alone"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "NODE_EXTRA_CA_CERTS", "unknown authority"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "NODE_EXTRA_CA_CERTS", "self-signed"],
    ["CERT_HAS_EXPIRED", "Renew", "expired"],
    ["EPROTO", "scheme and port", "TLS could not be spoken"],
    ["HPE_INVALID_CONSTANT", "scheme and port", "does not speak HTTP"],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "NODE_EXTRA_CA_CERTS", "not trusted"],
  ])("has words for %s in explain and in doctor: %s", (code, fix, words) => {
    const finding = toRefusalFinding(outage(code));
    expect(finding.fix).toContain(fix);
    expect(finding.message).toContain(words);
    // Doctor cuts longer texts.
    expect(finding.fix.length).toBeLessThanOrEqual(400);
    expect(describeNetworkError(outage(code).cause)).toContain(words);
    expect(describeNetworkError(outage(code).cause)).toContain(`(${code})`);
  });

  it("tells the first of several addresses that were tried", () => {
    const refused = Object.assign(new Error("no"), { code: "ECONNREFUSED" });
    const cause = new TypeError("fetch failed", { cause: new AggregateError([refused]) });
    expect(toRefusalFinding(new AuthError("keys_unavailable", { cause })).fix).toContain("Nothing listens there");
  });

  it("gives no advice for a code that it does not know", () => {
    expect(toRefusalFinding(outage("EWHATEVER")).fix).toContain("Check that this machine reaches the issuer");
  });
});

describe("A request whose token an identity-aware proxy put elsewhere", () => {
  it.each([
    ["cf-access-jwt-assertion", "Cloudflare Access"],
    ["x-goog-iap-jwt-assertion", "Google"],
    ["x-amzn-oidc-accesstoken", "AWS"],
    ["x-forwarded-access-token", "oauth2-proxy"],
    ["x-ms-token-aad-access-token", "Azure"],
  ])("is told of %s and of tokenFrom", async (name, product) => {
    const [finding, ...others] = await guard.explain(withHeaders({ [name]: token() }));
    expect(finding).toMatchObject({ code: "credentials_missing", message: expect.stringContaining(product) });
    expect(finding?.fix).toContain(`tokenFrom: { header: "${name}" }`);
    expect(finding?.fix).toContain("trustProxy");
    expect(others).toEqual([]);
  });

  it("is told of the header beside x-amzn-oidc-data, which is no JWT that can be verified", async () => {
    const [finding] = await guard.explain(withHeaders({ "x-amzn-oidc-data": token() }));
    expect(finding?.message).toContain("AWS");
    expect(finding?.fix).toContain('tokenFrom: { header: "x-amzn-oidc-accesstoken" }');
  });

  it("is told of it only where Authorization is missing", async () => {
    const request = withHeaders({ authorization: `Bearer ${token()}`, "cf-access-jwt-assertion": token() });
    expect(await guard.explain(request)).toMatchObject([{ code: "accepted" }]);
  });

  it("is told of a cookie's caveats where only cookies came", async () => {
    const [finding] = await guard.explain(withHeaders({ cookie: "session=1" }));
    expect(finding?.fix).toContain("tokenFrom: { cookie");
  });
});

describe("An issuer that is not trusted", () => {
  it("is never offered as a setting without the provider's own word", async () => {
    const finding = of(
      await guard.explain(token({ iss: "https://other.test/" }, { key: stranger })),
      "issuer_untrusted",
    );
    expect(finding?.fix).not.toMatch(/^Set `issuer`/);
    expect(finding?.fix).toContain("the provider's own pages");
  });
});

describe("Auth0 and MCP", () => {
  const auth0 = createGuard({ issuer: "https://acme.eu.auth0.com/", audience, env: {}, keys: { jwks } });
  const encrypted = `${encode({ alg: "dir", enc: "A256GCM" })}..a.b.c`;
  const mcpRequests: readonly (readonly [string, object, string])[] = [
    ["its protocol version", { "mcp-protocol-version": "2025-06-18" }, "/"],
    ["its session", { "mcp-session-id": "1" }, "/"],
    ["its path", {}, "/mcp"],
    ["what it accepts", { accept: "application/json, text/event-stream" }, "/"],
  ];

  it.each(mcpRequests)(
    "explain says what Auth0 does with `resource`, to a request that is known by %s",
    async (_name, headers, url) => {
      for (const [made, code] of [
        ["b3BhcXVlLW9wYXF1ZS1vcGFxdWU", "token_opaque"],
        [encrypted, "token_encrypted"],
      ] as const) {
        const request = withHeaders({ authorization: `Bearer ${made}`, ...headers }, url);
        expect(of(await auth0.explain(request), code)?.fix).toContain("Resource Parameter Compatibility Profile");
      }
    },
  );

  it("explain says nothing of it about other providers, and names what was pasted first", async () => {
    const opaque = "b3BhcXVlLW9wYXF1ZS1vcGFxdWU";
    const other = await guard.explain(withHeaders({ authorization: `Bearer ${opaque}` }, "/mcp"));
    const document = await auth0.explain(withHeaders({ authorization: 'Bearer {"keys":[]}' }, "/mcp"));
    for (const finding of [...other, ...document]) expect(finding.fix).not.toContain("Compatibility Profile");
  });

  // What doctor says stands in test/cli/doctor/api/metadata-check.test.ts.
});

describe("Clocks", () => {
  /** A real issuer with this machine's clock off by some seconds. */
  async function explainAt(offset: number, changes: (now: number) => Readonly<Record<string, unknown>>) {
    const now = Math.floor(Date.now() / 1000);
    const remote = await startRemote({ now: () => Date.now() / 1000 - offset });
    const findings = await remote.guard.explain(remote.token(undefined, changes(now)));
    await remote.server.close();
    return findings;
  }

  it.each([
    ["expired", (now: number) => ({ exp: now - 600 })],
    ["not_yet_valid", (now: number) => ({ nbf: now + 600 })],
    ["issued_in_future", (now: number) => ({ iat: now + 600 })],
  ])("tell one story when they agree: %s", async (code, changes) => {
    const findings = await explainAt(0, changes);
    expect(of(findings, "clock_drift")?.message).toContain("agree");
    for (const { fix, message } of findings) expect(fix + message).not.toMatch(/synchronise|clock that is behind/i);
    expect(of(findings, code)).toBeDefined();
  });

  it("tell one story when they differ, and that is the reason", async () => {
    const findings = await explainAt(3600, (now) => ({ iat: now }));
    expect(of(findings, "issued_in_future")?.fix).toContain("Synchronise this machine's clock");
    expect(of(findings, "clock_drift")).toMatchObject({
      severity: "warning",
      message: expect.stringContaining("behind"),
    });
  });

  it("tell both when they differ, and the token has expired all the same", async () => {
    const findings = await explainAt(-3600, (now) => ({ exp: now - 600 }));
    expect(of(findings, "expired")?.fix).toContain("Get a new token");
    expect(of(findings, "expired")?.message).toContain("by the issuer's clock as well");
    expect(of(findings, "clock_drift")?.fix).toContain("Synchronise");
  });
});

describe("The local tenant", () => {
  it.each([
    ["an empty list", { permissions: [] }],
    ["another permission", { permissions: ["read:reports"] }],
    ["no claim", {}],
  ])("is told its own way to a permission: %s", async (_name, claims) => {
    const finding = of(await local().explain(localToken(claims), permission("read:admin")), "permission_missing");
    expect(finding?.fix).toContain("npx gatewarden token --permission read:admin");
    expect(finding?.fix).not.toMatch(/Auth0|Enable RBAC/i);
  });

  it("is told its own way to a scope and to a role", async () => {
    const scopes = of(await local().explain(localToken({ scope: "openid" }), scope("email")), "scope_missing");
    expect(scopes?.fix).toContain("npx gatewarden token --scope email");
    const roles = of(await local().explain(localToken(), role("admin")), "role_missing");
    expect(roles?.fix).toContain(`npx gatewarden token --claim 'roles=["admin"]'`);
  });

  it("is the only one that is told so, and an empty list at Auth0 is no RBAC that is off", async () => {
    const auth0 = guardWith({ issuer: "https://acme.eu.auth0.com/" });
    const made = token({ iss: "https://acme.eu.auth0.com/", permissions: [] });
    const finding = of(await auth0.explain(made, permission("read:admin")), "permission_missing");
    expect(finding?.fix).not.toContain("npx gatewarden");
    expect(finding?.message).toContain("`permissions` is an empty list");
    expect(finding?.fix).toContain("Assign the permission");
  });

  it("gets no command with what a shell would act on", async () => {
    const evil = permission("a;rm$HOME");
    const finding = of(await local().explain(localToken({ permissions: [] }), evil), "permission_missing");
    expect(finding?.fix).toContain("npx gatewarden token --permission <name>");
    expect(finding?.fix).not.toContain("rm$HOME");
  });
});

describe("HS256 without a secret", () => {
  it.each([
    ["an unknown provider", "https://issuer.test/"],
    ["the local tenant", "http://127.0.0.1:4400/"],
    ["Auth0", "https://acme.eu.auth0.com/"],
    ["Supabase", "https://abc.supabase.co/auth/v1"],
  ])("is never told to be listed: %s", async (_name, iss) => {
    const made = hmac({ iss, aud: audience, exp: start + 60 });
    const finding = of(await guardWith({ issuer: iss }).explain(made), "algorithm_not_allowed");
    expect(finding?.fix).not.toMatch(/list (it|the algorithm)|`algorithms`/);
    expect(
      toRefusalFinding(new AuthError("algorithm_not_allowed", { details: { expected: ["RS256"], actual: "HS256" } }))
        .fix,
    ).not.toMatch(/list the algorithm/);
  });

  it("an asymmetric algorithm still may be", async () => {
    const strict = guardWith({ algorithms: ["RS256"] });
    expect(of(await strict.explain(token()), "algorithm_not_allowed")?.fix).toContain("`algorithms`");
  });
});

describe("Times", () => {
  it("are shown in UTC, with how long ago they were", async () => {
    const finding = of(await guard.explain(token({ exp: start - 300, iat: start - 3900 })), "expired");
    expect(finding?.message).toContain("It expired 5 minutes ago, at 2027-01-15T07:55:00Z. It was issued for 1 hour.");
    expect(finding).toMatchObject({ expected: "2027-01-15T08:00:00Z", actual: "2027-01-15T07:55:00Z" });
    const early = of(await guard.explain(token({ nbf: start + 90 })), "not_yet_valid");
    expect(early?.message).toContain("It is 1 minute ahead of this machine's clock: 2027-01-15T08:01:30Z.");
  });

  it("stay as they are where they cannot be dates", async () => {
    expect(of(await guard.explain(token({ exp: 3600 })), "expired")).toMatchObject({ actual: 3600 });
    const huge = of(await guard.explain(token({ iat: 1e300 })), "issued_in_future");
    expect(huge).toMatchObject({ actual: 1e300 });
  });

  it("also those of a login and of a proof", async () => {
    const login = await guard.explain(token({ auth_time: start - 7200 }), stepUp({ maxAge: 300 }));
    expect(of(login, "authentication_too_old")?.message).toContain(
      "The login was 2 hours ago, at 2027-01-15T06:00:00Z",
    );
    const sender = await createSender();
    const bound = await issue({ cnf: { jkt: sender.jkt } });
    const proof = prove(sender, bound, { claims: { iat: time - 3600 } });
    const stale = await dpopGuard().explain(proven(bound, proof));
    expect(of(stale, "dpop_stale")?.message).toMatch(/Its `iat` is 1 hour ago, at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\./);
  });

  it("also in an explained refusal on the wire", async () => {
    const explaining = guardWith({ explain: "development" });
    await explaining.ready();
    const outcome = await explaining.attempt(bearer(token({ exp: start - 300 })));
    const body = explaining.refusal(outcome as AuthError).body;
    expect(JSON.stringify(body)).toContain("It expired 5 minutes ago, at 2027-01-15T07:55:00Z");
  });
});

describe("A token that is accepted", () => {
  it("is told with who, what and until when", async () => {
    const made = token({ azp: "web-app", permissions: ["read:a", "read:b"], scope: "openid", roles: ["admin"] });
    const [finding] = await guard.explain(made);
    const { message = "" } = finding ?? {};
    expect(message).toContain("the user `user|1`, by the client `web-app`");
    expect(message).toContain("permissions `read:a`, `read:b`; scopes `openid`; roles `admin`");
    expect(message).toContain("until 2027-01-15T08:05:00Z, in 5 minutes");
  });

  it("of a machine, without grants", async () => {
    const [finding] = await guard.explain(token({ sub: "job@clients", azp: "job" }));
    expect(finding?.message).toContain("the machine `job`");
    expect(finding?.message).toContain("no permissions, scopes or roles");
  });

  it("with many grants is still one line, and shows no token within a claim", async () => {
    const permissions = Array.from({ length: 200 }, (_value, index) => `p${index}`);
    const [finding] = await guard.explain(token({ permissions, sub: token() }));
    expect(finding?.message).toContain("and 180 more");
    expect(finding?.message.length).toBeLessThan(2000);
    expect(finding?.message).not.toContain(token().split(".")[2]);
  });

  it("reads grants where the guard reads them", async () => {
    const [finding] = await guardWith({ claimNames: { roles: ["realm_access", "roles"] } }).explain(
      token({ realm_access: { roles: ["boss"] }, roles: ["not-this"] }),
    );
    expect(finding?.message).toContain("roles `boss`");
    expect(finding?.message).not.toContain("not-this");
  });
});

describe("A document in place of a token", () => {
  it.each([
    ["a key set", JSON.stringify({ keys: [ec.jwk] }), "a key set"],
    ["a key set on several lines", JSON.stringify({ keys: [ec.jwk, stranger.jwk] }, null, 2), "a key set"],
    ["a large key set", JSON.stringify({ keys: Array.from({ length: 60 }, () => ec.jwk) }), "a key set"],
    ["an empty key set", '{"keys":[]}', "a key set"],
    ["one key", JSON.stringify(ec.jwk), "a public key"],
    ["metadata", '{"issuer":"https://a.test/","jwks_uri":"https://a.test/jwks"}', "metadata"],
    ["decoded claims", '{"iss":"https://a.test/","aud":"x","exp":1}', "claims of a token"],
    ["a decoded header", '{"alg":"RS256","kid":"a","typ":"JWT"}', "header of a token"],
  ])("is recognised: %s", async (_name, text, says) => {
    const [finding] = await guard.explain(text);
    expect(finding?.message).toContain(says);
    expect(finding?.message).not.toContain("opaque");
    const value = withHeaders({ authorization: `Bearer ${text.replaceAll("\n", " ")}` });
    expect((await guard.explain(value))[0]?.message).toContain(says);
  });

  it("is not quoted, and a private one is to be replaced", async () => {
    const secret = ec.privateKey.export({ format: "jwk" });
    for (const text of [JSON.stringify(secret), JSON.stringify({ keys: [secret] }), '{"kty":"oct","k":"c2VjcmV0"}']) {
      const [finding] = await guard.explain(text);
      expect(finding?.fix).toContain("private");
      expect(JSON.stringify(finding)).not.toContain(String(secret["d"]));
    }
  });

  it("other JSON is still what it was", async () => {
    const wrapped = await guard.explain(JSON.stringify({ access_token: token() }));
    expect(wrapped[0]?.message).toContain("the whole answer of the token endpoint");
    expect((await guard.explain("{}"))[0]?.code).toBe("token_opaque");
  });
});

describe("explain without any configuration", () => {
  async function explain(args: readonly string[], input = "", env: Record<string, string> = {}) {
    const written = { out: "", error: "" };
    const code = await main(["explain", "--json", ...args], {
      env,
      input: async () => input,
      out: (text) => {
        written.out += text;
      },
      error: (text) => {
        written.error += text;
      },
    });
    return { code, error: written.error, findings: JSON.parse(written.out) as Finding<string>[] };
  }
  const soon = Math.floor(Date.now() / 1000) + 3600;

  it("tells iss, aud, times and who, and that nothing was verified", async () => {
    const made = token({ exp: soon, iat: soon - 7200, azp: "web" });
    const { code, error, findings } = await explain([made]);
    expect(code).toBe(2);
    expect(error).toContain("AUTH0_DOMAIN is not set");
    const [first] = findings;
    expect(first).toMatchObject({ code: "configuration", fix: expect.stringContaining("--issuer") });
    const text = JSON.stringify(findings.find((finding) => finding.code === "token"));
    for (const part of ["https://issuer.test/", "https://api.test", "user|1", "web", "ES256", "Z, in 1 hour"])
      expect(text).toContain(part);
    expect(text).toContain("not verified");
    expect(findings.map((finding) => finding.code)).not.toContain("accepted");
    expect(JSON.stringify(findings)).not.toContain(made.split(".")[2]);
  });

  it("tells what needs no configuration: the shape, an ID token, a time", async () => {
    const codes = async (text: string) => (await explain(["-"], text)).findings.map((finding) => finding.code);
    expect(await codes(token({ exp: 1, iat: 1, at_hash: "x" }))).toEqual([
      "configuration",
      "id_token",
      "expired",
      "token",
    ]);
    const cut = await explain(["-"], token({ exp: soon, iat: 1 }).slice(0, -20));
    expect(JSON.stringify(cut.findings)).toContain("the end of the token was cut off");
    expect(await codes('{"keys":[]}')).toEqual(["configuration", "token_opaque"]);
    const request = `curl -H "Authorization: Bearer ${token({ exp: soon, iat: 1 })}" https://api.test/`;
    expect(await codes(request)).toEqual(["configuration", "token"]);
    expect(await codes("curl https://api.test/")).toEqual(["configuration", "credentials_missing"]);
  });

  it("says nothing of an issuer, an audience or a key that nobody configured", async () => {
    const { findings } = await explain([token({ exp: soon, iat: 1, iss: "https://your-tenant.test/" })]);
    expect(findings.map((finding) => finding.code)).toEqual(["configuration", "token"]);
  });

  it("survives any claim", async () => {
    for (const claims of [
      { iss: { toString: 1 }, aud: [1, null] },
      { exp: "x", iat: 1e300, sub: ["a"] },
      { aud: "\u001b[2J" },
    ]) {
      const { code, findings } = await explain([forge({ header: { alg: "ES256" }, payload: claims, key: ec })]);
      expect([code, findings[0]?.code]).toEqual([2, "configuration"]);
    }
  });

  it("is for absent configuration only: one that is wrong is said alone", async () => {
    const { findings } = await explain([token()], "", { AUTH0_DOMAIN: "your-tenant.auth0.com", AUTH0_AUDIENCE: "a" });
    expect(findings.map((finding) => finding.code)).toEqual(["configuration"]);
  });
});

it("doctor says how a slow connection is given more time", async () => {
  const fetch = () =>
    Promise.reject(new TypeError("fetch failed", { cause: Object.assign(new Error(""), { code: "ETIMEDOUT" }) }));
  const seen = await examineIssuer("https://127.0.0.1:1/", { fetch: fetch as never });
  expect(seen.exitCode).toBe(1);
  const remote = await startRemote();
  const answered = await examine({
    args: ["--issuer", remote.server.issuer, "--audience", audience],
    fetch: fetch as never,
  });
  await remote.server.close();
  const failed = answered.findings.find(({ code }) => code === "answer_failed");
  expect(failed?.message).toContain("no connection came about in time (ETIMEDOUT)");
  expect(failed?.fix).toContain("--network-family-autoselection-attempt-timeout");
});
