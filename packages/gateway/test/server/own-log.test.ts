// The log of a gateway that is started without `write`: standard output, and no line is lost.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestIssuer } from "gatewarden/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { startGateway } from "../../src/gateway.js";
import { ask } from "../support/gateway.js";

async function start() {
  const folder = mkdtempSync(join(tmpdir(), "gateway-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const rules = join(folder, "rules.yaml");
  writeFileSync(rules, "log: all\nrules: [{ path: /a, public: true }]\n");
  const { guardOptions } = await createTestIssuer();
  let text = "";
  const out = vi.spyOn(process.stdout, "write").mockImplementation((part) => {
    text += String(part);
    return true;
  });
  onTestFinished(() => out.mockRestore());
  const overrides = { proxy: "haproxy", listen: "127.0.0.1:0", admin: "off" } as const;
  const gateway = await startGateway({ rules, guardOptions, env: {}, overrides });
  const toEvents = () =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { event: string }).event);
  return { gateway, toEvents };
}

test("every line is written when `close` resolves: the process may end at once", async () => {
  const { gateway, toEvents } = await start();
  expect((await ask(gateway.address, { target: "/a" })).status).toBe(200);
  await gateway.close();
  expect(toEvents()).toEqual(["started", "decision", "stopping", "stopped"]);
});

test("lines of a turn in which the process ends are written, and nothing listens after `close`", async () => {
  const before = process.listeners("exit");
  const { gateway, toEvents } = await start();
  const [atEnd] = process.listeners("exit").filter((listener) => !before.includes(listener));
  const closed = gateway.close();
  atEnd?.call(process, 0);
  expect(toEvents()).toEqual(["started", "stopping"]);
  await closed;
  expect(process.listeners("exit")).toEqual(before);
});
