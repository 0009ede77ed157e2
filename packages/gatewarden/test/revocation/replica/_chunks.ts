// Chunks as a process writes them.
import type { Revocation } from "../../../src/index.js";
import { ChunkWriter, toPackedEntry } from "../../../src/revocation/replica/chunk.js";
import { parseRevocation } from "../../../src/revocation/revocation.js";

export function toChunk(revocations: readonly Revocation[]): Uint8Array {
  const writer = new ChunkWriter();
  for (const revocation of revocations) writer.add(toPackedEntry(parseRevocation(revocation)));
  return writer.take();
}
