// `npm run bench`: builds the library and the gateway in their production form, then runs the benchmarks. Arguments go through to them.
import { spawnSync } from "node:child_process";

const root = new URL("..", import.meta.url);

run("npm", ["run", "build", "-w", "gatewarden"]);
run("npm", ["run", "build", "-w", "@gatewarden/gateway"]);
run(process.execPath, ["bench/main.mjs", ...process.argv.slice(2)]);

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
}
