// The environment from which `gatewarden explain` reads the configuration: the process's own, and
// beneath it `.env` of the working directory.
import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** Returns names and values. Variables of the process win over the file. */
export function loadEnvironment(): Readonly<Record<string, string | undefined>> {
  const file = existsSync(".env") ? parseEnv(readFileSync(".env", "utf8")) : {};
  return { ...file, ...process.env };
}

/**
 * Loads `.env` into this process, for a module that reads its environment itself. Existing
 * variables win, as with `node --env-file`.
 */
export function loadEnvFile(): void {
  if (existsSync(".env")) process.loadEnvFile(".env");
}
