// Where and with what was measured: without that, a figure means nothing.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { canPin } from "./pin.mjs";

const require = createRequire(import.meta.url);

const runtime = `Node.js ${process.versions.node}, OpenSSL ${process.versions.openssl}, V8 ${process.versions.v8}`;
const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`;

/** For a section of RESULTS.md that is not of the same run as the others. */
export function describeRun() {
  const date = new Date().toISOString().slice(0, 10);
  return `Run alone on ${date}, gatewarden ${readVersion("gatewarden")}: ${runtime}; ${machine}.`;
}

/** The head of RESULTS.md. */
export function describeMachine() {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const names = ["gatewarden", ...Object.keys(manifest.devDependencies)].filter((name) => !name.startsWith("@types/"));
  const versions = [...new Set(names)].map((name) => `${name} ${readVersion(name)}`).join(" · ");
  const pinning = canPin ? "pinned to one core" : "not pinned: this machine has no taskset";
  return `# Results

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}. How to read them: [README.md](README.md).

- ${runtime}
- ${machine}; ${pinning}
- ${versions}
`;
}

/** @param {string} name */
function readVersion(name) {
  const paths = require.resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      return JSON.parse(readFileSync(`${path}/${name}/package.json`, "utf8")).version;
    } catch {
      // Not there: the next folder up may have it.
    }
  }
  return "?";
}
