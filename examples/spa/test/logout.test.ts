// A person logs in on the page and is logged out on the tenant's: the API refuses the very next request, although the token has not expired.
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createTenant, defaultConfig, type Tenant } from "@gatewarden/dev";
import { createGuard, createRevocationList } from "gatewarden";
import { createLogoutEndpoint, type LogoutEvent } from "gatewarden/logout";
import { protect, serveEndpoint } from "gatewarden/node";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { buildPage } from "../scripts/build.mjs";
import { createPageServer } from "../scripts/server.mjs";

const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const isMissing = !existsSync(executablePath);
// On CI a browser that is missing is a failure: a test that is skipped there proves nothing.
const isSkipped = isMissing && process.env["CI"] !== "true";
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const title = `Logging out in Chromium${isMissing ? ` (there is none at ${executablePath}; set CHROMIUM_PATH)` : ""}`;

describe.skipIf(isSkipped)(title, () => {
  let browser: Browser;
  beforeAll(async () => {
    await buildPage();
    browser = await chromium.launch({ executablePath, args });
  });
  afterAll(() => browser?.close());

  test.each([
    { by: "sub", ends: "user", sidInAccessToken: false },
    { by: "sid", ends: "session", sidInAccessToken: true },
  ] as const)("ends access tokens at once, by $by", async ({ ends, sidInAccessToken }) => {
    const { context, events, origin, tenant } = await start(browser, { ends, sidInAccessToken });
    const page = await openPage(context, origin);
    await page.getByRole("switch").setChecked(false);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.getByRole("button", { name: "Alice Adams" }).click();
    await page.getByText("Forget the token").waitFor();
    expect(await callApi(page)).toMatch(/^200/);
    expect(await callApi(page)).toMatch(/^200/);

    const personas = await openPage(context, toLoginUrl(tenant, origin));
    await personas.getByRole("button", { name: "Log out" }).click();
    await expect.poll(() => personas.getByRole("button", { name: "Log out" }).count()).toBe(0);
    expect(events.map(({ outcome }) => outcome)).toEqual(["done"]);

    const refused = await callApi(page);
    expect(refused).toMatch(/^401/);
    expect(refused).toContain('"reason": "token_revoked"');
    // A new login gets a token that is accepted, once the second of the log-out has passed.
    await expect.poll(async () => (await verifyNew(tenant, origin)).status, { timeout: 20_000 }).toBe(200);
  });

  /** Calls the API with a token that was issued just now. */
  async function verifyNew(tenant: Tenant, origin: string): Promise<Response> {
    const { access_token } = await tenant.token({ as: "alice", client: "spa" });
    const settings = (await (await fetch(`${origin}/settings.json`)).json()) as { api: string };
    return fetch(`${settings.api}/api/private`, { headers: { authorization: `Bearer ${access_token}` } });
  }
});

interface Case {
  readonly ends: "session" | "user";
  readonly sidInAccessToken: boolean;
}

interface Started {
  readonly tenant: Tenant;
  readonly context: BrowserContext;
  readonly origin: string;
  readonly events: readonly LogoutEvent[];
}

/** A tenant, an API that it tells of log-outs, and the page. */
async function start(browser: Browser, { ends, sidInAccessToken }: Case): Promise<Started> {
  const api = await listen(createServer());
  const [first] = defaultConfig.apis;
  const tenant = await createTenant({
    port: 0,
    apis: [{ audience: "https://api.gatewarden.local", ...first, sidInAccessToken }],
    clients: {
      spa: {
        name: "Example single-page app",
        backchannelLogoutUri: `${api.url}/backchannel-logout`,
        backchannelLogoutSessionRequired: ends === "session",
      },
    },
  });
  onTestFinished(() => tenant.close());
  const { issuer, audience } = tenant;
  const page = await listen(createPageServer({ issuer, audience, clientId: "spa", api: api.url }));
  const events = protectApi(api.server, tenant, { ends, origin: page.url });
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return { tenant, context, origin: page.url, events };
}

/** The API: one route for the page, and one for the tenant. */
function protectApi(
  server: Server,
  { issuer, audience }: Tenant,
  { ends, origin }: Pick<Case, "ends"> & { readonly origin: string },
): readonly LogoutEvent[] {
  const events: LogoutEvent[] = [];
  const revocation = createRevocationList();
  const guard = createGuard({ issuer, audience, revocation, env: {} });
  const logout = serveEndpoint(
    createLogoutEndpoint(guard, {
      clientId: "spa",
      revocations: revocation,
      ends,
      onLogout: (event) => events.push(event),
    }),
  );
  const answer = protect(guard, (_request: IncomingMessage, response: ServerResponse, auth) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ message: "Private endpoint", user: auth.subject }));
  });
  server.on("request", (request, response) => {
    if (request.url === "/backchannel-logout") return void logout(request, response);
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-allow-headers", "authorization");
    response.setHeader("access-control-expose-headers", "www-authenticate");
    if (request.method === "OPTIONS") return void response.writeHead(204).end();
    answer(request, response);
  });
  return events;
}

async function listen(server: Server): Promise<{ readonly server: Server; readonly url: string }> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** A login that shows the tenant's page although somebody is logged in. */
function toLoginUrl({ audience, issuer }: Tenant, origin: string): string {
  const url = new URL("/authorize", issuer);
  const parameters = {
    client_id: "spa",
    redirect_uri: `${origin}/`,
    response_type: "code",
    scope: "openid",
    audience,
    prompt: "login",
    // Any one will do: this login is not finished.
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** Calls the API by the page's button. Returns what the page shows. */
async function callApi(page: Page): Promise<string> {
  const card = page.locator("#api-private");
  const response = page.waitForResponse(
    (one) => one.url().endsWith("/api/private") && one.request().method() === "GET",
  );
  await card.getByRole("button", { name: "Call" }).click();
  const status = String((await response).status());
  await expect.poll(async () => (await card.locator("output").textContent()) ?? "").toMatch(new RegExp(`^${status}`));
  return (await card.locator("output").textContent()) ?? "";
}
