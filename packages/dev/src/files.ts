// The tenant's own directory: made private, kept out of version control, written in one step.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Where the CLI keeps a tenant, below the working directory. */
export const tenantDirectoryName = ".gatewarden";

/** Makes the directory with a `.gitignore` of its own: it holds private keys. */
async function prepareDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, ".gitignore"), "*\n");
}

/** Writes JSON readable by its owner only; a crash half-way leaves the former file as it was. */
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
