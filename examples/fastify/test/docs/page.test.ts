// The docs page in a real browser: log in as alice, then call the API with the token that the page got.
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Example, startExample } from "../support/example.js";

const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const isMissing = !existsSync(executablePath);
// On CI a browser that is missing is a failure: a test that is skipped there proves nothing.
const isSkipped = isMissing && process.env["CI"] !== "true";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const title = `/docs in Chromium${isMissing ? ` (there is none at ${executablePath}; set CHROMIUM_PATH)` : ""}`;

describe.skipIf(isSkipped)(title, () => {
  let example: Example;
  let browser: Browser;

  beforeAll(async () => {
    [example, browser] = await Promise.all([startExample(), chromium.launch({ executablePath, args })]);
  });

  afterAll(() => Promise.all([browser?.close(), example?.close()]));

  test("logs in as alice and calls /api/private", async () => {
    const page = await browser.newPage({ viewport: { width: 1200, height: 1400 } });
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await page.goto(`${example.url}/docs`);
    await logIn(page, "alice");

    const operation = page.locator("#operations-api-get_api_private");
    await operation.locator(".opblock-summary-control").click();
    await operation.locator(".btn.execute").click();
    const answer = operation.locator(".live-responses-table");
    await answer.waitFor();
    await saveScreenshot(page);

    expect(await answer.locator("tbody .response-col_status").first().textContent()).toContain("200");
    expect(await answer.textContent()).toContain("auth0|alice");
    expect(complaints).toEqual([]);
  });
});

/** Authorize opens the login in a window of its own, which closes by itself. */
async function logIn(page: Page, persona: string): Promise<void> {
  await page.locator(".auth-wrapper .btn.authorize").click();
  const [login] = await Promise.all([
    page.context().waitForEvent("page"),
    page.locator(".auth-btn-wrapper .btn.authorize").click(),
  ]);
  await Promise.all([login.waitForEvent("close"), login.locator(`button[value="${persona}"]`).click()]);
  await page.locator(".auth-btn-wrapper .btn-done").click();
}

/** For the eyes of a developer: set SCREENSHOT to a file name. */
async function saveScreenshot(page: Page): Promise<void> {
  const path = process.env["SCREENSHOT"];
  if (path !== undefined) await page.screenshot({ path, fullPage: true });
}
