// The tenant's own directory: private, excluded from version control, written atomically.
import { randomUUID } from "node:crypto";
import { link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readCode } from "./error-code.js";
import { TenantError } from "./errors.js";

/** The CLI's directory for a tenant, below the working directory. */
export const tenantDirectoryName = ".gatewarden";

/** Creates the directory with its own `.gitignore`, since it contains private keys. */
async function prepareDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, ".gitignore"), "*\n");
}

/** Writes JSON that only its owner can read; a crash leaves the previous file as it was. */
export async function writePrivateJson(file: string, value: unknown): Promise<void> {
  await writePrivateText(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** The same for text. */
export async function writePrivateText(file: string, text: string): Promise<void> {
  await rename(await writeDraft(file, text), file);
}

/** Writes a new file that only its owner can read. Returns false if there is one already. */
export async function createPrivateText(file: string, text: string): Promise<boolean> {
  const draft = await writeDraft(file, text);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Throws a {@link TenantError} where nothing can be written: `createTenant` names the directory. */
async function writeDraft(file: string, text: string): Promise<string> {
  const directory = dirname(file);
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await prepareDirectory(directory);
    await writeFile(draft, text, { mode: 0o600, flag: "wx" });
    return draft;
  } catch (cause) {
    const advice = "Name another one with --directory, or with `directory`.";
    throw new TenantError("invalid_configuration", `${directory} cannot be written (${readCode(cause)}). ${advice}`, {
      cause,
    });
  }
}

/** True for the error of a file that does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
