// The page of the site that explains a token: as strict as the guard, and private.
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect, type TestContext, test } from "vitest";
import { audience, ec, issuer, jwks, stranger, token } from "../support/keys.js";

type Look = BrowserContextOptions;

/** A page with all that it asked for and complained of. */
export interface Opened {
  readonly page: Page;
  readonly requests: string[];
  /** What it wrote to the console, and what it asked of other servers, which is refused. */
  readonly complaints: string[];
}

interface Browsing {
  readonly open: (context: TestContext, path: string, options?: Look) => Promise<Opened>;
  readonly findViolations: (page: Page) => Promise<readonly string[]>;
  /** The address of the site. */
  readonly toUrl: () => string;
  readonly looks: readonly { readonly width: number; readonly colorScheme: "light" | "dark" }[];
}

export function testExplainPage({ findViolations, looks, open, toUrl }: Browsing): void {
  const now = Math.floor(Date.now() / 1000);
  const fresh = { iat: now - 10, exp: now + 3600 };
  const form = { issuer, audience, keys: JSON.stringify(jwks) };

  async function paste(context: TestContext, fields: Readonly<Record<string, string>>, options: Look = {}) {
    const opened = await open(context, "/explain", options);
    for (const [name, value] of Object.entries(fields)) await opened.page.locator(`[name="${name}"]`).fill(value);
    await opened.page.locator(".verdict").waitFor();
    return opened;
  }

  const verdictOf = (page: Page) => page.locator(".verdict").textContent();
  const codesAt = (page: Page, member: string) =>
    page.locator(`.explained dl > div:has(> dt:text-is("${member}")) .finding a`).allTextContents();

  test("accepts what the guard accepts", async (context) => {
    const { page, complaints } = await paste(context, { token: token(fresh), ...form });
    await context.expect.poll(() => verdictOf(page)).toBe("Accepted.");
    expect(complaints).toEqual([]);
  });

  test("puts each finding at the member of the token that it is about", async (context) => {
    const wrong = token({ ...fresh, exp: now - 60, iat: now - 120, aud: `${audience}/` });
    const { page } = await paste(context, { token: wrong, ...form, permission: "read:admin" });
    await context.expect.poll(() => verdictOf(page)).toBe("Refused: 3 things are wrong.");
    expect(await codesAt(page, "aud")).toEqual(["audience_mismatch"]);
    expect(await codesAt(page, "exp")).toEqual(["expired"]);
    expect(await codesAt(page, "iss")).toEqual([]);
    expect(await page.locator(".explained").textContent()).toContain("only the slash at the end differs");
  });

  test("marks the characters of a claim, and says which one is missing", async (context) => {
    const wrong = token({ ...fresh, exp: undefined, aud: `${audience}/` });
    const { page } = await paste(context, { token: wrong, ...form });
    await context.expect.poll(() => codesAt(page, "exp")).toContain("claim_missing");
    expect(await page.locator(".explained .missing").allTextContents()).toEqual(["is missing"]);
    expect(await page.locator(".raw").textContent()).toContain(wrong);
    const marks = await page.locator(".raw mark").allTextContents();
    const [, payload = ""] = wrong.split(".");
    expect(payload.endsWith(marks.at(-1) ?? "none")).toBe(true);
    expect(payload.indexOf(marks[0] ?? "none")).toBeGreaterThan(0);
  });

  test("checks the signature with Web Crypto, and only where keys were pasted", async (context) => {
    const forged = token(fresh, { key: { ...stranger, kid: ec.kid } });
    const { page } = await paste(context, { token: forged, ...form });
    await context.expect.poll(() => page.locator(".explained").textContent()).toContain("signature_invalid");
    await page.locator('[name="keys"]').fill("");
    await context.expect.poll(() => page.locator(".unchecked").textContent()).toContain("the signature");
    expect(await page.locator(".explained").textContent()).not.toContain("signature_invalid");
    expect(await verdictOf(page)).toBe("Nothing wrong was found in what could be checked.");
  });

  test("says what is wrong with its own fields", async (context) => {
    const { page } = await paste(context, { token: token(fresh), keys: "{" });
    await context.expect.poll(() => page.locator(".explained").textContent()).toContain("The key set is not JSON");
    expect(await verdictOf(page)).toBe("The form cannot be read.");
  });

  test("shows text of a token as text", async (context) => {
    const { page } = await paste(context, { token: token({ ...fresh, sub: "<img src=x onerror=alert(1)>\u202e" }) });
    expect(await page.locator(".explained").innerHTML()).toContain("&lt;img src=x");
    expect(await page.locator(".explained").textContent()).toContain("\\u202e");
    expect(await page.locator(".explained img").count()).toBe(0);
  });

  test("keeps the token to itself: no request, address, storage or console has it, and none can be sent", async (context) => {
    const text = token(fresh);
    const { page, requests, complaints } = await paste(context, { token: text, ...form });
    const [header = "", payload = "", signature = ""] = text.split(".");
    const kept = await page.evaluate(() =>
      JSON.stringify([location.href, document.cookie, { ...localStorage }, { ...sessionStorage }]),
    );
    for (const piece of [header, payload, signature]) {
      expect([...requests, kept, ...complaints].filter((one) => one.includes(piece))).toEqual([]);
    }
    expect(requests.every((request) => request.startsWith(`GET ${toUrl()}/`))).toBe(true);
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

  test.for(looks)(
    "is accessible with its findings, $width px wide, in $colorScheme",
    async ({ width, colorScheme }, context) => {
      const wrong = token({ exp: undefined, iat: now - 120, aud: `${audience}/` });
      const options = { viewport: { width, height: 800 }, colorScheme };
      const { page } = await paste(context, { token: wrong, ...form }, options);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await findViolations(page)).toEqual([]);
    },
  );

  test("shows an example, and clears the form", async (context) => {
    const { page } = await open(context, "/explain");
    await page.getByRole("button", { name: "Show an example" }).click();
    await context.expect.poll(() => verdictOf(page)).toBe("Refused: 3 things are wrong.");
    await page.getByRole("button", { name: "Clear" }).click();
    await context.expect.poll(() => page.locator(".explained").count()).toBe(0);
  });
}
