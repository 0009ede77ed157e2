// `gatewarden watch`: real processes of the built command beside a real tenant, whose feed is the
// documented call `GET /dev/feed`.
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createGuard, permission } from "gatewarden";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { connectConsole } from "../../src/connect.js";
import { type Tenant, tenantDirectoryName } from "../../src/index.js";
import { call } from "../support/call.js";
import { type Command, type CommandOptions, runCommand, startCommand, waitFor } from "../support/command.js";
import { makeDirectory, startTenant } from "../support/tenants.js";

/** Feeds are not emptied, so each test has marks of its own. */
let mark = 0;
let tenant: Tenant;
let cwd: string;
beforeAll(async () => {
  cwd = await makeDirectory();
  tenant = await startTenant({ directory: join(cwd, tenantDirectoryName) });
});
beforeEach(() => {
  mark++;
});

const inside = { accept: "text/event-stream" };
const watch = (args: readonly string[] = [], options: Partial<CommandOptions> = {}): Command =>
  startCommand(["watch", ...args], { cwd, ...options });

/** Sends decisions as `connectConsole` does. The last one marks the end. */
async function decide(...decisions: readonly Readonly<Record<string, unknown>>[]): Promise<string> {
  const end = `end-${mark}`;
  for (const [api, all] of [
    [`api-${mark}`, decisions],
    [end, [{ outcome: "refused", reason: "expired", need: "permission read:admin" }]],
  ]) {
    expect((await call(tenant, "POST /dev/decisions", { api, decisions: all })).status).toBe(204);
  }
  return end;
}

/** Those of this test. */
const linesOf = ({ out }: Command) =>
  out()
    .split("\n")
    .filter((line) => line.includes(`api-${mark}`));

describe("gatewarden watch", () => {
  test("shows decisions of a connected API as they come: outcome, reason, need, persona, fix; never a token", async () => {
    const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience, env: {} });
    const command = watch();
    onTestFinished(connectConsole(guard, { tenant: tenant.url, name: `api-${mark}` }));
    const tokens = await Promise.all([
      tenant.token({ as: "alice", claims: { "https://x.example/secret": "hush-hush" } }),
      tenant.token({ as: "bob" }),
    ]);
    await waitFor(command, "holder=bob");
    for (const { access_token } of tokens) {
      const headers = { authorization: `Bearer ${access_token}` };
      await guard.attempt({ method: "GET", url: "/", headers }, permission("read:admin"));
    }
    await waitFor(command, "permission_missing");
    const [accepted, refused] = linesOf(command);
    expect(accepted).toMatch(/^\d\d:\d\d:\d\d decision accepted holder=alice need="permission read:admin" api=api-1 /);
    expect(refused).toMatch(
      /decision refused 403 permission_missing holder=bob need="permission read:admin" api=api-1 /,
    );
    expect(refused).toMatch(/ fix=".+"/);
    for (const { access_token } of tokens) {
      for (const secret of [access_token, ...access_token.split(".").slice(1), "hush-hush", "auth0|"]) {
        expect(command.out()).not.toContain(secret);
      }
    }
  });

  test("begins with what the feed has already, in the time of this machine", async () => {
    const end = await decide({ outcome: "accepted" });
    const { body } = await call(tenant, "GET /dev/feed");
    const { at } = body.events.at(-1);
    const [here, there] = [watch([], { env: { TZ: "Asia/Tokyo" } }), watch([], { env: { TZ: "America/New_York" } })];
    for (const [command, timeZone] of [
      [here, "Asia/Tokyo"],
      [there, "America/New_York"],
    ] as const) {
      await waitFor(command, end);
      expect(command.out()).toContain(`${new Date(at).toLocaleTimeString("en-GB", { timeZone })} decision`);
    }
  });

  test("--json prints what the feed sends, one document per line", async () => {
    const end = await decide({ outcome: "refused", reason: "expired", status: 401, need: "\u2028\u0085\u202e" });
    const command = watch(["--json"]);
    await waitFor(command, end);
    const { body } = await call(tenant, "GET /dev/feed");
    const lines = command.out().split("\n").slice(0, -1);
    expect(lines.map((line) => JSON.parse(line))).toEqual(body.events);
    expect(command.err()).toBe("");
  });
});

describe("The filters of gatewarden watch", () => {
  const decisions = [
    { outcome: "accepted", need: "permission read:admin" },
    { outcome: "refused", reason: "expired", need: "permission read:admin" },
    { outcome: "refused", reason: "permission_missing", need: "anyOf(permission read:x, role admin)" },
    { outcome: "anonymous" },
  ];

  test("are flags of the command", async () => {
    const all = [
      [
        ["--outcome", "refused"],
        [1, 2],
      ],
      [["--reason", "expired"], [1]],
      [
        ["--need", "read:admin"],
        [0, 1],
      ],
      [
        ["--kind", "decision", "--outcome", "refused", "--outcome", "accepted"],
        [0, 1, 2],
      ],
    ] as const;
    const commands = all.map(([args, expected]) => ({ command: watch(["--json", ...args]), expected }));
    const end = await decide(...decisions.map((one, index) => ({ ...one, fingerprint: `nr-${index}` })));
    for (const { command, expected } of commands) {
      await waitFor(command, end);
      const numbers = linesOf(command).map((line) => Number(JSON.parse(line).fingerprint.slice(3)));
      expect(numbers).toEqual(expected);
    }
  });

  test("--as is about a persona or a client: decisions, tokens, log-outs and changes", async () => {
    const [bob, machine] = [watch(["--as", "bob", "--json"]), watch(["--as", "machine", "--json"])];
    await tenant.token({ as: "bob" });
    await tenant.token({ client: "machine" });
    await tenant.token({ as: "alice" });
    await tenant.logOut("bob");
    await call(tenant, "PUT /dev/personas/bob", { name: `Bob ${mark}` });
    await call(tenant, "PUT /dev/clients/machine", { name: `Machine ${mark}` });
    await waitFor(bob, '"kind":"people"');
    await waitFor(machine, '"kind":"people"');
    for (const kind of ["token", "logout", "people"]) expect(bob.out()).toContain(`"kind":"${kind}"`);
    expect(bob.out()).not.toContain('"kind":"faults"');
    expect(`${bob.out()}${machine.out()}`).not.toContain("alice");
  });

  test("a persona that the tenant does not have is told of, since nothing would ever come", async () => {
    const command = watch(["--as", "boob"]);
    await expect.poll(() => command.err(), { timeout: 20_000 }).toContain('note: There is no persona or client "boob"');
    expect(command.err()).toContain('did you mean "bob"?');
    command.child.kill("SIGINT");
    expect(await command.exit).toBe(0);
  });

  test.each([
    [["--reason", "expird"], '--reason cannot be expird; did you mean "expired"?'],
    [["--outcome", "refuse"], '--outcome cannot be refuse; did you mean "refused"?'],
    [["--kind", "decisions"], '--kind cannot be decisions; did you mean "decision"?'],
    [["alice"], 'The argument "alice" is one too many; did you mean --as alice?'],
    [["refused"], 'The argument "refused" is one too many; did you mean --outcome refused?'],
    [["--jsno"], "There is no flag --jsno; did you mean --json?"],
  ])("%j is wrong usage: 2", async (args, says) => {
    const { code, out, err } = await runCommand(["watch", ...args], { cwd });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`error: ${says}`);
    expect(err).toContain("See: gatewarden watch --help");
  });
});

describe("The end of gatewarden watch", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s: 0, without a word", async (signal) => {
    const command = watch();
    await waitFor(command, await decide());
    command.child.kill(signal);
    expect(await command.exit).toBe(0);
    expect(command.err()).toBe("");
  });

  test("a reader that has seen enough: 0, without a word", async () => {
    const command = watch();
    await waitFor(command, await decide());
    command.child.stdout?.destroy();
    await decide();
    expect(await command.exit).toBe(0);
    expect(command.err()).toBe("");
  });

  test("the tenant is closed: 1, and the reason", async () => {
    const other = await startTenant();
    const command = watch(["--issuer", other.issuer]);
    await other.token();
    await waitFor(command, "token");
    await other.close();
    expect(await command.exit).toBe(1);
    expect(command.err()).toBe(`error: ${other.issuer} has ended the connection. Is the tenant still running?\n`);
  });

  test("no tenant runs: 1, and how to start one", async () => {
    const other = await startTenant();
    await other.close();
    expect(await runCommand(["watch", "--issuer", other.issuer], { cwd })).toEqual({
      code: 1,
      out: "",
      err: `error: No local tenant answers at ${other.issuer}. Start one with: npx gatewarden dev\n`,
    });
  });
});

describe("Something else than a tenant", () => {
  async function serve(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  test.each([
    ["another page", 200, { "content-type": "text/html" }, "<p>data: hello</p>\ndata: {}\n\n"],
    ["no such page", 404, { "content-type": "text/html" }, "data: {}\n\n"],
    ["a redirect", 302, { location: "/elsewhere" }, ""],
    ["events that are no JSON", 200, { "content-type": inside.accept }, "data: hello\n\n"],
    ["events of another shape", 200, { "content-type": inside.accept }, 'data: "hello"\n\n'],
    ["events that are null", 200, { "content-type": inside.accept }, "data: null\n\n"],
  ])("%s: 1, and what it is", async (_what, status, headers, body) => {
    const issuer = await serve((_request, response) => response.writeHead(status, headers).end(body));
    for (const more of [[], ["--json"]]) {
      const { code, out, err } = await runCommand(["watch", "--issuer", issuer, ...more], { cwd });
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toContain(`error: ${issuer} is not a local tenant.`);
    }
  });

  test("cannot act on the terminal, and its lines cannot pass for others (CWE-150)", async () => {
    const hostile = "a\u001b[2J\u0007\u009b1m\u202e\u2066\u2028\r\nb holder=alice \u001b]0;x\u0007";
    const event = {
      id: 1,
      at: hostile,
      kind: hostile,
      outcome: hostile,
      holder: hostile,
      need: hostile,
      [hostile]: hostile,
    };
    const decision = { ...event, id: 2, at: new Date().toISOString(), kind: "decision", cause: hostile, fix: hostile };
    const text = [event, decision].map((one) => `data: ${JSON.stringify(one)}\n\n`).join("");
    const issuer = await serve((_request, response) =>
      response.writeHead(200, { "content-type": inside.accept }).end(text),
    );
    for (const more of [[], ["--json"]]) {
      const { out } = await runCommand(["watch", "--issuer", issuer, ...more], { cwd });
      expect(out.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      expect(out.trimEnd().split("\n")).toHaveLength(2);
      // Within quotes it is a part of a value.
      if (more.length === 0) expect(out.replaceAll(/"(?:[^"\\]|\\.)*"/g, "…")).not.toContain("alice");
    }
  });

  test("the nearest valid neighbour is printed as it is", async () => {
    const holder = "Zoë|東京";
    const text = `data: ${JSON.stringify({ id: 1, at: new Date().toISOString(), kind: "decision", outcome: "accepted", holder })}\n\n`;
    const issuer = await serve((_request, response) =>
      response.writeHead(200, { "content-type": inside.accept }).end(text),
    );
    const { out } = await runCommand(["watch", "--issuer", issuer], { cwd });
    expect(out).toMatch(/^\d\d:\d\d:\d\d decision accepted holder=Zoë\|東京\n$/);
  });
});
