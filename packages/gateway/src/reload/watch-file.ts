// Notices that a file has other content: also when it is replaced, or reached through a symbolic
// link that is swapped, as Kubernetes does with a ConfigMap.
import { createHash } from "node:crypto";
import { type FSWatcher, readFileSync, watch } from "node:fs";
import { dirname } from "node:path";

/** How a file is watched. */
export interface WatchOptions {
  /** Seconds between looks, where no event comes (network file systems). Default 2. */
  readonly every?: number;
}

/**
 * Calls `onChange` once the file has other content, until the returned function is called. A file
 * that is missing in between, or half written, is looked at again.
 */
export function watchFile(path: string, onChange: () => void, { every = 2 }: WatchOptions = {}): () => void {
  let known = toDigest(path);
  const look = () => {
    const digest = toDigest(path);
    if (digest === undefined || digest === known) return;
    known = digest;
    onChange();
  };
  // The folder, not the file: a file that is replaced is another one.
  const watcher = watchFolder(dirname(path), look);
  const timer = setInterval(look, every * 1000).unref();
  return () => {
    watcher?.close();
    clearInterval(timer);
  };
}

function watchFolder(folder: string, look: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, look);
    // The looks of the timer remain.
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

function toDigest(path: string): string | undefined {
  try {
    const text = readFileSync(path);
    return text.length === 0 ? undefined : createHash("sha256").update(text).digest("base64");
  } catch {
    return undefined;
  }
}
