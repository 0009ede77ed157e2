// The console in a real browser: every screen, its main action, and its accessibility.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { createGuard, type Guard, permission } from "gatewarden";
import { protect } from "gatewarden/node";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { connectConsole } from "../../src/connect.js";
import { createTenant, type Tenant } from "../../src/index.js";

const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const isMissing = !existsSync(executablePath);
// On CI a browser that is missing is a failure: a test that is skipped there proves nothing.
const isSkipped = isMissing && process.env["CI"] !== "true";
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const title = `The console in Chromium${isMissing ? ` (there is none at ${executablePath}; set CHROMIUM_PATH)` : ""}`;
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const built = join(root, "packages/dev/dist/console");
const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Builds only what the page is, in a second or two. */
async function buildConsole(): Promise<void> {
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

function serveOrders(server: Server, guard: Guard): void {
  const answer = { private: protect(guard, sendFine), admin: protect(guard, permission("read:admin"), sendFine) };
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

test("weighs at most 120 KB compressed, with everything that it loads", async () => {
  await buildConsole();
  const files = (await readdir(built, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => gzipSync(await readFile(join(file.parentPath, file.name)))),
  );
  expect(files.map(({ name }) => name)).toContain("index.html");
  expect(sizes.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(120 * 1024);
});

describe.skipIf(isSkipped)(title, () => {
  let browser: Browser;
  let tenant: Tenant;
  const server = createServer();

  beforeAll(async () => {
    await buildConsole();
    [tenant, browser] = await Promise.all([createTenant({ port: 0 }), chromium.launch({ executablePath, args })]);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { issuer, audience } = tenant;
    const guard = createGuard({ issuer, audience, env: {} });
    serveOrders(server, guard);
    connectConsole(guard, { tenant: tenant.url, name: "Orders" });
    tenant.showApi({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  afterAll(async () => {
    await browser?.close();
    await tenant?.close();
    server.closeAllConnections();
    server.close();
  });

  interface Look {
    readonly width?: number;
    readonly colorScheme?: "light" | "dark";
  }

  async function open(screen: string, { colorScheme = "light", width = 1280 }: Look = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
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

  /** The rules of WCAG 2.2 A and AA, and the best practices of axe. */
  async function findViolations(page: Page): Promise<readonly string[]> {
    // Not a script of the page, which the content security policy would refuse.
    await page.evaluate(await readFile(axePath, "utf8"));
    const result = (await page.evaluate("axe.run()")) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  }

  const looks = [
    { width: 360, colorScheme: "light" },
    { width: 1280, colorScheme: "dark" },
  ] as const;

  async function click(page: Page, name: string | RegExp): Promise<void> {
    const isText = typeof name === "string";
    await page
      .getByRole("button", { name, ...(isText && { exact: true }) })
      .first()
      .click();
  }

  const screens: readonly { screen: string; act: (page: Page) => Promise<void> }[] = [
    {
      screen: "",
      act: async (page) => {
        await click(page, /GET \/admin as Bob/);
        await page.locator(".exchange").waitFor();
      },
    },
    {
      screen: "token",
      act: async (page) => {
        await page.getByRole("switch", { name: "Exactly these" }).click();
        await click(page, "Get the token");
        await page.locator(".token").waitFor();
      },
    },
    {
      screen: "explain",
      act: async (page) => {
        await click(page, "Show me a wrong one");
        await page.locator(".token").waitFor();
      },
    },
    {
      screen: "faults",
      act: async (page) => {
        await page.getByRole("switch", { name: "expired", exact: true }).click();
        await page.locator(".exchange").waitFor();
        await tenant.faults.clear();
      },
    },
    {
      screen: "keys",
      act: async (page) => {
        await click(page, "Rotate");
        await page
          .getByRole("button", { name: /^Withdraw/ })
          .first()
          .waitFor();
      },
    },
    {
      screen: "live",
      act: async (page) => {
        const [api] = (await (await fetch(`${tenant.url}/dev/apis`)).json()).apis;
        await fetch(`${api.url}/private`);
        await page.locator(".feed summary").first().click();
      },
    },
    {
      screen: "sessions",
      act: async (page) => {
        await tenant.token();
        await page
          .getByRole("button", { name: /^Log out/ })
          .first()
          .waitFor();
      },
    },
    {
      screen: "people",
      act: async (page) => {
        await click(page, "Edit Bob Brown");
        await click(page, "New application");
      },
    },
  ];
  const cases = screens.flatMap((one) => looks.map((look) => ({ ...one, ...look, name: one.screen || "first" })));

  test.each(cases)(
    "the screen $name: no violation of axe, nothing beyond the edge ($width px, $colorScheme)",
    async ({ act, colorScheme, screen, width }) => {
      const page = await open(screen, { width, colorScheme });
      await page.waitForTimeout(250);
      expect(await findViolations(page)).toEqual([]);
      await act(page);
      await page.waitForTimeout(250);
      expect(await findViolations(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    },
  );

  test("shows a 200, a 401 and a 403 with one click each, and why", async () => {
    const page = await open("");
    await click(page, /GET \/admin as Alice/);
    await page.getByText("Accepted as Alice Adams").waitFor();
    await click(page, /GET \/admin without a token/);
    await page.getByText("Not let in without a token").waitFor();
    await click(page, /GET \/admin as Bob/);
    await page.getByText("Not allowed as Bob Brown").waitFor();
    const shown = (await page.locator(".exchange").textContent()) ?? "";
    for (const text of ["Cause", "Fix", "permission_missing", "HTTP/1.1 403", "insufficient_scope", "read:admin"]) {
      expect(shown).toContain(text);
    }
  });

  test("explains a pasted curl line at the member that is wrong", async () => {
    const page = await open("explain");
    const { access_token } = await tenant.token({ fault: "expired" });
    await page.getByRole("textbox").fill(`curl https://x.example -H 'Authorization: Bearer ${access_token}'`);
    await click(page, "Explain");
    await page.getByText("One thing is wrong").waitFor();
    expect(await page.locator(".members .wrong").first().textContent()).toMatch(/^exp/);
  });

  test("creates a persona, who can then get a token", async () => {
    const page = await open("people");
    await click(page, "New persona");
    await page.getByLabel("Short name").fill("dora");
    await page.getByLabel("Name", { exact: true }).fill("Dora Dean");
    await page.getByRole("checkbox", { name: "write:reports" }).check();
    await click(page, "Save");
    await page.getByRole("heading", { name: "Dora Dean" }).waitFor();
    const { access_token } = await tenant.token({ as: "dora" });
    const claims = JSON.parse(Buffer.from(access_token.split(".")[1] ?? "", "base64url").toString());
    expect(claims.permissions).toEqual(["write:reports"]);
  });

  test("reaches every screen by the keyboard, and says which one it is", async () => {
    const page = await open("");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await page.getByRole("link", { name: "Keys" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.title()).toBe("Keys · Gatewarden");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H1");
  });
});
