// Every screen in every look: narrow and wide, light and dark, before and after its main action,
// with dialogs and messages open.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { click, findOverflow, findViolations, type Stage } from "./_stage.js";

const looks = [
  { width: 360, colorScheme: "light" },
  { width: 360, colorScheme: "dark" },
  { width: 1280, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
] as const;

/** The violations in each look; none is an empty list. */
async function findInAllLooks(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { colorScheme, width } of looks) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const name = `${width} px, ${colorScheme}`;
    found.push(...(await findViolations(page)).map((violation) => `${name}: ${violation}`));
    if ((await findOverflow(page)) > 0) found.push(`${name}: something is beyond the edge`);
  }
  return found;
}

interface Case {
  readonly screen: string;
  readonly act: (page: Page, stage: Stage) => Promise<void>;
}

const cases: readonly Case[] = [
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
      await page.getByLabel("Against the requirement").selectOption({ label: "permissions that I type" });
      await page.getByLabel("Permissions", { exact: true }).fill("read:admin delete:world");
      await click(page, "Show me a wrong one");
      await page.locator(".token mark").first().waitFor();
    },
  },
  {
    screen: "faults",
    act: async (page, { tenant }) => {
      await page.getByRole("switch", { name: "expired", exact: true }).click();
      await click(page, "Show the answer with expired");
      await click(page, "key_unknown");
      await page.locator(".reason-text").getByText("Fix:").waitFor();
      await page.getByText("Log-outs and signals").click();
      await tenant.faults.clear();
    },
  },
  {
    screen: "keys",
    act: async (page) => {
      await click(page, "Rotate");
      await click(page, /^Withdraw/);
      await page.getByText("its tokens fail").waitFor();
    },
  },
  {
    screen: "live",
    act: async (page, { api, tenant }) => {
      await fetch(`${api}/private`);
      await tenant.faults.set("expired");
      await page.locator(".change.on").getByRole("button", { name: "expired" }).first().click();
      await page.locator(".change .reason-text").getByText("The token expired.").waitFor();
      await tenant.faults.clear();
      await page.locator(".feed summary").first().click();
    },
  },
  {
    screen: "sessions",
    act: async (page, { tenant }) => {
      await tenant.token();
      await click(page, "Send");
      await click(page, /^Log out/);
      await page.getByText("was logged out").waitFor();
    },
  },
  {
    screen: "people",
    act: async (page) => {
      await click(page, "Edit Bob Brown");
      await click(page, "New application");
      await page.getByRole("form", { name: "New application" }).waitFor();
    },
  },
];

export function testLooks(toStage: () => Stage): void {
  test.each(cases.map((one) => ({ ...one, name: one.screen || "try" })))(
    "the screen $name: no violation of axe and nothing beyond the edge, in four looks",
    async ({ act, screen }) => {
      const page = await toStage().open(screen);
      expect(await findViolations(page)).toEqual([]);
      await act(page, toStage());
      expect(await findInAllLooks(page)).toEqual([]);
    },
  );

  test("the dialog: no violation of axe in four looks, and Escape closes it", async () => {
    const page = await toStage().open("keys");
    await click(page, "Reset the tenant…");
    const dialog = page.getByRole("dialog", { name: "Reset the tenant" });
    await dialog.waitFor();
    for (const { colorScheme, width } of looks.filter((one) => one.width === 1280)) {
      await page.emulateMedia({ colorScheme });
      expect([width, await findViolations(page)]).toEqual([width, []]);
    }
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    // The narrow page has a button of its own.
    await page.setViewportSize({ width: 360, height: 780 });
    await page.locator("main").getByRole("button", { name: "Reset the tenant…" }).click();
    for (const { colorScheme } of looks.filter((one) => one.width === 360)) {
      await page.emulateMedia({ colorScheme });
      expect(await findViolations(page)).toEqual([]);
    }
    expect(await findOverflow(page)).toBe(0);
  });

  test("the question before a removal: no violation of axe in four looks", async () => {
    const page = await toStage().open("people");
    await click(page, "Remove Bob Brown");
    await page.getByRole("dialog", { name: "Remove Bob Brown?" }).waitFor();
    expect(await findInAllLooks(page)).toEqual([]);
  });

  test("messages of failures: no violation of axe in four looks", async () => {
    const { open, tenant } = toStage();
    const page = await open("people");
    await click(page, "New persona");
    await page.getByLabel("Short name").fill("a b");
    await click(page, "Save");
    await page.getByRole("alert").waitFor();
    expect(await findInAllLooks(page)).toEqual([]);
    await page.route(`${tenant.url}/dev/**`, (route) => route.abort());
    await page.goto(`${tenant.url}/console#/keys`);
    await page.getByRole("alert").waitFor();
    expect(await findInAllLooks(page)).toEqual([]);
  });

  test("without an API and without the tenant: says what to do", async () => {
    const { api, open, tenant } = toStage();
    await fetch(`${tenant.url}/dev/apis?url=${encodeURIComponent(api)}`, { method: "DELETE" });
    const page = await open("");
    expect(await findInAllLooks(page)).toEqual([]);
    await page.goto(`${tenant.url}/console#/faults`);
    await page.getByRole("link", { name: "Show an API" }).click();
    await page.getByLabel("Address of an API on this machine").fill(api);
    await click(page, "Show its routes");
    await page.getByRole("button", { name: /GET \/admin as Bob/ }).waitFor();
    await page.route(`${tenant.url}/dev`, (route) => route.abort());
    await page.reload();
    await page.getByText("The tenant does not answer.").waitFor();
    await page.unroute(`${tenant.url}/dev`);
    await click(page, "Try again");
    await page.locator("h1").waitFor();
  });
}
