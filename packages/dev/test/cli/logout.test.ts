// `gatewarden logout` and `gatewarden signal`.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { main } from "../../src/cli.js";
import { createSession, run } from "../support/cli-session.js";
import { logIn } from "../support/client.js";
import { startReceiver } from "../support/receiver.js";
import { createCaller, getSignalToken } from "../support/signals.js";
import { startTenant } from "../support/tenants.js";

test("logout lists who is logged in, and logs out whom --as names", async () => {
  const receiver = await startReceiver();
  const tenant = await startTenant({ clients: { spa: { backchannelLogoutUri: `${receiver.url}/bye` } } });
  const call = (...args: string[]): ReturnType<typeof run> => run(["logout", "--issuer", tenant.issuer, ...args]);
  expect(await call()).toEqual({ code: 0, out: "No persona is logged in.\n", err: "" });
  await logIn(tenant, "alice");
  await tenant.token({ as: "bob" });
  expect((await call()).out).toBe(
    "Logged in:\n  alice  1 browser, spa\n  bob  tokens without a login, spa\nLog out: npx gatewarden logout --as alice\n",
  );
  const told = `  told: spa at ${receiver.url}/bye (status 200)\n  session-revoked is on 0 streams\n`;
  expect(await call("--as", "alice")).toEqual({
    code: 0,
    out: `alice is logged out: 1 sessions and 1 grants ended.\n${told}`,
    err: "",
  });
  expect(await call("--as", "alice")).toEqual({
    code: 0,
    out: "alice is not logged in: there was nothing to end.\n",
    err: "",
  });
});

test("logout ends with 1 where an application was not told: it may still let the person in", async () => {
  const receiver = await startReceiver();
  receiver.answer(400);
  const tenant = await startTenant({ clients: { spa: { backchannelLogoutUri: receiver.url } } });
  await tenant.token({ as: "alice" });
  const { code, out } = await run(["logout", "--as", "alice", "--issuer", tenant.issuer]);
  expect(code).toBe(1);
  expect(out).toContain(`  NOT told: spa at ${receiver.url} (status 400)\n`);
});

test("--quiet prints nothing after success, the answer of a question, and what was not told", async () => {
  const receiver = await startReceiver();
  const tenant = await startTenant({ clients: { spa: { backchannelLogoutUri: receiver.url } } });
  const quiet = (...args: string[]) => run([...args, "--quiet", "--issuer", tenant.issuer]);
  await tenant.token({ as: "alice" });
  expect((await quiet("logout")).out).toContain("Logged in:\n  alice");
  expect(await quiet("logout", "--as", "alice")).toEqual({ code: 0, out: "", err: "" });
  expect(await quiet("signal", "credential-change", "--as", "alice")).toEqual({ code: 0, out: "", err: "" });
  expect(await quiet("signal", "account-disabled", "--as", "bob")).toEqual({ code: 0, out: "", err: "" });
  expect((await quiet("signal")).out).toContain("Events: ");
  receiver.answer(400);
  await tenant.token({ as: "alice" });
  const untold = await quiet("logout", "--as", "alice");
  expect({ ...untold, out: "" }).toEqual({ code: 1, out: "", err: "" });
  expect(untold.out).toContain("NOT told: spa");
  await tenant.token({ as: "carol" });
  expect((await quiet("signal", "account-disabled", "--as", "carol")).out).toContain("NOT told: spa");
});

test("on a terminal, logout names its step while an application is slow", async () => {
  const session = await createSession();
  const io = { ...session.io, columns: { out: undefined, error: 80 }, env: { LC_ALL: "C" } };
  const step = "asking the tenant, which tells the applications";
  const slow = createServer((_request, response) => {
    void vi.waitFor(() => expect(session.err()).toContain(step), 4000).finally(() => response.end());
  });
  await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void slow.close());
  const uri = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/bye`;
  const tenant = await startTenant({ clients: { spa: { backchannelLogoutUri: uri } } });
  await tenant.token({ as: "alice" });
  expect(await main(["logout", "--as", "alice", "--issuer", tenant.issuer], io)).toBe(0);
  expect(session.err()).toContain(step);
  expect(session.err().endsWith("\r\u001b[2K")).toBe(true);
  expect(session.out()).toContain("alice is logged out");
});

test("logout says so where no application can be told", async () => {
  const tenant = await startTenant();
  await tenant.token({ as: "alice" });
  const { code, out } = await run(["logout", "--as", "alice", "--issuer", tenant.issuer]);
  expect(code).toBe(0);
  expect(out).toContain("no application was told: none has a backchannelLogoutUri that fits");
});

test("signal lists events and streams, and sends an event", async () => {
  const tenant = await startTenant();
  const call = (...args: string[]): ReturnType<typeof run> => run(["signal", ...args, "--issuer", tenant.issuer]);
  const names = "session-revoked token-claims-change credential-change account-disabled account-enabled";
  expect(await call()).toEqual({ code: 0, out: `Events: ${names}\nNo receiver has a stream.\n`, err: "" });
  const stream = await createCaller(tenant, await getSignalToken(tenant))("POST", "/ssf/stream", {});
  expect(await call("credential-change", "--as", "alice", "--credential", "pin", "--change", "delete")).toEqual({
    code: 0,
    out: "credential-change about alice is on 1 streams.\n",
    err: "",
  });
  expect((await call("token-claims-change", "--as", "alice", "--permission", "")).code).toBe(0);
  expect((await call()).out).toContain(`Streams:\n  ${stream.body.stream_id}  signals, enabled, poll, 2 waiting\n`);
});

test("signal account-disabled says what the log-out ended", async () => {
  const tenant = await startTenant();
  await tenant.token({ as: "alice" });
  const { code, out } = await run(["signal", "account-disabled", "--as", "alice", "--issuer", tenant.issuer]);
  expect(code).toBe(0);
  expect(out).toContain("alice is logged out: 0 sessions and 1 grants ended.\n");
  expect(out).toContain("account-disabled about alice is on 0 streams.\n");
});

test.each([
  [["logout", "--as", "mallory"], 1, 'There is no persona "mallory"'],
  [
    ["signal", "session-ended", "--as", "alice"],
    2,
    'There is no event "session-ended"; did you mean "session-revoked"?',
  ],
  [["signal", "session-revoked"], 2, "Whom is it about? For example: gatewarden signal session-revoked --as alice"],
  [["signal", "credential-change", "--as", "alice", "--credential", "pasword"], 2, 'did you mean "password"?'],
  [
    ["signal", "credential-change", "--as", "alice", "--change", "lost"],
    2,
    "--change cannot be lost. There are: create,",
  ],
  [["signal", "a", "b"], 2, 'The argument "b" is one too many.'],
])("%j fails with a reason", async (args, code, reason) => {
  const tenant = await startTenant();
  const result = await run([...args, "--issuer", tenant.issuer]);
  expect(result).toMatchObject({ code, out: "" });
  expect(result.err).toContain(reason);
});

test.each(["logout", "signal"])("%s --help shows its flags", async (command) => {
  const { code, out } = await run([command, "--help"]);
  expect(code).toBe(0);
  expect(out).toContain(`Usage: gatewarden ${command}`);
  expect(out).toContain("--as <persona>");
});
