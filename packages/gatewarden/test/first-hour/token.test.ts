// Twelve ways to lose the first hour, of which these are in the token: a real API and the command line both say what is wrong with it.
import { createTenant, defaultConfig, type Tenant } from "@gatewarden/dev";
import { EncryptJWT, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { environmentOf, explain, explainAsText, says, startApi, startTenant, tokenOf, trust } from "./_hour.js";

let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant({ port: 0, apis: [...defaultConfig.apis, { audience: "spa" }] });
});
afterAll(() => tenant.close());

describe("In the first hour", () => {
  test("1: an opaque or encrypted token names the audience that the client did not request", async () => {
    const api = await startApi(trust(tenant));
    const opaque = await tokenOf(tenant, { as: "alice", audience: null });
    const encrypted = await new EncryptJWT({ iss: tenant.issuer })
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .encrypt(new Uint8Array(32));
    const fix = says("audience", tenant.audience);
    expect(await api.call("/private", `Bearer ${opaque}`)).toMatchObject({
      status: 401,
      body: { code: "token_opaque", cause: says("one part", "no audience"), fix },
    });
    expect(await explain(opaque, environmentOf(tenant))).toMatchObject({
      code: 1,
      findings: [{ code: "token_opaque", severity: "error", message: says("one part"), fix }],
    });
    expect(await api.call("/private", `Bearer ${encrypted}`)).toMatchObject({
      status: 401,
      body: { code: "token_encrypted", fix },
    });
    expect(await explain(encrypted, environmentOf(tenant))).toMatchObject({
      code: 1,
      findings: [{ code: "token_encrypted", message: says("five parts", "requests no audience"), fix }],
    });
  });

  test("2: an issuer that lacks its slash is shown beside the right one, with a pointer to the character", async () => {
    const token = await tokenOf(tenant);
    const api = await startApi({ ...trust(tenant), issuer: tenant.url });
    const cause = says(
      `The token says \`${tenant.issuer}\`, the configuration says \`${tenant.url}\``,
      "the slash at the end",
    );
    const exact = ["--issuer", tenant.url];
    expect(await api.call("/private", `Bearer ${token}`)).toMatchObject({
      status: 401,
      body: { code: "issuer_untrusted", cause, fix: says("exactly", `\`${tenant.issuer}\``), actual: tenant.issuer },
    });
    const { code, findings } = await explain(token, environmentOf(tenant), exact);
    expect(code).toBe(1);
    expect(findings).toMatchObject([
      { code: "issuer_untrusted", message: cause, expected: [tenant.url], actual: tenant.issuer },
      { code: "keys_unavailable", message: says("says the issuer is", tenant.issuer), fix: says("slash included") },
    ]);
    const text = await explainAsText(token, environmentOf(tenant), exact);
    expect(text).toContain(`  actual:   "${tenant.issuer}"\n${" ".repeat(12 + tenant.url.length + 1)}^\n`);
    // In the environment both spellings mean the same, so there the slip costs nothing.
    expect(await explain(token, { ...environmentOf(tenant), ISSUER_BASE_URL: tenant.url })).toMatchObject({ code: 0 });
  });

  test("3: a wrong audience says whose token it is, and an ID token is called one", async () => {
    const api = await startApi(trust(tenant));
    const client = await tokenOf(tenant, { as: "alice", audience: "spa", client: "spa" });
    expect(await api.call("/private", `Bearer ${client}`)).toMatchObject({
      status: 401,
      body: { code: "audience_mismatch", expected: [tenant.audience], actual: ["spa", `${tenant.url}/userinfo`] },
    });
    expect(await explain(client, environmentOf(tenant))).toMatchObject({
      code: 1,
      findings: [{ code: "audience_mismatch", message: says("client id"), fix: says(tenant.audience) }],
    });
    const idToken = await tokenOf(tenant, { as: "alice", claims: { nonce: "n", at_hash: "h" } });
    expect(await api.call("/private", `Bearer ${idToken}`)).toMatchObject({
      status: 401,
      body: { code: "id_token", fix: says("Send the access token") },
    });
    expect(await explain(idToken, environmentOf(tenant))).toMatchObject({
      code: 1,
      findings: [{ code: "id_token", message: says("This is an ID token"), fix: says("Send the access token") }],
    });
  });

  test("7: a token of another tenant names both tenants, and the key that the right one does not have", async () => {
    const stranger = await startTenant();
    const token = await tokenOf(stranger);
    const kid = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()).kid;
    const api = await startApi(trust(tenant));
    expect(await api.call("/private", `Bearer ${token}`)).toMatchObject({
      status: 401,
      body: { code: "issuer_untrusted", expected: [tenant.issuer], actual: stranger.issuer },
    });
    expect(await explain(token, environmentOf(tenant))).toMatchObject({
      code: 1,
      findings: [
        { code: "issuer_untrusted", message: says(stranger.issuer, tenant.issuer) },
        {
          code: "key_unknown",
          message: says(
            `kid \`${kid}\` is not in the keys of \`${tenant.issuer}\`; the token's issuer is \`${stranger.issuer}\``,
          ),
          fix: says("Log in at the tenant"),
        },
      ],
    });
    const forgotten = await startTenant();
    const old = await tokenOf(forgotten);
    await forgotten.rotateKeys({ dropOld: true });
    const rotated = await startApi(trust(forgotten));
    expect(await rotated.call("/private", `Bearer ${old}`)).toMatchObject({
      status: 401,
      body: { code: "key_unknown" },
    });
    expect(await explain(old, environmentOf(forgotten))).toMatchObject({
      code: 1,
      findings: [{ code: "key_unknown", message: says("not in the keys of", forgotten.issuer) }],
    });
  });

  test("9: a 403 although the permission was assigned points to RBAC, which is off", async () => {
    const [usual] = defaultConfig.apis;
    const lax = await startTenant({
      apis: [{ audience: usual?.audience ?? "", permissions: ["read:admin"], rbac: false }],
    });
    const token = await tokenOf(lax);
    const api = await startApi(trust(lax));
    // The local tenant has no dashboard: a command turns RBAC on.
    const fix = says("`rbac: false`", "rbac=true", "npx gatewarden token --permission read:admin");
    expect(await api.call("/admin", `Bearer ${token}`)).toMatchObject({
      status: 403,
      body: { code: "permission_missing", expected: ["read:admin"], actual: [], fix },
    });
    expect(await explain(token, environmentOf(lax))).toMatchObject({ code: 0 });
    expect(await explain(token, environmentOf(lax), ["--permission", "read:admin"])).toMatchObject({
      code: 1,
      findings: [
        {
          code: "permission_missing",
          message: says("has scope `openid profile email` and no `permissions`"),
          fix,
        },
      ],
    });
  });

  test("10: HS256 in the token and RS256 at the API are both named, with where to change it", async () => {
    const secret = new Uint8Array(32).fill(7);
    const claims = { iss: tenant.issuer, aud: tenant.audience, sub: "a", exp: 4_000_000_000 };
    const token = await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(secret);
    const api = await startApi(trust(tenant));
    const finding = {
      cause: says("The token is HS256", "the API expects RS256"),
      fix: says("Choose RS256 in the API's settings"),
    };
    expect(await api.call("/private", `Bearer ${token}`)).toMatchObject({
      status: 401,
      body: { code: "algorithm_not_allowed", ...finding, actual: "HS256" },
    });
    expect(await explain(token, environmentOf(tenant))).toMatchObject({
      code: 1,
      findings: [{ code: "algorithm_not_allowed", message: finding.cause, fix: finding.fix }],
    });
  });
});
