// `npm test`: installs and builds what is missing, then runs all tests. Arguments go to vitest: `npm test -- examples`.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { runMain } from "./lib/failure.mjs";
import { root } from "./lib/paths.mjs";
import { prepare, prepareSeparate } from "./lib/prepare.mjs";
import { runChild, stopOnSignals } from "./lib/processes.mjs";

// Started by hand, a script may outlive its shell (nohup); started by npm, it must not outlive npm.
if (process.env["npm_lifecycle_event"]) await import("./lib/end-with-parent.mjs");

await runMain(async () => {
  stopOnSignals({ exitCode: 130 });
  await prepare();
  if (process.argv.length === 2) await prepareSeparate();
  const vitest = dirname(createRequire(import.meta.url).resolve("vitest/package.json"));
  const args = [join(vitest, "vitest.mjs"), "run", ...process.argv.slice(2)];
  return runChild(process.execPath, args, { cwd: root, stdio: "inherit" });
});
