// The entry: reads the environment, starts the server, and says in one line what to change when it cannot.
import { existsSync } from "node:fs";
import { ConfigError } from "gatewarden";
import { buildApp, readMcpUrl } from "./app.js";

try {
  if (existsSync(".env")) process.loadEnvFile();
  const app = buildApp(process.env);
  const url = readMcpUrl(process.env);
  const port = Number(process.env["PORT"] ?? (new URL(url).port || 3001));
  const server = app.listen(port, process.env["HOST"] ?? "127.0.0.1", () => console.log(`MCP server at ${url}`));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => server.close());
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
