// A tenant with `https: true`, as the clients of other languages see it, and as its own commands do.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { pickPort } from "../../../../scripts/lib/ports.mjs";
import { startChild, stopChild } from "../../../../scripts/lib/processes.mjs";
import { findProgram, toSkip } from "../../../../scripts/lib/programs.mjs";
import { main as gatewarden } from "../../../gatewarden/src/cli/main.js";
import { toApiEnvironment, toTrustEnvironment } from "../../src/cli/environment.js";
import { createTenant, type Tenant, tenantDirectoryName } from "../../src/index.js";
import { run } from "../support/cli-session.js";
import { makeDirectory } from "../support/tenants.js";

const execute = promisify(execFile);
/** Those of this machine would say whom to trust. */
const { PATH = "" } = process.env;

let cwd: string;
let tenant: Tenant;
let keySet: string;
let trust: Readonly<Record<string, string>>;

beforeAll(async () => {
  cwd = await makeDirectory();
  tenant = await createTenant({ port: 0, https: true, directory: join(cwd, tenantDirectoryName) });
  keySet = new URL("/.well-known/jwks.json", tenant.issuer).href;
  trust = toTrustEnvironment(tenant.authority);
});
afterAll(() => tenant.close());

async function load(program: string, args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) {
  return (await execute(program, [...args], { env: { PATH, ...env } as NodeJS.ProcessEnv })).stdout;
}

const pick = (name: string) => ({ [name]: trust[name] });

const curl = toSkip(["curl"]);
describe.skipIf(curl.isSkipped)(`curl${curl.note}`, () => {
  test("trusts the tenant by --cacert and by CURL_CA_BUNDLE, and not without", async () => {
    const program = findProgram("curl") ?? "curl";
    expect(await load(program, ["-sS", "--cacert", tenant.authority?.files?.ca ?? "", keySet])).toContain('"keys"');
    expect(await load(program, ["-sS", keySet], pick("CURL_CA_BUNDLE"))).toContain('"keys"');
    const byName = keySet.replace("127.0.0.1", "localhost");
    expect(await load(program, ["-sS", byName], pick("CURL_CA_BUNDLE"))).toContain('"keys"');
    await expect(load(program, ["-sS", keySet])).rejects.toMatchObject({ code: 60 });
  });

  test("cookies of a login are for https only", async () => {
    const query = "client_id=spa&response_type=code&redirect_uri=http://localhost:5173/&scope=openid";
    const pkce = `code_challenge=${"a".repeat(43)}&code_challenge_method=S256`;
    const answer = await load("curl", ["-sSi", `${tenant.issuer}authorize?${query}&${pkce}`], pick("CURL_CA_BUNDLE"));
    const cookies = answer.split("\r\n").filter((line) => /^set-cookie:/i.test(line));
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/; secure; httponly/);
    const metadata = JSON.parse(
      await load("curl", ["-sS", `${tenant.issuer}.well-known/openid-configuration`], pick("CURL_CA_BUNDLE")),
    );
    expect(metadata).toMatchObject({ issuer: tenant.issuer, jwks_uri: keySet });
    const page = await load("curl", ["-sSI", `${tenant.issuer}console`], pick("CURL_CA_BUNDLE"));
    expect(page).toMatch(/^HTTP\/1.1 (200|503)/);
  });
});

test("Node.js trusts the tenant by NODE_EXTRA_CA_CERTS, and not without", async () => {
  const code = `process.stdout.write(await (await fetch(${JSON.stringify(keySet)})).text())`;
  const args = ["--input-type=module", "-e", code];
  expect(await load(process.execPath, args, pick("NODE_EXTRA_CA_CERTS"))).toContain('"keys"');
  await expect(load(process.execPath, args)).rejects.toThrow(/UNABLE_TO_VERIFY|SELF_SIGNED/);
});

async function findPython(modules: string): Promise<string | undefined> {
  for (const path of ["python3", "/usr/bin/python3"]) {
    if ((await load(path, ["-c", `import ${modules}`]).catch(() => undefined)) !== undefined) return path;
  }
  return undefined;
}

const modules = "fastapi, jose, requests, uvicorn";
const python = await findPython(modules);
const isSkipped = python === undefined && process.env["CI"] !== "true";

describe.skipIf(isSkipped)(`Python${isSkipped ? ` (skipped: no python3 has ${modules})` : ""}`, () => {
  test("requests and urllib trust the tenant by REQUESTS_CA_BUNDLE and SSL_CERT_FILE, and not without", async () => {
    const program = python ?? "python3";
    const requests = `import requests; print(requests.get("${keySet}").text)`;
    const urllib = `import urllib.request; print(urllib.request.urlopen("${keySet}").read())`;
    expect(await load(program, ["-c", requests], pick("REQUESTS_CA_BUNDLE"))).toContain('"keys"');
    expect(await load(program, ["-c", urllib], pick("SSL_CERT_FILE"))).toContain('"keys"');
    await expect(load(program, ["-c", requests])).rejects.toThrow(/CERTIFICATE_VERIFY_FAILED/);
  });

  test("the recipe for FastAPI works unchanged", async () => {
    const guide = readFileSync(new URL("../../../../docs/migrating/fastapi.md", import.meta.url), "utf8");
    const [, code = ""] = /^```python\n(.*?)^```$/ms.exec(guide) ?? [];
    expect(code).toContain("https://{domain}");
    const folder = await makeDirectory();
    writeFileSync(join(folder, "recipe.py"), code);
    const { access_token } = await tenant.token({ as: "alice" });
    const port = await pickPort(0, "127.0.0.1");
    const env = { PATH, ...toApiEnvironment(tenant), ...trust };
    const args = ["-m", "uvicorn", "recipe:app", "--port", String(port)];
    const child = startChild(python ?? "python3", args, { cwd: folder, env, stdio: "ignore" });
    onTestFinished(() => stopChild(child));
    const ask = (path: string, token: string) =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } });
    const up = () => ask("/api/public", access_token).catch(() => undefined);
    await vi.waitFor(async () => expect(await up()).toBeDefined(), { timeout: 20_000, interval: 50 });
    expect((await ask("/api/private", access_token)).status).toBe(200);
    expect((await ask("/api/admin", access_token)).status).toBe(200);
    expect((await ask("/api/private", "x.y.z")).status).toBe(401);
  });
});

describe("The commands of the folder", () => {
  test("find the tenant and trust it", async () => {
    const { code, out, err } = await run(["token", "--as", "bob"], cwd);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^ey\S+\n$/);
    expect((await run(["faults"], cwd)).code).toBe(0);
    expect((await run(["keys"], cwd)).out).toContain("RS256");
  });

  test("trust no other tenant by its record, and say what to do", async () => {
    const other = await createTenant({ port: 0, https: true });
    onTestFinished(() => other.close());
    const { code, err } = await run(["token", "--issuer", other.issuer], cwd);
    expect(code).toBe(1);
    expect(err).toContain(`The certificate of ${other.issuer} is not trusted`);
    expect(err).toContain("NODE_EXTRA_CA_CERTS");
  });

  test("explain and doctor trust it too, for this tenant alone", async () => {
    const { access_token } = await tenant.token({ as: "alice" });
    const before = [process.cwd(), globalThis.fetch] as const;
    process.chdir(cwd);
    onTestFinished(() => process.chdir(before[0]));
    const ask = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
      let out = "";
      const write = (text: string) => {
        out += text;
      };
      const code = await gatewarden(args, { out: write, error: write, input: async () => "", env });
      return { code, out };
    };
    const explained = await ask(["explain", access_token], {});
    expect(explained.out).toContain(tenant.issuer);
    expect(explained.code).toBe(0);
    const diagnosed = await ask(["doctor"], toApiEnvironment(tenant));
    expect(diagnosed.out).toContain(`NODE_EXTRA_CA_CERTS=${tenant.authority?.files?.ca}`);
    expect(diagnosed.code).toBe(0);
    const other = await createTenant({ port: 0, https: true });
    onTestFinished(() => other.close());
    const foreign = await ask(["doctor"], toApiEnvironment(other));
    expect(foreign.code).toBe(1);
    expect(globalThis.fetch).toBe(before[1]);
  });
});
