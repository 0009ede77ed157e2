// The environment that `gatewarden explain` reads the configuration from: the process's own, and beneath it `.env` of the working directory.
import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** Names and values. What the process holds wins over the file. */
export function loadEnvironment(): Readonly<Record<string, string | undefined>> {
  const file = existsSync(".env") ? parseEnv(readFileSync(".env", "utf8")) : {};
  return { ...file, ...process.env };
}

/** Loads `.env` into this process, for a module that reads its environment itself. What is set already wins, as with `node --env-file`. */
export function loadEnvFile(): void {
  if (existsSync(".env")) process.loadEnvFile(".env");
}
