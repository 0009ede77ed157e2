// The entry: reads the environment, starts the API, and says in one line what to change when it cannot.
import "./env.js";
import { ConfigError } from "gatewarden";
import { buildApp } from "./app.js";
import { listen } from "./listen.js";
import { readSettings } from "./settings.js";
import { closeOnSignals } from "./shutdown.js";

try {
  const settings = readSettings(process.env);
  const app = await buildApp({ env: process.env });
  closeOnSignals(app);
  await listen(app, settings);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
