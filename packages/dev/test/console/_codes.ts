// The codes of reasons and faults: links where the documentation has an address, text elsewhere.
import { expect, onTestFinished, test } from "vitest";
import { click, type Stage } from "./_stage.js";

const documentation = "http://127.0.0.1:5173/docs";

function setDocumentation(): void {
  const before = process.env["GATEWARDEN_DOCS"];
  process.env["GATEWARDEN_DOCS"] = documentation;
  onTestFinished(() => {
    if (before === undefined) delete process.env["GATEWARDEN_DOCS"];
    else process.env["GATEWARDEN_DOCS"] = before;
  });
}

export function testCodes(toStage: () => Stage): void {
  test("open the catalogue's text where the documentation has no address", async () => {
    const { open, tenant } = toStage();
    await tenant.faults.set("expired");
    onTestFinished(() => tenant.faults.clear());
    const page = await open("faults");
    await click(page, "audience_mismatch");
    await page.locator(".outcome .reason-text").getByText("None of the token's").waitFor();
    await page.locator(".faultbar").getByRole("button", { name: "expired" }).click();
    await page.locator(".faultbar .reason-text").getByText("The token expired.").waitFor();
    expect(await page.locator("a.reason-link").count()).toBe(0);
  });

  test("are links in lists, findings, the bar of faults, the feed and the form of tokens", async () => {
    const { api, open, tenant } = toStage();
    setDocumentation();
    await tenant.faults.set("expired");
    onTestFinished(() => tenant.faults.clear());
    const { access_token } = await tenant.token();
    await fetch(`${api}/private`, { headers: { authorization: `Bearer ${access_token}` } });
    const page = await open("faults");
    const findLinks = async (within: string) => {
      await page.locator(within).locator("a.reason-link").first().waitFor();
      return page
        .locator(within)
        .locator("a.reason-link")
        .evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    };
    const [expired, fault] = [`${documentation}/reasons/expired`, `${documentation}/faults/expired`];
    expect(await findLinks(".faultbar")).toEqual([fault]);
    expect(await findLinks(".faults > li.on")).toEqual([fault, expired]);
    await page.goto(`${tenant.url}/console#/live`);
    await page.locator(".feed summary", { hasText: "expired" }).first().click();
    expect(await findLinks(".feed .change.on")).toContain(fault);
    expect(await findLinks(".feed .because")).toContain(expired);
    await page.goto(`${tenant.url}/console#/explain`);
    await page.getByRole("textbox").fill(access_token);
    await click(page, "Explain");
    expect(await findLinks(".finding.error")).toEqual([expired]);
    await page.goto(`${tenant.url}/console#/token`);
    await page.getByLabel("What is wrong with it").selectOption("expired");
    expect(await findLinks("main form")).toEqual([fault]);
  });

  test("are not links where they have no page: hints, and codes of other libraries", async () => {
    const { open, tenant } = toStage();
    setDocumentation();
    const page = await open("explain");
    await page.getByRole("textbox").fill((await tenant.token()).access_token);
    await click(page, "Explain");
    await page.locator(".finding", { hasText: "accepted" }).waitFor();
    expect(await page.locator("a.reason-link").count()).toBe(0);
  });
}
