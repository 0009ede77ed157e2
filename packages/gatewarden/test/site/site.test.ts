// The built site: it comes whole from its own origin, works at every width in light and dark, and keeps a pasted token to itself.
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { findProgram, toSkip } from "../../../../scripts/lib/programs.mjs";
import { audience, claims, ec, issuer, jwks, stranger, token } from "../support/keys.js";
import { openSite, type Site } from "./_site.js";

const { isSkipped, note } = toSkip(["chromium"]);
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

  test("has the addresses that explain and doctor link to", () => {
    for (const page of ["reasons/audience_mismatch", "doctor/issuer_mismatch", "faults/expired", "metrics"]) {
      expect(site.files).toContain(`${page}.html`);
    }
  });
});

describe.skipIf(isSkipped)(`In Chromium${note}`, () => {
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
    browser = await chromium.launch({ executablePath: findProgram("chromium") ?? "", args });
  });
  afterAll(() => browser?.close());

  /** A page whose requests to elsewhere are refused and noted, as is what it writes to the console. */
  async function open(path: string, options: Parameters<Browser["newContext"]>[0] = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    onTestFinished(() => context.close());
    complaints.length = 0;
    const requests = await watch(context);
    const page = await context.newPage();
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(site.url + path);
    await page.waitForLoadState("networkidle");
    return { page, requests };
  }

  async function watch(context: BrowserContext): Promise<string[]> {
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
    await page.evaluate(axe.source);
    return page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
    });
  }

  const looks = [360, 1280].flatMap((width) =>
    (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
  );
  const inEachLook = ["/", "/reasons/audience_mismatch"];
  const others = [
    "/explain",
    "/contents",
    "/operations",
    "/bound-tokens",
    "/reasons/",
    "/reference/fastify",
    "/options",
    "/metrics",
  ];

  describe.each(looks)("$width px wide, in $colorScheme", ({ width, colorScheme }) => {
    // Half of the looks are enough for pages that have nothing of their own.
    const paths = (width === 360) === (colorScheme === "dark") ? [...inEachLook, ...others] : inEachLook;

    test.each(paths)("%s fits, is accessible, writes nothing to the console and asks no other server", async (path) => {
      const { page } = await open(path, { viewport: { width, height: 800 }, colorScheme });
      const { scrollWidth, isDark } = await page.evaluate(() => {
        const { scrollWidth, classList } = document.documentElement;
        return { scrollWidth, isDark: classList.contains("dark") };
      });
      expect({ scrollWidth, isDark }).toEqual({ scrollWidth: width, isDark: colorScheme === "dark" });
      expect(await findViolations(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });
  });

  test("works under its own policy: the theme starts, and pages follow each other", async () => {
    const { page } = await open("/");
    await page.getByRole("link", { name: "paste its token" }).click();
    await page.waitForURL("**/explain");
    await page.locator("form.explain").waitFor();
    expect(complaints).toEqual([]);
  });

  test("searches without a server, and finds a code by two of its words", async () => {
    const { page } = await open("/contents");
    await page.keyboard.press("Control+k");
    await page.locator("#localsearch-input").fill("audience mismatch");
    const first = page.locator(".results a.result").first();
    await first.waitFor();
    expect(await first.getAttribute("href")).toContain("/reasons/audience_mismatch");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/reasons/audience_mismatch*");
    expect(complaints).toEqual([]);
  });

  describe("The page that explains a token", () => {
    const now = Math.floor(Date.now() / 1000);
    const fresh = { iat: now - 10, exp: now + 3600 };
    const form = { issuer, audience, keys: JSON.stringify(jwks) };

    async function paste(fields: Readonly<Record<string, string>>, options: Parameters<typeof open>[1] = {}) {
      const opened = await open("/explain", options);
      for (const [name, value] of Object.entries(fields)) await opened.page.locator(`[name="${name}"]`).fill(value);
      await opened.page.locator(".verdict").waitFor();
      return opened;
    }

    const verdictOf = (page: Page) => page.locator(".verdict").textContent();
    const codesAt = (page: Page, member: string) =>
      page.locator(`.explained dl > div:has(> dt:text-is("${member}")) .finding a`).allTextContents();

    test("accepts what the guard accepts", async () => {
      const { page } = await paste({ token: token(fresh), ...form });
      await expect.poll(() => verdictOf(page)).toBe("Accepted.");
      expect(complaints).toEqual([]);
    });

    test("puts each finding at the member of the token that it is about", async () => {
      const wrong = token({ ...fresh, exp: now - 60, iat: now - 120, aud: `${audience}/` });
      const { page } = await paste({ token: wrong, ...form, permission: "read:admin" });
      await expect.poll(() => verdictOf(page)).toBe("Refused: 3 things are wrong.");
      expect(await codesAt(page, "aud")).toEqual(["audience_mismatch"]);
      expect(await codesAt(page, "exp")).toEqual(["expired"]);
      expect(await codesAt(page, "iss")).toEqual([]);
      expect(await page.locator(".explained").textContent()).toContain("only the slash at the end differs");
    });

    test("checks the signature with Web Crypto, and only where keys were pasted", async () => {
      const forged = token(fresh, { key: { ...stranger, kid: ec.kid } });
      const { page } = await paste({ token: forged, ...form });
      await expect.poll(() => page.locator(".explained").textContent()).toContain("signature_invalid");
      await page.locator('[name="keys"]').fill("");
      await expect.poll(() => page.locator(".unchecked").textContent()).toContain("the signature");
      expect(await page.locator(".explained").textContent()).not.toContain("signature_invalid");
      expect(await verdictOf(page)).toBe("Nothing wrong was found in what could be checked.");
    });

    test("says what is wrong with its own fields", async () => {
      const { page } = await paste({ token: token(fresh), keys: "{" });
      await expect.poll(() => page.locator(".explained").textContent()).toContain("The key set is not JSON");
      expect(await verdictOf(page)).toBe("The form cannot be read.");
    });

    test("shows text of a token as text", async () => {
      const { page } = await paste({ token: token({ ...fresh, sub: "<img src=x onerror=alert(1)>\u202e" }) });
      expect(await page.locator(".explained").innerHTML()).toContain("&lt;img src=x");
      expect(await page.locator(".explained").textContent()).toContain("\\u202e");
      expect(await page.locator(".explained img").count()).toBe(0);
    });

    test("keeps the token to itself: no request, address, storage or console has it, and none can be sent", async () => {
      const text = token(fresh);
      const { page, requests } = await paste({ token: text, ...form });
      const [header = "", payload = "", signature = ""] = text.split(".");
      const kept = await page.evaluate(() =>
        JSON.stringify([location.href, document.cookie, { ...localStorage }, { ...sessionStorage }]),
      );
      for (const piece of [header, payload, signature]) {
        expect([...requests, kept, ...complaints].filter((one) => one.includes(piece))).toEqual([]);
      }
      expect(requests.every((request) => request.startsWith(`GET ${site.url}/`))).toBe(true);
      const sent = await page.evaluate(() =>
        fetch("/x").then(
          () => "sent",
          (error: Error) => error.name,
        ),
      );
      expect(sent).toBe("TypeError");
      expect(await page.evaluate(() => navigator.sendBeacon("/x", "a"))).toBe(true);
      // The browser took the beacon, and its policy stopped it.
      expect(requests.filter((request) => request.includes("/x"))).toEqual([]);
    });

    test.each(looks.slice(1, 3))(
      "is accessible with its findings, $width px wide, in $colorScheme",
      async ({ width, colorScheme }) => {
        const wrong = token(claims({ exp: now - 60, iat: now - 120, aud: `${audience}/` }));
        const options = { viewport: { width, height: 800 }, colorScheme };
        const { page } = await paste({ token: wrong, ...form }, options);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        expect(await findViolations(page)).toEqual([]);
      },
    );

    test("shows an example, and clears the form", async () => {
      const { page } = await open("/explain");
      await page.getByRole("button", { name: "Show an example" }).click();
      await expect.poll(() => verdictOf(page)).toBe("Refused: 3 things are wrong.");
      await page.getByRole("button", { name: "Clear" }).click();
      await expect.poll(() => page.locator(".explained").count()).toBe(0);
    });
  });
});
