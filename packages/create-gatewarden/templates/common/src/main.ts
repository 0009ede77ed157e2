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
  // A setting that cannot be right: the message names it, and gives an example.
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
