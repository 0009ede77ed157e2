// What the other screens do.
import { expect, test } from "vitest";
import { click, decodeClaims, type Stage } from "./_stage.js";

export function testActions(toStage: () => Stage): void {
  test("explains a pasted curl line at the member that is wrong, and at its characters in the token", async () => {
    const { open, tenant } = toStage();
    const page = await open("explain");
    const { access_token } = await tenant.token({ fault: "expired" });
    await page.getByRole("textbox").fill(`curl https://x.example -H 'Authorization: Bearer ${access_token}'`);
    await click(page, "Explain");
    await page.getByText("One thing is wrong").waitFor();
    expect(await page.locator(".members .wrong").allTextContents()).toEqual([expect.stringMatching(/^exp/)]);
    const marked = (await page.locator(".token mark").allTextContents()).join("");
    const from = Math.floor((access_token.split(".")[1] ?? "").indexOf(marked) / 4) * 4;
    const part = (access_token.split(".")[1] ?? "").slice(from, from + marked.length + 4);
    expect(Buffer.from(part, "base64url").toString()).toContain(`"exp":${decodeClaims(access_token)["exp"]}`);
  });

  test("marks where a missing claim would stand, and says that it is missing", async () => {
    const { open, tenant } = toStage();
    const page = await open("explain");
    const [header = "", payload = "", signature = ""] = (await tenant.token()).access_token.split(".");
    const { exp: _exp, ...claims } = JSON.parse(Buffer.from(payload, "base64url").toString());
    const changed = Buffer.from(JSON.stringify({ ...claims, iat: "today" })).toString("base64url");
    await page.getByRole("textbox").fill(`${header}.${changed}.${signature}`);
    await click(page, "Explain");
    const row = (name: string) =>
      page.locator(".payload .members > div", { has: page.locator("dt").getByText(name, { exact: true }) });
    await row("exp").getByText("missing", { exact: true }).waitFor();
    expect(await row("exp").textContent()).toContain("claim_missing");
    expect(await row("iat").textContent()).toContain("Here iat is not a number");
    const marks = await page.locator(".part.payload mark").allTextContents();
    expect(changed.endsWith(marks.at(-1) ?? "none")).toBe(true);
    expect(Buffer.from(marks[0] ?? "", "base64url").length).toBeLessThan('"iat":"today"'.length + 3);
  });

  test.each([
    { as: "bob", verdict: "One thing is wrong", line: "read:adminlacks it" },
    { as: "alice", verdict: "The API would accept this", line: "read:adminhas it" },
  ])("checks the requirement of a route against a token of $as: $line", async ({ as, line, verdict }) => {
    const { open, tenant } = toStage();
    const page = await open("explain");
    await page.getByRole("textbox").fill((await tenant.token({ as })).access_token);
    await page.getByLabel("Against the requirement").selectOption({ label: "GET /admin: read:admin" });
    await click(page, "Explain");
    await page.getByText(verdict).waitFor();
    expect(await page.locator(".requirement li").textContent()).toContain(line);
  });

  test("creates a persona, who can then get a token", async () => {
    const { open, tenant } = toStage();
    const page = await open("people");
    await click(page, "New persona");
    await page.getByLabel("Short name").fill("dora");
    await page.getByLabel("Name", { exact: true }).fill("Dora Dean");
    await page.getByRole("checkbox", { name: "write:reports" }).check();
    await click(page, "Save");
    await page.getByRole("heading", { name: "Dora Dean" }).waitFor();
    const { access_token } = await tenant.token({ as: "dora" });
    expect(decodeClaims(access_token)["permissions"]).toEqual(["write:reports"]);
  });

  test("removes a persona by keyboard, after a question that Escape answers with no", async () => {
    const { open, tenant } = toStage();
    await fetch(`${tenant.url}/dev/personas/gil`, { method: "PUT", body: '{"name":"Gil Green"}' });
    const page = await open("people");
    const dialog = page.getByRole("dialog", { name: "Remove Gil Green?" });
    const heading = page.getByRole("heading", { name: "Gil Green", exact: true });
    await page.getByRole("button", { name: "Remove Gil Green" }).focus();
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect(await heading.count()).toBe(1);
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await heading.waitFor({ state: "detached" });
    await expect(tenant.token({ as: "gil" })).rejects.toThrow("There is no persona");
    await expect.poll(() => page.evaluate("document.activeElement?.tagName")).toBe("H1");
  });

  test("says so when an API cannot be removed", async () => {
    const { open, tenant } = toStage();
    const page = await open("");
    await page.route(`${tenant.url}/dev/apis?url=*`, (route) =>
      route.fulfill({ status: 400, json: { error_description: "It cannot be removed now." } }),
    );
    await click(page, "Remove");
    await page.getByRole("alert").getByText("It cannot be removed now.").waitFor();
  });

  test("changes the permissions of an application", async () => {
    const { open, tenant } = toStage();
    const page = await open("people");
    await click(page, "Edit Example machine");
    await page.getByRole("checkbox", { name: "read:admin" }).check();
    await click(page, "Save");
    await page.getByRole("form").waitFor({ state: "detached" });
    const { access_token } = await tenant.token({ client: "machine" });
    expect(decodeClaims(access_token)["permissions"]).toEqual(["read:admin", "read:reports"]);
  });

  test("switches RBAC of an API off and on: tokens then lack the permissions, and have them again", async () => {
    const { open, tenant } = toStage();
    const page = await open("people");
    const rbac = page.getByRole("switch", { name: "RBAC" });
    const claim = page.getByRole("switch", { name: "Permissions in the access token" });
    const findPermissions = async () => decodeClaims((await tenant.token()).access_token)["permissions"];
    expect(await findPermissions()).toContain("read:admin");
    await rbac.click();
    await expect.poll(() => rbac.getAttribute("aria-checked")).toBe("false");
    expect([await claim.isDisabled(), await findPermissions()]).toEqual([true, undefined]);
    await expect.poll(() => rbac.isEnabled()).toBe(true);
    await rbac.click();
    await expect.poll(() => claim.getAttribute("aria-checked")).toBe("true");
    expect(await findPermissions()).toContain("read:admin");
  });

  test("rotates to another algorithm, and the reset returns to the first key", async () => {
    const { open, tenant } = toStage();
    await tenant.reset();
    const page = await open("keys");
    const findHeader = async () => decodeClaims((await tenant.token()).access_token, 0);
    const before = await findHeader();
    await page.getByLabel("Algorithm of the next key").selectOption("ES256");
    await click(page, "Rotate");
    await page.getByText("signs ID tokens and security events").waitFor();
    expect(await findHeader()).toMatchObject({ alg: "ES256" });
    await tenant.faults.set("expired");
    await click(page, "Reset the tenant…");
    await page.getByRole("dialog").getByRole("button", { name: "Reset", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await expect.poll(findHeader).toEqual(before);
    expect(tenant.faults.active).toEqual([]);
  });

  test("shows beside each fault what the API answers, without a change of the tenant", async () => {
    const { open, tenant } = toStage();
    const page = await open("faults");
    await click(page, "Send one wrong token of each kind");
    const find = (name: string) => page.locator("li", { has: page.getByRole("switch", { name, exact: true }) });
    await find("opaque").getByText("token_opaque").waitFor();
    await page.getByRole("button", { name: "Show the answer with opaque" }).waitFor();
    for (const [name, text] of [
      ["expired", "401expired"],
      ["missing-permissions", "403permission_missing"],
      ["hs256", "401algorithm_not_allowed"],
    ] as const) {
      expect(await find(name).textContent()).toContain(text);
    }
    expect(tenant.faults.active).toEqual([]);
    await page.getByLabel("Find a fault").fill("logout expired");
    expect(await page.getByRole("switch").allTextContents()).toEqual(["logout-expired"]);
  });

  test("filters live decisions by route, reason and persona", async () => {
    const { api, open, tenant } = toStage();
    const page = await open("live");
    const [alice, bob] = [await tenant.token({ as: "alice" }), await tenant.token({ as: "bob" })];
    for (const [path, { access_token }] of [
      ["admin", alice],
      ["admin", bob],
      ["private", bob],
    ] as const) {
      await fetch(`${api}/${path}`, { headers: { authorization: `Bearer ${access_token}` } });
    }
    const lines = page.locator(".feed > li");
    await lines.filter({ hasText: "GET /private" }).filter({ hasText: "Bob Brown" }).first().waitFor();
    await page.getByLabel("Persona").selectOption({ label: "Bob Brown" });
    await page.getByLabel("Route").selectOption({ label: "GET /admin (read:admin)" });
    await page.getByLabel("Reason").selectOption("permission_missing");
    const shown = await lines.allTextContents();
    expect(shown.length).toBeGreaterThan(0);
    for (const text of shown) expect(text).toMatch(/403permission_missingBob Brown.*GET \/admin/);
    await click(page, "Show all");
    expect(await lines.count()).toBeGreaterThan(shown.length);
  });
}
