import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { main } from "../src/cli.js";
import { createSession } from "./support/cli-session.js";
import { startTenant } from "./support/tenants.js";

// The real default may be in use on the machine that runs these tests, so another port plays its part.
const stage = vi.hoisted(() => ({ defaultPort: 0 }));
vi.mock("../src/config/defaults.js", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  get defaultPort() {
    return stage.defaultPort;
  },
}));

let blocker: Server;
beforeAll(async () => {
  blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
  stage.defaultPort = (blocker.address() as AddressInfo).port;
});
afterAll(() => blocker.close());

test("a tenant that names no port takes a free one when the default is taken", async () => {
  const tenant = await startTenant({ port: undefined });
  expect(tenant.port).not.toBe(stage.defaultPort);
});

test("the command line says so", async () => {
  const session = await createSession();
  const exit = main(["dev"], session.io);
  await vi.waitFor(() => expect(session.out()).toContain("Stop with"), 10_000);
  expect(session.err()).toMatch(new RegExp(`^Port ${stage.defaultPort} is taken; using \\d+ instead\\.\n$`));
  session.stop();
  expect(await exit).toBe(0);
});
