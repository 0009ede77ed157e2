// The tenant's own directory: private, excluded from version control, written atomically.
import { randomUUID } from "node:crypto";
import { link, lstat, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { readCode } from "./error-code.js";
import { TenantError } from "./errors.js";

/** The CLI's directory for a tenant, below the working directory. */
export const tenantDirectoryName = ".gatewarden";

/**
 * Creates the directory with its own `.gitignore`, since it contains private keys. Throws a {@link
 * TenantError} where nothing can be written, and for a `.gatewarden` that is not a directory: a
 * link of that name can come with a project, and lead anywhere (CWE-59).
 */
export async function prepareDirectory(directory: string): Promise<void> {
  await requireDirectory(resolve(directory));
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await createFile(join(directory, ".gitignore"), "*\n");
  } catch (cause) {
    throw toUnwritable(directory, cause);
  }
}

/** A link with another name was named by the user, who may link what they like. */
async function requireDirectory(directory: string): Promise<void> {
  const stats = await lstat(directory).catch(() => undefined);
  if (stats === undefined || stats.isDirectory()) return;
  const isLink = stats.isSymbolicLink();
  if (isLink && basename(directory) !== tenantDirectoryName) return;
  const kind = isLink ? "a symbolic link" : "a file";
  const message = `${directory} is ${kind}, and must be a directory. Delete it, or name a directory with --directory.`;
  throw new TenantError("invalid_configuration", message);
}

/** Leaves what is there, and does not write through a link (CWE-59). */
async function createFile(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (error) {
    if (readCode(error) !== "EEXIST") throw error;
  }
}

/** Writes JSON that only its owner can read; a crash leaves the previous file as it was. */
export async function writePrivateJson(file: string, value: unknown): Promise<void> {
  await writePrivateText(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** The same for text. */
export async function writePrivateText(file: string, text: string): Promise<void> {
  const draft = await writeDraft(file, text);
  try {
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true });
    throw toIrreplaceable(file, cause);
  }
}

/** Writes a new file that only its owner can read. Returns false if there is one already. */
export async function createPrivateText(file: string, text: string): Promise<boolean> {
  const draft = await writeDraft(file, text);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (readCode(error) !== "EEXIST") throw error;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Throws a {@link TenantError} where nothing can be written: `createTenant` names the directory. */
async function writeDraft(file: string, text: string): Promise<string> {
  const directory = dirname(file);
  const draft = `${file}.${randomUUID()}.tmp`;
  await prepareDirectory(directory);
  try {
    await writeFile(draft, text, { mode: 0o600, flag: "wx" });
    return draft;
  } catch (cause) {
    throw toUnwritable(directory, cause);
  }
}

/** Removes a file, or a link and not what it leads to. */
export async function removeFile(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (cause) {
    throw toIrreplaceable(file, cause);
  }
}

function toUnwritable(directory: string, cause: unknown): TenantError {
  const advice = "Name another one with --directory, or with `directory`.";
  const message = `${directory} cannot be written (${readCode(cause)}). ${advice}`;
  return new TenantError("invalid_configuration", message, { cause });
}

/** Such as a directory in the place of a file. */
function toIrreplaceable(file: string, cause: unknown): TenantError {
  const message = `${file} cannot be replaced (${readCode(cause)}). Delete it.`;
  return new TenantError("invalid_configuration", message, { cause });
}

/** True for the error of a file that does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
