// The entry: reads the environment, and starts the API.
import { existsSync } from "node:fs";
import { ConfigError } from "gatewarden";
import { createApiGuard } from "./guard.js";
import { startApi } from "./server.js";

// What is set already stays: the environment comes before the file.
if (existsSync(".env")) process.loadEnvFile();

try {
  const guard = createApiGuard();
  const host = process.env["HOST"] || "127.0.0.1";
  const api = await startApi({ guard, host, port: Number(process.env["PORT"] || 3000) });
  console.log(`The API listens at ${api.url}`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void api.close());
} catch (error) {
  console.error(toMessage(error));
  process.exitCode = 1;
}

/** What to change, if a setting cannot be right. Anything else is thrown. */
function toMessage(error: unknown): string {
  // Names the setting, and gives an example.
  if (error instanceof ConfigError) return error.message;
  const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  if (isTaken) return `The port is taken: ${error.message}. For example: PORT=3001`;
  throw error;
}
