// Starts tenants on free ports and closes them after the test file.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { createTenant, type Tenant, type TenantOptions, tenantDirectoryName } from "../../src/index.js";

const cleanups: (() => Promise<void>)[] = [];

afterAll(async () => {
  await Promise.all(cleanups.map((cleanUp) => cleanUp()));
});

export async function startTenant(options: TenantOptions = {}): Promise<Tenant> {
  const tenant = await createTenant({ port: 0, ...options });
  cleanups.push(() => tenant.close());
  return tenant;
}

export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "gatewarden-dev-"));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A tenant whose record the commands find in `cwd`. */
export async function startRecordedTenant(): Promise<{ readonly cwd: string; readonly tenant: Tenant }> {
  const cwd = await makeDirectory();
  return { cwd, tenant: await startTenant({ directory: join(cwd, tenantDirectoryName) }) };
}
