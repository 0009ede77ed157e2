// The audience: what can be seen in it without asking anybody.
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DoctorCode } from "../../../../src/cli/doctor/catalogue/catalogue.js";
import { examine, expectFinding } from "../_examine.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
});
afterAll(() => tenant.close());

const withAudience = (audience: string, env: Record<string, string> = {}) =>
  examine({ env, args: ["--issuer", tenant.issuer, "--audience", audience] });

describe("An audience", () => {
  it.each(["https://api.acme.com", "urn:acme:api", "orders", "api://orders", "https://contest.acme.com/v1"])(
    "such as %j is plausible",
    async (audience) => {
      expect((await withAudience(audience, { NODE_ENV: "staging" })).findings).toEqual([]);
    },
  );

  it.each<[string, DoctorCode]>([
    ["Yk3vT9qLm2Xw8ZpRn5Bc7Hd1Fg4Js6Ka", "audience_client_id"],
    ["0oa1b2c3d4e5f6g7h8i9", "audience_client_id"],
    ["1234567890-abc.apps.googleusercontent.com", "audience_client_id"],
    ["9f1c2d3e-4a5b-4c6d-8e7f-0a1b2c3d4e5f", "audience_client_id"],
    ["account", "audience_everybody"],
    ["https://api.example.com", "audience_example"],
    ["https://quickstarts/api", "audience_example"],
    ["changeme", "audience_example"],
    ["https://a.acme.com,https://b.acme.com", "audience_list"],
    ["https://a.acme.com https://b.acme.com", "audience_list"],
  ])("such as %j is %s", async (audience, code) => {
    const seen = await withAudience(audience);
    expectFinding(seen, code, `"${audience}"`);
    expect(seen.codes).toEqual([code]);
    expect(seen.exitCode).toBe(0);
  });

  it("that is the issuer's userinfo endpoint would let everybody in", async () => {
    for (const audience of [`${tenant.issuer}userinfo`, `${tenant.issuer}userinfo/`]) {
      const seen = await withAudience(audience);
      expectFinding(seen, "audience_userinfo", audience);
      expect(seen.exitCode).toBe(1);
    }
  });

  it.each(["", "api/v2/"])("that is the issuer with %j is not this API's", async (path) => {
    expectFinding(await withAudience(`${tenant.issuer}${path}`), "audience_issuer", `${tenant.issuer}${path}`);
  });

  it("that ends in a slash is worth a look", async () => {
    const seen = await withAudience("https://api.acme.com/v1/");
    expect(expectFinding(seen, "audience_slash", "https://api.acme.com/v1").message).toContain(
      '"https://api.acme.com/v1/"',
    );
    expect(seen.codes).toEqual([]);
  });

  it.each([
    ["https://api.staging.acme.com", "https://prod.acme.invalid/", {}, "staging", "production"],
    ["https://api-dev.acme.com", "https://idp.acme.invalid/", { NODE_ENV: "production" }, "development", "production"],
    ["http://localhost:3000", "https://idp.acme.invalid/", { NODE_ENV: "Production " }, "this machine", "production"],
  ])("%j with the issuer %j belongs to another environment", async (audience, issuer, env, one, two) => {
    const seen = await examine({ env, args: ["--issuer", issuer, "--audience", audience] });
    const { message } = expectFinding(seen, "audience_environment", audience);
    expect(message).toContain(one);
    expect(message).toContain(two);
  });

  it("may be a UUID at Entra, where APIs are called so", async () => {
    const issuer = "https://login.microsoftonline.com/common/v2.0";
    const lookup = () => Promise.reject(Object.assign(new Error("offline"), { code: "EAI_AGAIN" }));
    const args = ["--issuer", issuer, "--audience", "9f1c2d3e-4a5b-4c6d-8e7f-0a1b2c3d4e5f"];
    expect((await examine({ args, lookup })).codes).toEqual(["dns_temporary"]);
  });
});
