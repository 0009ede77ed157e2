// The first screen: what it shows, what one click brings, and that the keyboard is enough.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { click, type Stage } from "./_stage.js";

/** Presses Tab until an element with this name has the focus, and checks each stop on the way. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let stop = 0; stop < 60; stop++) {
    await page.keyboard.press("Tab");
    const focused = (await page.evaluate(`(() => {
      const one = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      return { name: one.getAttribute("aria-label") ?? one.textContent, ring: outlineStyle + " " + outlineWidth };
    })()`)) as { name: string; ring: string };
    expect(focused.ring, focused.name).toMatch(/^(solid|auto) [1-9]/);
    if (name.test(focused.name)) return;
  }
  throw new Error(`No stop of the Tab key is named ${name}.`);
}

async function readClipboard(page: Page): Promise<string> {
  return (await page.evaluate("navigator.clipboard.readText()")) as string;
}

export function testFirstScreen(toStage: () => Stage): void {
  test("shows a 200, a 401 and a 403 with one click each, and why", async () => {
    const page = await toStage().open("");
    await click(page, /GET \/admin as Alice/);
    await page.getByText("Accepted as Alice Adams").waitFor();
    await click(page, /GET \/admin without a token/);
    await page.getByText("Refused without a token").waitFor();
    await click(page, /GET \/admin as Bob/);
    await page.getByText("Refused as Bob Brown").waitFor();
    const shown = (await page.locator(".exchange").textContent()) ?? "";
    for (const text of ["Cause", "Fix", "permission_missing", "HTTP/1.1 403", "insufficient_scope", "read:admin"]) {
      expect(shown).toContain(text);
    }
    // The API knows Auth0's dashboard only; the tenant has none.
    expect(await page.locator(".why").textContent()).toContain("Get a token with it: npx gatewarden token");
    await click(page, "Try again with read:admin");
    await page.getByText("Accepted with the permission").waitFor();
  });

  test("needs no mouse: each stop of the Tab key is visible, and Enter does what a click does", async () => {
    const page = await toStage().open("", { permissions: ["clipboard-read", "clipboard-write"] });
    await tabTo(page, /^Skip to the content$/);
    await page.keyboard.press("Enter");
    await tabTo(page, /^200 Alice: GET \/admin/);
    await page.keyboard.press("Enter");
    await page.getByText("Accepted as Alice Adams").waitFor();
    await tabTo(page, /^401 No token: GET \/admin/);
    await page.keyboard.press("Space");
    await page.getByText("Refused without a token").waitFor();
    await tabTo(page, /^403 Bob: GET \/admin/);
    await page.keyboard.press("Enter");
    await page.getByText("Refused as Bob Brown").waitFor();
    await tabTo(page, /^Copy as curl$/);
    await page.keyboard.press("Enter");
    await expect.poll(() => readClipboard(page)).toMatch(/^curl -i /);
    await tabTo(page, /^Take this token apart$/);
    await page.keyboard.press("Enter");
    await page.getByText("One thing is wrong").waitFor();
    expect(await page.title()).toBe("Explain · Gatewarden");
    expect(await page.locator(".requirement").textContent()).toContain("read:adminlacks it");
  });

  test("reaches every screen by the keyboard, and says which one it is", async () => {
    const page = await toStage().open("");
    await page.getByRole("link", { name: "Keys", exact: true }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.title()).toBe("Keys · Gatewarden");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H1");
  });

  test("copies a request that curl and fetch send as it was, and a line for HTTPie", async () => {
    const { api, open } = toStage();
    const page = await open("", { permissions: ["clipboard-read", "clipboard-write"] });
    await click(page, /GET \/admin as Bob/);
    const copy = async (language: string) => {
      await click(page, `Copy as ${language}`);
      await page.locator(".copy.done", { hasText: language }).waitFor();
      return readClipboard(page);
    };
    const { stdout } = await promisify(execFile)("sh", ["-c", await copy("curl")]);
    expect(stdout).toMatch(/^HTTP\/1\.1 403 /);
    const send = new Function(`return (async () => { ${await copy("fetch")} return response.status; })()`);
    expect(await send()).toBe(403);
    expect(await copy("HTTPie")).toMatch(new RegExp(`^http GET ${api}/admin .*'authorization:Bearer [\\w.-]+'$`));
  });

  test("moves where people allow motion, and stands still where they do not", async () => {
    const find = `(() => {
      const { animationName } = getComputedStyle(document.querySelector(".exchange"));
      const { transitionDuration } = getComputedStyle(document.querySelector(".choice"));
      return animationName + " " + transitionDuration;
    })()`;
    const page = await toStage().open("");
    await click(page, /GET \/admin as Bob/);
    await page.locator(".exchange").waitFor();
    expect(await page.evaluate(find)).toBe("none 0s");
    await page.emulateMedia({ reducedMotion: "no-preference" });
    expect(await page.evaluate(find)).toBe("arrive 0s");
  });

  test("prints when it paints first, and how many bytes it loads for that", async () => {
    const page = await toStage().open("");
    const [paint] = (await page.evaluate(
      "performance.getEntriesByName('first-contentful-paint').map(({ startTime }) => startTime)",
    )) as number[];
    const bytes = Number(
      await page.evaluate(`performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
        .filter(({ name }) => new URL(name).pathname.startsWith("/console"))
        .reduce((sum, { transferSize }) => sum + transferSize, 0)`),
    );
    console.log(
      `console: first contentful paint after ${Math.round(paint ?? 0)} ms; ${bytes} bytes of page on the wire`,
    );
    expect(paint).toBeGreaterThan(0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(120 * 1024);
  });
}
