import { describe, expect, test } from "vitest";
import type { Tenant } from "../../src/index.js";
import { escapeHtml, html } from "../../src/pages/html.js";
import { Browser } from "../support/browser.js";
import { type Login, redeem, startLogin, verify } from "../support/client.js";
import { startTenant } from "../support/tenants.js";

const script = "<script>alert('x')</script>";

test("the page says who asks for what and lists every persona with what they may do", async () => {
  const tenant = await startTenant();
  const login = await startLogin(tenant, { scope: "openid read:admin" });
  const page = await new Browser(tenant.issuer).read(login.url);
  expect(page.status).toBe(200);
  expect(page.html).toContain("<h1>Who would you like to be?</h1>");
  for (const text of ["Example single-page app", tenant.audience, "openid", "read:admin"]) {
    expect(page.html).toContain(text);
  }
  for (const text of ["Alice Adams", "bob@acme.example", "org_acme", "admin", "no permissions"]) {
    expect(page.html).toContain(text);
  }
});

test("the page runs no script, is not cached and cannot be framed", async () => {
  const tenant = await startTenant();
  const page = await new Browser(tenant.issuer).read((await startLogin(tenant)).url);
  expect(page.html).not.toContain("<script");
  expect(page.headers.get("cache-control")).toBe("no-store");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
});

test("nothing from the configuration or the request becomes markup", async () => {
  const hostile = `"><img src=x onerror=alert(1)>${script}`;
  const tenant = await startTenant({
    personas: { eve: { name: hostile, email: hostile, organization: hostile, roles: [hostile] } },
    clients: { spa: { name: hostile } },
    apis: [{ audience: hostile }],
  });
  const login = await startLogin(tenant, { scope: `openid ${script.replaceAll(" ", "")}`, login_hint: hostile });
  const { html: page } = await new Browser(tenant.issuer).read(login.url);
  expect(page).not.toContain("<script");
  expect(page).not.toContain("<img");
  expect(page).toContain("&lt;script&gt;");
});

test.each(["alice", "alice@acme.example", "auth0|alice"])(
  "login_hint %s puts the focus on the persona",
  async (hint) => {
    const tenant = await startTenant();
    const login = await startLogin(tenant, { login_hint: hint });
    const page = await new Browser(tenant.issuer).read(login.url);
    expect(page.html).toMatch(/value="alice" autofocus/);
  },
);

test("a choice that does not exist shows the page again", async () => {
  const tenant = await startTenant();
  const browser = new Browser(tenant.issuer);
  const { url } = await browser.read((await startLogin(tenant)).url);
  const result = await browser.open(url, { method: "POST", body: new URLSearchParams({ persona: "mallory" }) });
  expect("page" in result && result.page.status).toBe(200);
});

test("a login of another browser cannot be taken over", async () => {
  const tenant = await startTenant();
  const { url } = await new Browser(tenant.issuer).read((await startLogin(tenant)).url);
  const { status, html: page } = await new Browser(tenant.issuer).read(url);
  expect(status).toBe(400);
  expect(page).toContain("belongs to another browser");
});

test("the error page escapes what the request said", async () => {
  const tenant = await startTenant();
  const login = await startLogin(tenant, { client_id: script });
  const { html: page } = await new Browser(tenant.issuer).read(login.url);
  expect(page).not.toContain("<script");
});

test("the html tag escapes text and keeps html", () => {
  expect(html`<b>${"<&>"}</b>${[html`<i>${1}</i>`, "'"]}${undefined}${false}`.text).toBe(
    "<b>&lt;&amp;&gt;</b><i>1</i>&#39;",
  );
  expect(escapeHtml(`"'`)).toBe("&quot;&#39;");
});

test("the page says which faults are on, and how to be rid of them", async () => {
  const tenant = await startTenant();
  const login = await startLogin(tenant);
  const browser = new Browser(tenant.issuer);
  expect((await browser.read(login.url)).html).not.toContain("Faults are on");
  await tenant.faults.set("alg-none", "token-500");
  const { html: page } = await browser.read(login.url);
  expect(page).toContain("<strong>Faults are on:</strong> <code>alg-none</code> <code>token-500</code>");
  expect(page).toContain("npx gatewarden faults --reset");
});

describe("Who is logged in", () => {
  async function openWhileLoggedIn(): Promise<{
    tenant: Tenant;
    browser: Browser;
    login: Login;
    url: URL;
    html: string;
  }> {
    const tenant = await startTenant();
    const browser = new Browser(tenant.issuer);
    const first = await startLogin(tenant);
    await browser.submit((await browser.read(first.url)).url, { persona: "alice" });
    const login = await startLogin(tenant, { prompt: "login" });
    const { url, html: page } = await browser.read(login.url);
    return { tenant, browser, login, url, html: page };
  }
  const isListed = (page: string): boolean => page.includes('name="logout" value="alice"');

  test("stands on the page with a button, and no one else does", async () => {
    const { html: page } = await openWhileLoggedIn();
    expect(isListed(page)).toBe(true);
    expect(page.match(/name="logout"/g)).toHaveLength(1);
    const tenant = await startTenant();
    expect((await new Browser(tenant.issuer).read((await startLogin(tenant)).url)).html).not.toContain("Logged in");
  });

  test("is logged out by the button, and the login goes on", async () => {
    const { tenant, browser, login, url } = await openWhileLoggedIn();
    const result = await browser.open(url, { method: "POST", body: new URLSearchParams({ logout: "alice" }) });
    if (!("page" in result)) throw new Error("left");
    expect([result.page.status, isListed(await result.page.text())]).toEqual([200, false]);
    expect(await tenant.logOut("alice")).toMatchObject({ wasLoggedIn: false });
    const { access_token } = await redeem(login, await browser.submit(url, { persona: "bob" }));
    expect((await verify(tenant, access_token)).payload.sub).toBe("auth0|bob");
  });

  test("stays so when the same persona logs in again in the same login", async () => {
    const { tenant, browser, login, url } = await openWhileLoggedIn();
    await browser.open(url, { method: "POST", body: new URLSearchParams({ logout: "alice" }) });
    const { access_token } = await redeem(login, await browser.submit(url, { persona: "alice" }));
    expect((await verify(tenant, access_token)).payload.sub).toBe("auth0|alice");
  });

  test("cannot be logged out by another browser, or by a form of another site (CWE-352)", async () => {
    const { tenant, browser, url } = await openWhileLoggedIn();
    const body = new URLSearchParams({ logout: "alice" });
    const other = await new Browser(tenant.issuer).open(url, { method: "POST", body });
    expect("page" in other && other.page.status).toBe(400);
    for (const site of ["cross-site", "same-site", "none"]) {
      const headers = { "sec-fetch-site": site };
      const forged = await browser.open(url, { method: "POST", body, headers });
      expect("page" in forged && forged.page.status).toBe(403);
    }
    expect(await tenant.logOut("alice")).toMatchObject({ wasLoggedIn: true });
  });

  test("a disabled account is shown as such, and cannot be chosen", async () => {
    const tenant = await startTenant();
    await tenant.signal({ event: "account-disabled", as: "alice" });
    const browser = new Browser(tenant.issuer);
    const { url, html: page } = await browser.read((await startLogin(tenant)).url);
    expect(page).toMatch(/value="alice" disabled>/);
    expect(page).toContain("account disabled");
    const result = await browser.open(url, { method: "POST", body: new URLSearchParams({ persona: "alice" }) });
    expect("page" in result && result.page.status).toBe(200);
    const direct = await new Browser(tenant.issuer).read((await startLogin(tenant, { persona: "alice" })).url);
    expect(direct.html).toContain("account disabled");
  });
});
