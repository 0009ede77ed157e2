// Reads a file that only its owner can have written and can read.
import type { Stats } from "node:fs";
import { constants, lstat, open } from "node:fs/promises";
import { isNotFound } from "./files.js";

/** More than any file of the tenant has. */
const maxBytes = 1_000_000;

/** The text, or what is wrong with the file. Neither for a file that does not exist. */
export interface PrivateText {
  readonly text?: string;
  readonly flaw?: string;
}

/**
 * Reads a regular file of this user, which on POSIX no other user can read (CWE-732). A link is not
 * followed (CWE-59), and a pipe is not waited for.
 */
export async function readPrivateText(file: string): Promise<PrivateText> {
  try {
    const flaw = findFlaw(await lstat(file));
    if (flaw !== undefined) return { flaw };
    return await readOpened(file);
  } catch (error) {
    return isNotFound(error) ? {} : { flaw: "cannot be read" };
  }
}

/** What was checked by its name may have been replaced since (CWE-367). */
async function readOpened(file: string): Promise<PrivateText> {
  // Windows has neither flag.
  const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants;
  const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const flaw = findFlaw(await handle.stat());
    return flaw === undefined ? { text: await handle.readFile("utf8") } : { flaw };
  } finally {
    await handle.close();
  }
}

function findFlaw(stats: Stats): string | undefined {
  if (stats.isSymbolicLink()) return "is a symbolic link";
  if (!stats.isFile()) return "is not a file";
  if (stats.size > maxBytes) return "is too large";
  // Absent on Windows, where modes say nothing.
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  if (stats.uid !== user) return "belongs to another user";
  return (stats.mode & 0o077) === 0 ? undefined : "is a file that others can read";
}
