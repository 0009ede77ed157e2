// The built site: it comes whole from its own origin, works at every width in light and dark, and keeps a pasted token to itself.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { findProgram, toSkip } from "../../../../scripts/lib/programs.mjs";
import { optionTable } from "../../src/configuration/option-table.js";
import { type Opened, testExplainPage } from "./_explain-page.js";
import { openSite, type Site } from "./_site.js";

const { isSkipped, note } = toSkip(["chromium"]);
/** Small: each page reads it. */
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let site: Site;

/** For a build of 30 s on a machine that is not busy. */
const patience = 600_000;

beforeAll(async () => {
  site = await openSite();
}, patience);
afterAll(() => site?.close());

describe("What is built", () => {
  test("loads nothing from elsewhere: scripts, styles, images and fonts are the site's own", () => {
    const pages = site.files.filter((file) => file.endsWith(".html"));
    expect(pages.length).toBeGreaterThan(300);
    for (const file of pages) {
      const loaded = site.read(file).matchAll(/<(?:script|link|img|iframe|source)\b[^>]*\s(?:src|href)="([^"]*)"/g);
      const foreign = [...loaded]
        .map(([, target = ""]) => target)
        .filter((target) => !/^(\/(?!\/)|data:)/.test(target));
      expect({ file, foreign }).toEqual({ file, foreign: [] });
    }
    for (const file of site.files.filter((one) => one.endsWith(".css"))) {
      expect(site.read(file)).not.toMatch(/@import|@font-face|url\(["']?(https?:)?\/\//);
    }
    expect(site.files.filter((file) => /\.(woff2?|ttf|otf)$/.test(file))).toEqual([]);
  });

  test("forbids each page every connection, and every script but its own", () => {
    for (const file of site.files.filter((one) => one.endsWith(".html"))) {
      const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(site.read(file)) ?? [];
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("connect-src 'none'");
      expect(policy).toMatch(/script-src 'self'( 'sha256-[^']+')*;/);
    }
  });

  test("gives each option an address, and each cell of a row its column's name", () => {
    const page = site.read("options.html");
    for (const option of Object.keys(optionTable)) expect(page).toContain(`<tr id="${option}">`);
    expect(page).toMatch(/<table class="stacks dense" tabindex="0">/);
    expect(page).toContain('<td data-label="must be">a number from 0 to 300</td>');
  });

  test("breaks code in tables between words only, and leaves short code whole", () => {
    const page = site.read("reasons/index.html") + site.read("requirements.html");
    expect(page).toContain("<code>claim(&quot;email_<wbr>verified&quot;, true)</code>");
    expect(page).toContain("<code>permission_missing</code>");
  });

  test("says on the page of the form what GitHub cannot show, and not that it is elsewhere", () => {
    expect(site.read("explain.html")).toContain('<form class="explain"');
    expect(site.read("explain.html")).not.toContain("npm run docs");
  });

  test("has the addresses that explain and doctor link to", () => {
    for (const page of ["reasons/audience_mismatch", "doctor/issuer_mismatch", "faults/expired", "metrics"]) {
      expect(site.files).toContain(`${page}.html`);
    }
  });
});

// Pages are looked at side by side: a browser that waits for one can show another.
describe.skipIf(isSkipped).concurrent(`In Chromium${note}`, { timeout: 180_000 }, () => {
  let browser: Browser;
  const totals = { runs: 0, passed: 0, violations: 0 };

  beforeAll(async () => {
    const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
    browser = await chromium.launch({ executablePath: findProgram("chromium") ?? "", args });
  });
  afterAll(async () => {
    const { passed, runs, violations } = totals;
    console.log(`site: axe ran ${runs} times: ${violations} violations; ${passed} times a rule passed`);
    await browser?.close();
  });

  async function open(
    { onTestFinished }: TestContext,
    path: string,
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<Opened> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    onTestFinished(() => context.close());
    const complaints: string[] = [];
    const requests = await watch(context, complaints);
    const page = await context.newPage();
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(site.url + path);
    await page.waitForFunction(() => "__vue_app__" in (document.querySelector("#app") ?? {}));
    return { page, requests, complaints };
  }

  async function watch(context: BrowserContext, complaints: string[]): Promise<string[]> {
    const requests: string[] = [];
    await context.route("**/*", (route) => {
      const url = route.request().url();
      requests.push(`${route.request().method()} ${url} ${route.request().postData() ?? ""}`);
      if (url.startsWith(`${site.url}/`)) return route.continue();
      complaints.push(`asked ${url}`);
      return route.abort();
    });
    return requests;
  }

  /** What axe-core finds wrong with the page as it is now. */
  async function findViolations(page: Page): Promise<readonly string[]> {
    if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
    const { found, passed } = await page.evaluate(async () => {
      const { passes, violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run({
        resultTypes: ["violations"],
      });
      const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
      return { found, passed: passes.length };
    });
    totals.runs += 1;
    totals.passed += passed;
    totals.violations += found.length;
    return found;
  }

  const looks = [360, 1280].flatMap((width) =>
    (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
  );
  /** Half of the looks are enough for pages that have nothing of their own. */
  const fewer = looks.slice(1, 3);
  const pages = [
    ...["/", "/reasons/audience_mismatch"].map((path) => ({ path, looks })),
    ...[
      "/explain",
      "/contents",
      "/operations",
      "/bound-tokens",
      "/gateway",
      "/reasons/",
      "/doctor/issuer_mismatch",
      "/faults/expired",
      "/reference/fastify",
      "/options",
      "/metrics",
    ].map((path) => ({ path, looks: fewer })),
  ];

  /** How wide the page's content is, and which colours it has. */
  const readLook = (page: Page) =>
    page.evaluate(() => {
      const { scrollWidth, classList } = document.documentElement;
      return { width: scrollWidth, colorScheme: classList.contains("dark") ? "dark" : "light" };
    });

  test.for(pages)(
    "$path fits in every look, is accessible, writes nothing to the console and asks no other server",
    async ({ path, looks: [first, ...others] }, context) => {
      const { colorScheme = "light", width = 360 } = first ?? {};
      const { page, complaints } = await open(context, path, { viewport: { width, height: 800 }, colorScheme });
      for (const look of [{ width, colorScheme }, ...others]) {
        await page.setViewportSize({ width: look.width, height: 800 });
        await page.emulateMedia({ colorScheme: look.colorScheme });
        await context.expect.poll(() => readLook(page), { timeout: 30_000 }).toEqual(look);
        expect({ ...look, violations: await findViolations(page) }).toEqual({ ...look, violations: [] });
      }
      expect(complaints).toEqual([]);
    },
  );

  test("works under its own policy: the theme starts, and pages follow each other", async (context) => {
    const { page, complaints } = await open(context, "/");
    await page.getByRole("link", { name: "Explain a refused token" }).click();
    await page.waitForURL("**/explain");
    await page.locator("form.explain").waitFor();
    expect(complaints).toEqual([]);
  });

  test("says on its first screen what it is, with three ways on and the whole code", async (context) => {
    const { page } = await open(context, "/");
    const ways = page.locator("h1 + p + ul a");
    expect(await ways.allTextContents()).toEqual([
      "Begin without an account",
      "Begin with Auth0",
      "Explain a refused token",
    ]);
    const code = page.locator("pre").first();
    expect(((await code.textContent()) ?? "").split("\n").filter((line) => line.trim() !== "")).toHaveLength(11);
    const { y = 0, height = 0 } = (await code.boundingBox()) ?? {};
    expect(y + height).toBeLessThan(900);
    expect(await code.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  });

  test("shows a wide table on a narrow screen without scrolling sideways", async (context) => {
    const { page } = await open(context, "/options#clockTolerance", { viewport: { width: 360, height: 800 } });
    const table = page.locator("table").first();
    const findHidden = () => table.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    expect(await findHidden()).toBe(0);
    const row = page.locator("tr[id=clockTolerance]");
    expect(await row.textContent()).toContain("a number from 0 to 300");
    await context.expect.poll(() => row.evaluate((one) => one.getBoundingClientRect().top)).toBeLessThan(800);
    await page.goto(`${site.url}/reasons/audience_mismatch`);
    await page.locator("td", { hasText: "Auth0" }).first().waitFor();
    expect(await findHidden()).toBe(0);
  });

  test("says what to do at an address without a page", async (context) => {
    const { page } = await open(context, "/no-such-page");
    expect(await page.locator(".NotFound").textContent()).toContain("Search for a code or a name");
    await page.getByRole("link", { name: "Back to the first page" }).click();
    await page.locator(".home h1").waitFor();
  });

  test("searches without a server, and finds a code by two of its words", async (context) => {
    const { page, complaints } = await open(context, "/contents");
    await page.keyboard.press("Control+k");
    await page.locator("#localsearch-input").fill("audience mismatch");
    const first = page.locator(".results a.result").first();
    await first.waitFor();
    expect(await first.getAttribute("href")).toContain("/reasons/audience_mismatch");
    expect(await first.textContent()).toContain("reason");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/reasons/audience_mismatch*");
    expect(complaints).toEqual([]);
  });

  test("finds an option by the words of its name", async (context) => {
    const { page } = await open(context, "/contents");
    await page.keyboard.press("Control+k");
    await page.locator("#localsearch-input").fill("clock tolerance");
    const first = page.locator(".results a.result").first();
    await first.waitFor();
    expect(await first.getAttribute("href")).toContain("/options#clockTolerance");
  });

  describe("The page that explains a token", () =>
    testExplainPage({ open, findViolations, toUrl: () => site.url, looks: fewer }));
});
