// `npm run docs`: the documentation as a site, at an address of this machine, as it is edited.
// `npm run docs:build`: the same as files, in docs/.vitepress/dist. Further arguments go to
// VitePress: `npm run docs -- --port 4000`, `npm run docs:build -- --base /docs/`.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { runMain } from "./lib/failure.mjs";
import { root } from "./lib/paths.mjs";
import { prepareInstall } from "./lib/prepare.mjs";
import { runChild, stopOnSignals } from "./lib/processes.mjs";

// Started by npm, it must not outlive npm.
if (process.env["npm_lifecycle_event"]) await import("./lib/end-with-parent.mjs");

await runMain(async () => {
  stopOnSignals({ exitCode: 130 });
  const [command = "dev", ...args] = process.argv.slice(2);
  await prepareInstall();
  // What reads the sources is installed by now.
  const { writePages } = await import("./lib/site/generate.mjs");
  console.log(`${await writePages()} pages made from catalogues and docstrings`);
  const vitepress = join(dirname(createRequire(import.meta.url).resolve("vitepress/package.json")), "bin/vitepress.js");
  // Hundreds of pages leave much behind: with the usual nursery a tenth of the time goes to collecting it.
  return runChild(process.execPath, ["--max-semi-space-size=64", vitepress, command, "docs", ...args], {
    cwd: root,
    stdio: "inherit",
  });
});
