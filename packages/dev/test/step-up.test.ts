// How and when a person logged in, in access tokens (RFC 9068 §2.2.1), and stronger logins on request (RFC 9470).
import { beforeAll, expect, test } from "vitest";
import type { Tenant } from "../src/index.js";
import { Browser } from "./support/browser.js";
import { logIn, redeem, startLogin, verify } from "./support/client.js";
import { startTenant } from "./support/tenants.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await startTenant();
});

test("a login's access token says when and how the person logged in, and no more than was asked for", async () => {
  const before = Math.floor(Date.now() / 1000);
  const { payload } = await verify(tenant, (await logIn(tenant, "alice")).access_token);
  expect(payload["auth_time"]).toBeGreaterThanOrEqual(before);
  expect(payload["amr"]).toEqual(["pwd"]);
  expect(payload).not.toHaveProperty("acr");
});

test("acr_values asks a session of another strength for a new login, and the token has the first of them", async () => {
  const browser = new Browser(tenant.issuer);
  const first = await startLogin(tenant);
  await browser.submit((await browser.read(first.url)).url, { persona: "alice" });
  const stepUp = { acr_values: "mfa silver" };
  const silent = await startLogin(tenant, { ...stepUp, prompt: "none" });
  expect((await browser.leave(silent.url)).searchParams.get("error")).toBe("login_required");

  const second = await startLogin(tenant, stepUp);
  const callback = await browser.submit((await browser.read(second.url)).url, { persona: "alice" });
  const { payload } = await verify(tenant, (await redeem(second, callback)).access_token);
  expect(payload).toMatchObject({ sub: "auth0|alice", acr: "mfa", amr: ["pwd", "mfa"] });

  const again = await startLogin(tenant, { acr_values: "gold mfa", prompt: "none" });
  const tokens = await redeem(again, await browser.leave(again.url));
  expect((await verify(tenant, tokens.access_token)).payload["acr"]).toBe("mfa");
});

test("a token without a login has none of these claims", async () => {
  const { payload } = await verify(tenant, (await tenant.token({ as: "alice" })).access_token);
  for (const name of ["auth_time", "acr", "amr"]) expect(payload).not.toHaveProperty(name);
});
