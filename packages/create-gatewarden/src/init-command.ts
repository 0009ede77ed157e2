import type { CliIo } from "./io.js";
export async function runInit(_args: readonly string[], _io: CliIo): Promise<number> {
  return 0;
}
