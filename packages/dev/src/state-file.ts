// `tenant.json` records where a directory's tenant listens, so that `gatewarden token` finds it on
// any port.
import { readFile, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { tenantDirectoryName, writePrivateJson } from "./files.js";

const stateSchema = z.object({ issuer: z.url(), pid: z.int(), startedAt: z.string() });

/**
 * Records a running tenant. The returned function removes the record, unless another tenant has
 * replaced it.
 */
export async function writeState(directory: string, issuer: string): Promise<() => Promise<void>> {
  const file = join(directory, "tenant.json");
  await writePrivateJson(file, { issuer, pid: process.pid, startedAt: new Date().toISOString() });
  return async () => {
    const state = await readState(file);
    if (state?.issuer === issuer && state.pid === process.pid) await rm(file, { force: true });
  };
}

/**
 * The issuer of the tenant that runs in this directory or in one above it, from
 * `.gatewarden/tenant.json`.
 */
export async function findRunningIssuer(directory: string): Promise<string | undefined> {
  const state = await readState(join(directory, tenantDirectoryName, "tenant.json"));
  if (state !== undefined) return state.issuer;
  const parent = dirname(resolve(directory));
  return parent === resolve(directory) ? undefined : findRunningIssuer(parent);
}

async function readState(file: string): Promise<z.infer<typeof stateSchema> | undefined> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}
