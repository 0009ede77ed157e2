// `gatewarden dev -- command`, and what ends the tenant: real processes, real signals.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { startChild } from "../../../../scripts/lib/processes.mjs";
import { run } from "../support/cli-session.js";
import { makeDirectory } from "../support/tenants.js";

const entry = new URL("../../dist/cli.js", import.meta.url);
const patience = { timeout: 20_000, interval: 50 };

interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly exit: Promise<number | null>;
}

const bin = `import { main } from ${JSON.stringify(entry.href)}; process.exitCode = await main(process.argv.slice(2));`;

async function start(program: string, args: readonly string[], cwd: string): Promise<Started> {
  expect(existsSync(fileURLToPath(entry)), "run `npm run build` first").toBe(true);
  const env = { ...process.env, NODE_ENV: "test", npm_command: "" };
  const child = startChild(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout?.on("data", (text: Buffer) => {
    out += text.toString("utf8");
  });
  child.stderr?.on("data", (text: Buffer) => {
    err += text.toString("utf8");
  });
  const exit = once(child, "exit").then(([code]) => code as number | null);
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, out: () => out, err: () => err, exit };
}

async function startDev(args: readonly string[], cwd?: string): Promise<Started> {
  const folder = cwd ?? (await makeDirectory());
  await writeFile(join(folder, "gatewarden.mjs"), bin);
  return start(process.execPath, [join(folder, "gatewarden.mjs"), "dev", "--port", "0", ...args], folder);
}

const script = (code: string) => ["--", process.execPath, "--input-type=module", "-e", code];

async function isUp(issuer: string): Promise<boolean> {
  return fetch(new URL("/dev", issuer)).then(
    ({ ok }) => ok,
    () => false,
  );
}

test("the command finds the tenant in its environment, and gives its exit code", async () => {
  const code = `const { ISSUER_BASE_URL, AUDIENCE, AUTH0_DOMAIN, AUTH0_AUDIENCE } = process.env;
    const tenant = await (await fetch(new URL("/dev", ISSUER_BASE_URL))).json();
    console.log(JSON.stringify([tenant.issuer === ISSUER_BASE_URL, AUDIENCE, AUTH0_DOMAIN === ISSUER_BASE_URL, AUTH0_AUDIENCE]));
    console.log(ISSUER_BASE_URL);
    process.exit(7)`;
  const { exit, out, err } = await startDev(script(code));
  expect(await exit).toBe(7);
  const [values = "", issuer = ""] = out().trim().split("\n");
  expect(JSON.parse(values)).toEqual([true, "https://api.gatewarden.local", true, "https://api.gatewarden.local"]);
  expect(err()).toContain(`Local tenant: ${issuer}`);
  expect(await isUp(issuer)).toBe(false);
});

test("with --https it also gets what to trust, and the domain alone", async () => {
  const code = `const { AUTH0_DOMAIN } = process.env; console.log((await fetch("https://" + AUTH0_DOMAIN + "/dev")).status)`;
  const { exit, out } = await startDev(["--https", ...script(code)]);
  expect(await exit).toBe(0);
  expect(out()).toBe("200\n");
});

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGHUP", 129],
] as const)("%s reaches the command, whose end is reported as %d", async (signal, code) => {
  const { child, exit, out } = await startDev(script("console.log(process.pid); setInterval(() => {}, 1000)"));
  await vi.waitFor(() => expect(out()).toMatch(/^\d+\n/), patience);
  child.kill(signal);
  expect(await exit).toBe(code);
  expect(() => process.kill(Number(out()), 0)).toThrow();
});

test("a command that tidies up has the time for it, and its own code", async () => {
  const code = `process.on("SIGTERM", () => setTimeout(() => { console.log("tidy"); process.exit(3) }, 50)); console.log("up"); setInterval(() => {}, 1000)`;
  const { child, exit, out } = await startDev(script(code));
  await vi.waitFor(() => expect(out()).toBe("up\n"), patience);
  child.kill("SIGTERM");
  expect(await exit).toBe(3);
  expect(out()).toBe("up\ntidy\n");
});

test("what the command leaves in the background ends as well", async () => {
  const code = `import { spawn } from "node:child_process";
    const left = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" }); left.unref();
    console.log(left.pid)`;
  const { exit, out } = await startDev(script(code));
  expect(await exit).toBe(0);
  await vi.waitFor(() => expect(() => process.kill(Number(out()), 0)).toThrow(), patience);
});

test("a program that does not exist is 127, and no command at all is wrong usage", async () => {
  const { exit, err } = await startDev(["--", "no-such-program"]);
  expect(await exit).toBe(127);
  expect(err()).toContain('There is no program "no-such-program".');
  expect(await run(["dev", "--"])).toMatchObject({ code: 2 });
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s ends the tenant, and its record goes", async (signal) => {
  const cwd = await makeDirectory();
  const { child, exit, out } = await startDev([], cwd);
  await vi.waitFor(() => expect(out()).toContain("Stop with Ctrl-C."), patience);
  child.kill(signal);
  // npm sends it once more.
  child.kill(signal);
  expect(await exit).toBe(0);
  await expect(readFile(join(cwd, ".gatewarden", "tenant.json"))).rejects.toMatchObject({ code: "ENOENT" });
});

test.each(["SIGKILL", "SIGTERM", "SIGHUP"] as const)("the tenant ends with npx, ended by %s", async (signal) => {
  const cwd = await makeDirectory();
  await mkdir(join(cwd, "node_modules", ".bin"), { recursive: true });
  await writeFile(join(cwd, "package.json"), '{"name":"app","private":true}');
  const command = join(cwd, "gatewarden.mjs");
  await writeFile(command, `#!${process.execPath}\n${bin}`, { mode: 0o755 });
  await symlink(command, join(cwd, "node_modules", ".bin", "gatewarden"));
  const { child, out, err } = await start("npx", ["--no-install", "gatewarden", "dev", "--port", "0"], cwd);
  await vi.waitFor(() => expect(out(), err()).toContain("Stop with Ctrl-C."), patience);
  const issuer = /^ISSUER_BASE_URL=(.+)$/m.exec(out())?.[1] ?? "";
  expect(await isUp(issuer)).toBe(true);
  child.kill(signal);
  await vi.waitFor(async () => expect(await isUp(issuer)).toBe(false), patience);
});
