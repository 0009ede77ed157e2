// `npm run fuzz`: installs and builds what is missing, then gives the same hostile tokens to the guard and to jose.
import { join } from "node:path";
import { runMain } from "./lib/failure.mjs";
import { root } from "./lib/paths.mjs";
import { prepare } from "./lib/prepare.mjs";
import { runChild, stopOnSignals } from "./lib/processes.mjs";

// Started by npm, it must not outlive npm.
if (process.env["npm_lifecycle_event"]) await import("./lib/end-with-parent.mjs");

await runMain(async () => {
  stopOnSignals({ exitCode: 130 });
  await prepare();
  const main = join(root, "packages", "gatewarden", "fuzz", "main.mjs");
  return runChild(process.execPath, [main, ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
});
