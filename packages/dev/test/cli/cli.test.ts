import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { main } from "../../src/cli.js";
import { tenantDirectoryName } from "../../src/index.js";
import { createSession, run } from "../support/cli-session.js";
import { verify } from "../support/client.js";
import { makeDirectory, startTenant } from "../support/tenants.js";

afterEach(() => vi.unstubAllEnvs());

test.each([[[]], [["--help"]], [["help"]], [["dev", "--help"]], [["token", "-h"]]])("%j prints help", async (args) => {
  const { code, out } = await run(args);
  expect(code).toBe(0);
  expect(out).toMatch(/^Usage: gatewarden/);
});

test.each([[["serve"]], [["dev", "--prot", "1"]], [["dev", "--port", "many"]], [["token", "--claim", "plan"]]])(
  "%j is a wrong call",
  async (args) => {
    const { code, out, err } = await run(args);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).not.toBe("");
  },
);

describe("dev", () => {
  test("serves until it is stopped, and says how to use it", async () => {
    const session = await createSession();
    await writeFile(join(session.io.cwd, "gatewarden.dev.json"), '{"apis":[{"audience":"orders"}]}');
    const exit = main(["dev", "--port", "0"], session.io);
    await vi.waitFor(() => expect(session.out()).toContain("Stop with Ctrl-C."), 10_000);
    const issuer = /^ISSUER_BASE_URL=(.+)$/m.exec(session.out())?.[1] ?? "";
    expect(session.out()).toMatch(/^AUDIENCE=orders$/m);
    expect(session.out()).toContain("alice  Alice Adams, org_acme, read:admin");
    expect((await fetch(new URL("/.well-known/openid-configuration", issuer))).status).toBe(200);
    session.stop();
    expect(await exit).toBe(0);
    await expect(fetch(issuer)).rejects.toThrow();
  });

  test.each([
    [["dev", "--host", "0.0.0.0", "--port", "0"], 2, "cannot listen on 0.0.0.0"],
    [["dev", "--host", "127.0.0.999", "--port", "0"], 2, "cannot listen on 127.0.0.999, port 0 (ENOTFOUND)"],
    [["dev", "--config", "missing.json"], 2, "missing.json cannot be read"],
    [["dev", "--port", "70000"], 2, "--port must be at most 65535"],
  ])("%j fails with code %i and a reason", async (args, expected, reason) => {
    const { code, err } = await run(args);
    expect(code).toBe(expected);
    expect(err).toContain(reason);
  });

  test("refuses production", async () => {
    vi.stubEnv("NODE_ENV", "production");
    expect(await run(["dev", "--port", "0"])).toMatchObject({ code: 1, err: expect.stringContaining("production") });
  });
});

describe("dev in a folder where nothing can be written", () => {
  test.each([[[]], [["--https"]]])("ends with a reason, and without a stack: %j", async (more) => {
    const cwd = await makeDirectory();
    await writeFile(join(cwd, "file"), "");
    const { code, out, err } = await run(["dev", "--port", "0", "--directory", "file/below", ...more], cwd);
    expect(code).toBeGreaterThan(0);
    expect(out).toBe("");
    expect(err).toMatch(/^error: .*file\/below.* \((ENOTDIR|EEXIST)\)\..*\n$/);
  });
});

describe("dev with a directory of its own", () => {
  test("says how the other commands find it, which look in .gatewarden", async () => {
    const session = await createSession();
    const exit = main(["dev", "--port", "0", "--directory", "elsewhere"], session.io);
    await vi.waitFor(() => expect(session.out()).toContain("Stop with Ctrl-C."), 10_000);
    const [, advice = ""] = /^Get a token: npx gatewarden (.*)$/m.exec(session.out()) ?? [];
    expect(await run(advice.split(" "), session.io.cwd)).toMatchObject({ code: 0, err: "" });
    session.stop();
    expect(await exit).toBe(0);
  });
});

test("a change with --quiet prints nothing, a list is printed", async () => {
  const tenant = await startTenant();
  const quiet = (...args: string[]) => run([...args, "-q", "--issuer", tenant.issuer]);
  for (const args of [
    ["faults", "expired"],
    ["faults", "--reset"],
    ["keys", "--rotate"],
    ["tenant", "persona", "dora"],
    ["tenant", "--api", "http://127.0.0.1:3000"],
    ["reset", "people"],
  ]) {
    expect({ args, ...(await quiet(...args)) }).toEqual({ args, code: 0, out: "", err: "" });
  }
  expect((await quiet("faults")).out).toContain("No faults are on.");
  expect((await quiet("keys")).out).toContain("Keys:");
  expect((await quiet("tenant")).out).toContain("Personas:");
  expect(JSON.parse((await quiet("reset", "keys", "--json")).out)).toEqual({ reset: ["keys"] });
  expect(await quiet("tenant", "persona", "a b")).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringContaining("short name"),
  });
});

describe("token", () => {
  test.each([
    ["x", '--expires-in is "x", but must be a whole number. Example: --expires-in 60'],
    ["0", "--expires-in is 0, but must be a number of seconds above 0."],
  ])("names the flag of a wrong lifetime: %s", async (value, says) => {
    expect(await run(["token", "--expires-in", value])).toMatchObject({ code: 2, err: expect.stringContaining(says) });
  });

  test("prints the token of the tenant started here, and nothing else", async () => {
    const cwd = await makeDirectory();
    const tenant = await startTenant({ directory: join(cwd, tenantDirectoryName) });
    const { code, out, err } = await run(["token", "--as", "bob", "--permission", "read:admin"], cwd);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^\S+\n$/);
    expect((await verify(tenant, out.trim())).payload).toMatchObject({ sub: "auth0|bob", permissions: ["read:admin"] });
  });

  test("--json prints what it is and until when, on one line", async () => {
    const tenant = await startTenant();
    const json = async (...args: string[]) => {
      const { code, out, err } = await run(["token", "--json", "--issuer", tenant.issuer, ...args]);
      expect({ code, err, lines: out.split("\n").length }).toEqual({ code: 0, err: "", lines: 2 });
      return JSON.parse(out);
    };
    const { token, expiresAt, ...others } = await json("--as", "bob", "--expires-in", "60");
    const { payload } = await verify(tenant, token);
    expect(Date.parse(expiresAt)).toBe((payload.exp ?? 0) * 1000);
    expect(others).toEqual({ token_type: "Bearer", expires_in: 60, scope: "openid profile email" });
    const opaque = await json("--opaque");
    expect(opaque.token).not.toContain(".");
    expect(Date.parse(opaque.expiresAt)).toBeGreaterThan(Date.now());
    expect(Date.parse((await json("--fault", "expired")).expiresAt)).toBeLessThan(Date.now());
  });

  test("--quiet prints no warning of faults, and the token all the same", async () => {
    const tenant = await startTenant();
    await tenant.faults.set("expired");
    const call = (...args: string[]) => run(["token", "--issuer", tenant.issuer, ...args]);
    expect((await call()).err).toContain("expired");
    const { code, out, err } = await call("--quiet");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^\S+\n$/);
  });

  test("takes every wish", async () => {
    const tenant = await startTenant();
    const wishes = ["--scope", "read:reports", "--expires-in", "60", "--claim", "level=3", "--claim", "plan=pro"];
    const { out } = await run(["token", "--issuer", tenant.issuer, "--as", "alice", "--client", "web", ...wishes]);
    const { payload } = await verify(tenant, out.trim());
    expect(payload).toMatchObject({ client_id: "web", scope: "read:reports", level: 3, plan: "pro" });
    expect(payload.exp).toBe((payload.iat ?? 0) + 60);
  });

  test("an empty permission gives none, and --opaque no audience", async () => {
    const tenant = await startTenant();
    const bare = await run(["token", "--issuer", tenant.issuer, "--permission", ""]);
    expect((await verify(tenant, bare.out.trim())).payload["permissions"]).toEqual([]);
    expect((await run(["token", "--issuer", tenant.issuer, "--opaque"])).out).not.toContain(".");
  });

  test("says why the tenant refused", async () => {
    const tenant = await startTenant();
    const { code, out, err } = await run(["token", "--issuer", tenant.issuer, "--as", "mallory"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe('error: There is no persona "mallory"; this tenant has: alice, bob, carol.\n');
  });

  test("says how to start a tenant when none runs", async () => {
    const gone = await startTenant();
    await gone.close();
    const { code, out, err } = await run(["token", "--issuer", gone.issuer]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe(`error: No local tenant answers at ${gone.issuer}. Start one with: npx gatewarden dev\n`);
  });
});
