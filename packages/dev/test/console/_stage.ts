// One browser, one tenant and one API for all tests of the console.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createGuard, type Guard, permission } from "gatewarden";
import { protect } from "gatewarden/node";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { connectConsole } from "../../src/connect.js";
import { createTenant, type Tenant } from "../../src/index.js";

export const executablePath: string = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
export const isMissing: boolean = !existsSync(executablePath);
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const root = fileURLToPath(new URL("../../../../", import.meta.url));
export const built: string = join(root, "packages/dev/dist/console");
const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Builds only what the page is, in a second or two. */
export async function buildConsole(): Promise<void> {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const options = ["build", "--config", "packages/dev/console/vite.config.ts", "--logLevel", "warn"];
  await promisify(execFile)(process.execPath, [vite, ...options], { cwd: root });
}

const document = {
  openapi: "3.1.0",
  info: { title: "Orders", version: "1" },
  paths: {
    "/open": { get: { summary: "For everybody" } },
    "/private": { get: { summary: "Any token", security: [{ oauth2: [] }] } },
    "/admin": { get: { summary: "Admins", security: [{ oauth2: ["read:admin"] }] } },
  },
};

interface Guards {
  readonly plain: Guard;
  /** Its refusals carry cause and fix, as those of an API that is being developed. */
  readonly explaining: Guard;
}

function serveOrders(server: Server, { explaining, plain }: Guards): void {
  const answer = { private: protect(plain, sendFine), admin: protect(explaining, permission("read:admin"), sendFine) };
  server.on("request", (request, response) => {
    if (request.url === "/openapi.json") response.end(JSON.stringify(document));
    else if (request.url === "/private") void answer.private(request, response);
    else if (request.url === "/admin") void answer.admin(request, response);
    else if (request.url === "/open") response.end("{}");
    else response.writeHead(404).end("{}");
  });
}

function sendFine(_request: unknown, response: { end(text: string): unknown }): void {
  response.end('{"fine":true}');
}

export interface Stage {
  readonly tenant: Tenant;
  /** The address of the API. */
  readonly api: string;
  /** Opens a screen by its path. Fails the test for any request to another address. */
  readonly open: (screen: string, options?: BrowserContextOptions) => Promise<Page>;
  readonly close: () => Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const server = createServer();
  const [tenant, browser] = await Promise.all([createTenant({ port: 0 }), chromium.launch({ executablePath, args })]);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { issuer, audience } = tenant;
  const plain = createGuard({ issuer, audience, env: {} });
  const explaining = createGuard({ issuer, audience, env: {}, explain: "development" });
  await explaining.ready();
  serveOrders(server, { explaining, plain });
  for (const guard of [plain, explaining]) connectConsole(guard, { tenant: tenant.url, name: "Orders" });
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  tenant.showApi({ url: api });
  return {
    tenant,
    api,
    open: (screen, options) => openScreen(browser, tenant, screen, options),
    close: async () => {
      await browser.close();
      await tenant.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

async function openScreen(
  browser: Browser,
  tenant: Tenant,
  screen: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
    ...options,
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== tenant.url) foreign.push(request.url());
  });
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) foreign.push(message.text());
  });
  onTestFinished(() => expect(foreign).toEqual([]));
  await page.goto(`${tenant.url}/console#/${screen}`);
  await page.locator("h1").waitFor();
  return page;
}

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  readonly passes: readonly unknown[];
}

/** What axe found in all runs, for the report. */
export const axeTotals = { runs: 0, rulesPassed: 0, violations: 0 };

/** The rules of WCAG 2.2 A and AA, and the best practices of axe. */
export async function findViolations(page: Page): Promise<readonly string[]> {
  // Not a script of the page, which the content security policy would refuse.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(await readFile(axePath, "utf8"));
  const { passes, violations } = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as AxeResult;
  axeTotals.runs += 1;
  axeTotals.rulesPassed += passes.length;
  axeTotals.violations += violations.length;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** How many pixels of the page are beyond the right edge. */
export async function findOverflow(page: Page): Promise<number> {
  return Number(await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"));
}

export async function click(page: Page, name: string | RegExp): Promise<void> {
  const isText = typeof name === "string";
  await page
    .getByRole("button", { name, ...(isText && { exact: true }) })
    .first()
    .click();
}

export function decodeClaims(token: string, part = 1): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split(".")[part] ?? "", "base64url").toString());
}
