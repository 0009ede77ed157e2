// Commands beside a running local tenant: `explain` finds it by `tenant.json`, and every command says first which faults are on.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { main } from "../../src/cli/main.js";
import { type Listening, listen } from "../support/listen.js";

let tenant: Tenant;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gatewarden-commands-"));
  tenant = await createTenant({ port: 0, directory: join(folder, ".gatewarden") });
  await mkdir(join(folder, "src", "deep"), { recursive: true });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await tenant.faults.clear();
});
afterAll(async () => {
  await tenant.close();
  await rm(folder, { recursive: true });
});

async function explain(token: string, place: { readonly cwd: string; readonly env?: Record<string, string> }) {
  vi.spyOn(process, "cwd").mockReturnValue(place.cwd);
  const out: string[] = [];
  const streams = { out: (text: string) => void out.push(text), error: () => {}, input: async () => token };
  const code = await main(["explain", "--json", "-"], { ...streams, env: place.env ?? {} });
  const findings: readonly { code: string; message: string; fix: string }[] = JSON.parse(out.join(""));
  return { code, codes: findings.map((finding) => finding.code), findings };
}

const issue = async () => (await tenant.token({ as: "alice" })).access_token;

describe("explain without a configuration", () => {
  test.each(["", "src/deep"])(
    "checks the token for the tenant that runs in this folder or above: ./%s",
    async (below) => {
      const { code, codes, findings } = await explain(await issue(), { cwd: join(folder, below) });
      expect({ code, codes }).toEqual({ code: 0, codes: ["local_tenant", "accepted"] });
      expect(findings[0]?.message).toContain(tenant.issuer);
      expect(findings[0]?.message).toContain(tenant.audience);
    },
  );

  test("names the fault that is on before what follows from it", async () => {
    await tenant.faults.set("expired");
    const { code, codes, findings } = await explain(await issue(), { cwd: folder });
    expect(code).toBe(1);
    expect(codes.slice(0, 3)).toEqual(["tenant_fault_on", "local_tenant", "expired"]);
    expect(findings[0]?.fix).toContain("npx gatewarden faults --reset");
  });

  test("says that nothing is configured where no tenant runs", async () => {
    const { code, codes } = await explain(await issue(), { cwd: tmpdir() });
    expect(code).toBe(2);
    expect(codes[0]).toBe("configuration");
  });
});

describe("explain for a configured tenant", () => {
  test("names the fault that is on", async () => {
    const env = { ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience };
    expect((await explain(await issue(), { cwd: tmpdir(), env })).codes).toEqual(["accepted"]);
    await tenant.faults.set("wrong-audience");
    expect((await explain(await issue(), { cwd: tmpdir(), env })).codes[0]).toBe("tenant_fault_on");
  });
});

describe("A record that leads elsewhere", () => {
  let other: Listening;
  beforeAll(async () => {
    other = await listen((_request, response) => response.end("<html>"));
  });
  afterAll(() => other.close());

  test.each([
    ["another machine", () => "https://tenant.example.test/"],
    ["no URL", () => "tenant"],
    ["a server that is no tenant", () => `${other.origin}/`],
  ])("is ignored: %s", async (_name, toIssuer) => {
    const place = await mkdtemp(join(tmpdir(), "gatewarden-record-"));
    await mkdir(join(place, ".gatewarden"));
    await writeFile(join(place, ".gatewarden", "tenant.json"), JSON.stringify({ issuer: toIssuer() }));
    const { code, codes } = await explain(await issue(), { cwd: place });
    await rm(place, { recursive: true });
    expect({ code, first: codes[0] }).toEqual({ code: 2, first: "configuration" });
  });
});
