// The built command as a process: what only a process has, such as certificates that Node.js reads when it starts, and signals.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createIdentity } from "../../support/certificates.js";
import { listenWith } from "../../support/listen.js";

const command = fileURLToPath(new URL("../../../bin/gatewarden.js", import.meta.url));
const identity = createIdentity("idp.acme.test");

let tenant: Tenant;
let folder: string;
beforeAll(async () => {
  expect(existsSync(join(command, "../../dist/cli/bin.js")), "run `npm run build` first").toBe(true);
  folder = mkdtempSync(join(tmpdir(), "gatewarden-doctor-"));
  tenant = await createTenant({ port: 0, https: identity });
});
afterAll(async () => {
  await tenant.close();
  rmSync(folder, { recursive: true });
});

/** Starts the command in an empty folder, with no environment but this. */
function start(args: readonly string[], env: Record<string, string>, name = "doctor") {
  const child = spawn(process.execPath, [command, name, ...args], { cwd: folder, env, stdio: "pipe" });
  let [out, error] = ["", ""];
  child.stdout.on("data", (text: Buffer) => {
    out += text;
  });
  child.stderr.on("data", (text: Buffer) => {
    error += text;
  });
  const ended = new Promise<{ code: number | null; signal: string | null; out: string; error: string }>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, out, error }));
  });
  return { child, ended };
}

describe("The process", () => {
  test("believes a private certificate that NODE_EXTRA_CA_CERTS names", async () => {
    const file = join(folder, "ca.pem");
    writeFileSync(file, identity.cert);
    const env = { ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience };
    const trusting = await start(["--json"], { ...env, NODE_EXTRA_CA_CERTS: file }).ended;
    expect(JSON.parse(trusting.out)).toMatchObject({ ok: true, findings: [] });
    expect(trusting.code).toBe(0);
    const suspicious = await start(["--json"], env).ended;
    expect(JSON.parse(suspicious.out).findings[0].code).toBe("tls_self_signed");
    expect(suspicious.code).toBe(1);
  });

  test("loads a file of variables from the folder it is in", async () => {
    writeFileSync(join(folder, ".env"), `ISSUER_BASE_URL=${tenant.issuer}\nAUDIENCE=${tenant.audience}\n`);
    const { out } = await start(["--json"], {}).ended;
    expect(JSON.parse(out).findings.map(({ code }: { code: string }) => code)).toContain("env_file_not_loaded");
    const loaded = await start(["--json", "--env-file", ".env"], {}).ended;
    expect(JSON.parse(loaded.out).findings[0].code).toBe("tls_self_signed");
  });

  test("takes the guard of a module, also one that keeps the process busy", async () => {
    const library = new URL("../../../dist/index.js", import.meta.url);
    const guard = `createGuard({ issuer: "https://a.test/", audience: "a", keys: { secret: "s".repeat(32) } })`;
    const text = `import { createGuard } from ${JSON.stringify(library.href)};\nexport const guard = ${guard};\n`;
    writeFileSync(join(folder, "guard.mjs"), `${text}setInterval(() => {}, 1000);\nconsole.log("started");\n`);
    const looked = await start(["--json", "--config", "guard.mjs"], {}).ended;
    expect(JSON.parse(looked.out)).toMatchObject({ ok: true, findings: [] });
    expect([looked.code, looked.error]).toEqual([0, expect.stringContaining("started")]);
    const explained = await start(["--json", "--config", "guard.mjs", "hello"], {}, "explain").ended;
    expect([explained.code, JSON.parse(explained.out)[0].code]).toEqual([1, "token_opaque"]);
    writeFileSync(join(folder, "broken.mjs"), "export const guard = ;\n");
    const broken = await start(["--config", "broken.mjs", "hello"], {}, "explain").ended;
    expect([broken.code, broken.error]).toEqual([2, expect.stringContaining("threw SyntaxError")]);
    writeFileSync(join(folder, "guard.ts"), `${text}const unused: number = 1;\n`);
    const typed = await start(["--config", "guard.ts", "hello"], {}, "explain").ended;
    // Node.js runs TypeScript from 22.18 on (https://nodejs.org/api/typescript.html).
    const runsTypes = Boolean((process.features as { typescript?: unknown }).typescript);
    if (runsTypes) expect(typed.code).toBe(1);
    else expect([typed.code, typed.error]).toEqual([2, expect.stringContaining("which Node.js")]);
  });

  test("writes findings to standard output also after a module that never loads", async () => {
    writeFileSync(join(folder, "waits.mjs"), 'console.log("waiting");\nawait new Promise(() => {});\n');
    const args = ["--json", "--timeout", "0.3", "--config", "waits.mjs"];
    const { code, out, error } = await start([...args, "hello"], {}, "explain").ended;
    expect([code, JSON.parse(out)[0].code]).toEqual([2, "configuration"]);
    expect(error).toContain("waiting");
    const looked = await start(args, {}).ended;
    expect(JSON.parse(looked.out).findings[0].code).toBe("guard_unusable");
  });

  test("says so when the module ends the process", async () => {
    writeFileSync(join(folder, "ends.mjs"), "process.exit(0);\n");
    const { code, error } = await start(["--config", "ends.mjs", "hello"], {}, "explain").ended;
    expect([code, error]).toEqual([2, expect.stringContaining("ended the process")]);
  });

  test("ends at Ctrl-C while it waits", async () => {
    let wasAsked = () => {};
    const asked = new Promise<void>((resolve) => {
      wasAsked = resolve;
    });
    const silent = await listenWith(createServer(() => wasAsked()));
    const { child, ended } = start(["--issuer", `${silent.origin}/`, "--audience", "x", "--timeout", "60"], {});
    await asked;
    child.kill("SIGINT");
    expect((await ended).signal).toBe("SIGINT");
    await silent.close();
  });
});
