// The tenant's own directory: private, excluded from version control, written atomically.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The CLI's directory for a tenant, below the working directory. */
export const tenantDirectoryName = ".gatewarden";

/** Creates the directory with its own `.gitignore`, since it contains private keys. */
async function prepareDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, ".gitignore"), "*\n");
}

/** Writes JSON that only its owner can read; a crash leaves the previous file as it was. */
export async function writePrivateJson(file: string, value: unknown): Promise<void> {
  await prepareDirectory(dirname(file));
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

/** True for the error of a file that does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
