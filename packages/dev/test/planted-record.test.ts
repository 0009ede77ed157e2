// A record of a tenant on another machine, which came with the folder (CWE-441).
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findLocalTenant } from "../../gatewarden/src/cli/local-tenant.js";
import { findTenantTrust } from "../../gatewarden/src/cli/tenant-trust.js";
import { findTenant } from "../src/cli/tenant-client.js";
import { findRunningIssuer } from "../src/index.js";
import { makeDirectory, startTenant } from "./support/tenants.js";

/** A folder with a record, by a process that runs. */
async function plant(issuer: string): Promise<{ readonly cwd: string; readonly file: string }> {
  const cwd = await makeDirectory();
  const [file, ca] = [join(cwd, ".gatewarden", "tenant.json"), join(cwd, ".gatewarden", "ca.pem")];
  await mkdir(join(cwd, ".gatewarden"));
  await writeFile(ca, "planted");
  await writeFile(file, JSON.stringify({ issuer, ca, pid: process.ppid, startedAt: new Date().toISOString() }));
  return { cwd, file };
}

const elsewhere = ["https://tenant.example/", "https://localhost.tenant.example/", "https://localhost@tenant.example/"];

test.each(elsewhere)("%s in a record is asked and trusted by no command", async (issuer) => {
  const { cwd } = await plant(issuer);
  const asked: string[] = [];
  const fetch = async (input: unknown) => {
    asked.push(JSON.stringify(input));
    return Response.json({ issuer });
  };
  expect(await findLocalTenant(cwd, fetch)).toBeUndefined();
  expect(await findTenantTrust(cwd)).toBeUndefined();
  expect(await findRunningIssuer(cwd)).toBeUndefined();
  await expect(findTenant(undefined, cwd)).rejects.toThrow("which is not on this machine");
  expect((await findTenant(issuer, cwd)).ca).toBeUndefined();
  expect(asked).toEqual([]);
});

test("a tenant that starts there does not bring the record of another machine back", async () => {
  const { cwd, file } = await plant("https://tenant.example/");
  const tenant = await startTenant({ directory: join(cwd, ".gatewarden") });
  expect((await findTenant(undefined, cwd)).issuer).toBe(tenant.issuer);
  await tenant.close();
  await expect(readFile(file)).rejects.toMatchObject({ code: "ENOENT" });
});

test("the record of a tenant of this machine is found, trusted and brought back", async () => {
  const issuer = "https://localhost:4400/";
  const { cwd, file } = await plant(issuer);
  expect((await findTenantTrust(cwd))?.ca).toBe("planted");
  expect(await findTenant(undefined, cwd)).toMatchObject({ issuer, source: "record" });
  await (await startTenant({ directory: join(cwd, ".gatewarden") })).close();
  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ issuer });
});

test.runIf(process.getuid !== undefined)("a record that is a link is not read (CWE-59)", async () => {
  const { file } = await plant("http://localhost:4400/");
  const cwd = await makeDirectory();
  await mkdir(join(cwd, ".gatewarden"));
  await symlink(file, join(cwd, ".gatewarden", "tenant.json"));
  expect(await findRunningIssuer(cwd)).toBeUndefined();
});
