// The page in a real browser: it logs in at the local tenant, and calls the Fastify example across origins.
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { type Browser, chromium, type Page, type Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type RunningApp, startApp } from "../../fastify/test/support/example.js";
import { buildPage } from "../scripts/build.mjs";
import { createPageServer } from "../scripts/server.mjs";

const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const isMissing = !existsSync(executablePath);
// On CI a browser that is missing is a failure: a test that is skipped there proves nothing.
const isSkipped = isMissing && process.env["CI"] !== "true";
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const title = `The page in Chromium${isMissing ? ` (there is none at ${executablePath}; set CHROMIUM_PATH)` : ""}`;

describe.skipIf(isSkipped)(title, () => {
  let tenant: Tenant;
  let api: RunningApp;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    await buildPage();
    [tenant, browser] = await Promise.all([createTenant({ port: 0 }), chromium.launch({ executablePath, args })]);
    // The page must know the API, and the API the page. The server reads its settings with each request.
    const settings = { ...toSettings(tenant), api: "http://127.0.0.1:1" };
    origin = await serve(settings);
    const { issuer, audience } = tenant;
    api = await startApp({ ISSUER_BASE_URL: issuer, AUDIENCE: audience, CORS_ORIGINS: origin });
    settings.api = api.url;
  });
  afterAll(() => Promise.all([browser?.close(), api?.close(), tenant?.close()]));

  /** A page of its own browser session, at the example. */
  async function open(at = origin): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(at);
    return page;
  }

  test("explains a 401 before the login, and answers what needs no token", async () => {
    const page = await open();
    expect(await call(page, "public")).toContain("Public endpoint");
    const answer = await call(page, "private");
    expect(answer).toMatch(/^401credentials_missing/);
    expect(answer).toContain("WWW-Authenticate: Bearer");
    await shoot(page, "refused");
  });

  test("logs in with PKCE, calls the API, and says which permission is missing", async () => {
    const page = await open();
    const authorization = page.waitForRequest(/\/authorize\?/);
    await logIn(page, "Bob Brown", { dpop: false });
    const asked = new URL((await authorization).url()).searchParams;
    expect(asked.get("code_challenge_method")).toBe("S256");
    expect(await page.locator("#login").textContent()).toContain("Bob Brown");
    expect(await call(page, "private")).toMatch(/^200.*auth0\|bob/s);
    const refused = await call(page, "admin");
    expect(refused).toMatch(/^403permission_missing/);
    expect(refused).toContain("The token needs read:admin.");
    await shoot(page, "forbidden");
  });

  test("keeps neither code nor token where another script or a reload would find them", async () => {
    const page = await open();
    await logIn(page, "Alice Adams", { dpop: false });
    expect(page.url()).toBe(`${origin}/`);
    expect(
      await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])),
    ).toBe('[{},{},""]');
    await page.reload();
    expect(await page.locator("#login").textContent()).toContain("Not logged in");
  });

  test.each([false, true])("steps up and repeats the call (RFC 9470); DPoP: %s", async (dpop) => {
    const page = await open();
    await logIn(page, "Alice Adams", { dpop });
    const refused = await call(page, "payout");
    expect(refused).toMatch(/^401authentication_too_weak/);
    expect(refused).toContain("insufficient_user_authentication");
    if (!dpop) await shoot(page, "step-up");
    const authorization = page.waitForRequest(/\/authorize\?/);
    await page.locator("#api-payout .step-up").click();
    const asked = new URL((await authorization).url()).searchParams;
    expect([asked.get("acr_values"), asked.get("max_age"), asked.get("prompt")]).toEqual(["mfa", "300", null]);
    await choose(page, "Alice Adams");
    await page.locator("#api-payout .status").waitFor();
    expect(await page.locator("#api-payout output").textContent()).toMatch(/^200.*Payout endpoint/s);
    await shoot(page, `stepped-up${dpop ? "-dpop" : ""}`);
  });

  test("binds the token to a key of the page where DPoP is on: elsewhere it is worth nothing (RFC 9449)", async () => {
    const [plain, bound] = [await takeToken(false), await takeToken(true)];
    const get = (headers: Record<string, string>) => fetch(`${api.url}/api/private`, { headers });
    expect((await get({ authorization: plain["authorization"] ?? "" })).status).toBe(200);
    const token = bound["authorization"]?.replace("DPoP ", "");
    const proof = bound["dpop"] ?? "";
    // Without the key, and with the proof that the page used.
    for (const [headers, code] of [
      [{ authorization: `Bearer ${token}` }, "binding_unproven"],
      [{ authorization: `DPoP ${token}` }, "dpop_proof_missing"],
      [{ authorization: `DPoP ${token}`, dpop: proof }, "dpop_replayed"],
    ] as const) {
      const response = await get(headers);
      expect([response.status, await response.json()]).toEqual([401, expect.objectContaining({ code })]);
    }
  });

  /** The headers with which the page called the API. */
  async function takeToken(dpop: boolean): Promise<Record<string, string>> {
    const page = await open();
    await logIn(page, "Alice Adams", { dpop });
    const isCall = (request: Request) => request.method() === "GET" && request.url() === `${api.url}/api/private`;
    const request = page.waitForRequest(isCall);
    expect(await call(page, "private")).toMatch(/^200/);
    return (await request).allHeaders();
  }

  test("a page that the API does not list cannot call it (Fetch §3.3)", async () => {
    const page = await open(await serve({ ...toSettings(tenant), api: api.url }));
    await page.locator("#api-public button").click();
    await page.locator("#failure").waitFor();
    expect(await page.locator("#failure").textContent()).toContain("Failed to fetch");
  });

  test("fits a telephone", async () => {
    const page = await open();
    await logIn(page, "Bob Brown", { dpop: true });
    for (const name of ["public", "private", "admin", "payout"]) await call(page, name);
    for (const width of [360, 768, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await shoot(page, `all-${width}`);
    }
  });
});

const toSettings = ({ issuer, audience }: Tenant) => ({ issuer, audience, clientId: "spa" });

async function serve(settings: Parameters<typeof createPageServer>[0]): Promise<string> {
  const server = createPageServer(settings).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

async function logIn(page: Page, name: string, { dpop }: { readonly dpop: boolean }): Promise<void> {
  await page.getByRole("switch").setChecked(dpop);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await choose(page, name);
  await page.getByText("Forget the token").waitFor();
}

/** On the tenant's page. */
const choose = (page: Page, name: string) => page.getByRole("button", { name }).click();

/** Calls the API by the page's button. Returns what the page shows. */
async function call(page: Page, name: string): Promise<string> {
  const card = page.locator(`#api-${name}`);
  await card.getByRole("button", { name: "Call" }).click();
  await card.locator(".status").waitFor();
  return (await card.locator("output").textContent()) ?? "";
}

/** For the eyes of a developer: set SCREENSHOTS to a folder. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env["SCREENSHOTS"];
  if (folder === undefined) return;
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png`, fullPage: true });
  }
}
