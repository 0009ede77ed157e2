// `tenant.json` records where a directory's tenant listens, so that `gatewarden token` finds it on
// any port.
import { lstat, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { removeFile, tenantDirectoryName, writePrivateJson } from "./files.js";
import { isLoopbackUrl } from "./loopback.js";

const stateSchema = z.object({ issuer: z.url(), pid: z.int(), startedAt: z.string(), ca: z.string().optional() });

/** A running tenant, as its record has it. */
export interface RunningTenant {
  readonly issuer: string;
  /** The file with the certificate of its authority, if it has one. */
  readonly ca?: string | undefined;
}

/** A tenant by its record, which may be somebody else's: a folder can come from anywhere. */
export interface RecordedTenant extends RunningTenant {
  /** The record itself. */
  readonly file: string;
}

/**
 * Records a running tenant. The returned function removes the record, unless another tenant has
 * replaced it. The record of a tenant that ran before, and still runs, returns then: of this machine,
 * since another one came with the folder.
 */
export async function writeState(directory: string, { issuer, ca }: RunningTenant): Promise<() => Promise<void>> {
  const file = join(directory, "tenant.json");
  const found = await readState(file);
  const before = found !== undefined && isLoopbackUrl(found.issuer) ? found : undefined;
  const record = { issuer, pid: process.pid, startedAt: new Date().toISOString(), ...(ca !== undefined && { ca }) };
  await writePrivateJson(file, record);
  return async () => {
    const state = await readState(file);
    if (state?.issuer !== issuer || state.pid !== process.pid) return;
    if (before !== undefined && before.pid !== process.pid && isRunning(before.pid)) {
      await writePrivateJson(file, before);
    } else await removeFile(file);
  };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * The issuer of the tenant that runs in this directory or in one above it, from
 * `.gatewarden/tenant.json`. Undefined for a record that leads to another machine.
 */
export async function findRunningIssuer(directory: string): Promise<string | undefined> {
  const issuer = (await findRunningTenant(directory))?.issuer;
  return issuer !== undefined && isLoopbackUrl(issuer) ? issuer : undefined;
}

/** The same by its whole record, as it stands there: on whatever machine. */
export async function findRunningTenant(directory: string): Promise<RecordedTenant | undefined> {
  const file = join(directory, tenantDirectoryName, "tenant.json");
  const state = await readState(file);
  if (state !== undefined) return { issuer: state.issuer, ca: state.ca, file };
  const parent = dirname(resolve(directory));
  return parent === resolve(directory) ? undefined : findRunningTenant(parent);
}

/** A link is not followed: it came with the folder, and may lead to a file without an end (CWE-59). */
async function readState(file: string): Promise<z.infer<typeof stateSchema> | undefined> {
  try {
    if (!(await lstat(file)).isFile()) return undefined;
    return stateSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}
