// `npm run sbom`: the bill of materials of each published package, as `sbom/<name>.cdx.json`
// (CycloneDX). Fails when gatewarden brings another package along. Each package is packed and
// installed on its own, as users get it: of a workspace, npm lists its neighbours too.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure, runMain } from "./lib/failure.mjs";
import { published, root } from "./lib/paths.mjs";
import { print } from "./lib/printable.mjs";
import { listDependencies } from "./lib/sbom.mjs";

await runMain(async () => {
  mkdirSync(join(root, "sbom"), { recursive: true });
  for (const folder of published) write(folder);
  return 0;
});

/** @param {string} folder */
function write(folder) {
  const { name } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const text = makeBom(folder);
  const dependencies = listDependencies(JSON.parse(text), name);
  if (name === "gatewarden" && dependencies.length > 0) {
    throw new Failure(`gatewarden must have no dependency at run time, and brings ${dependencies.join(", ")}.`);
  }
  const file = `sbom/${name.replace(/^@/, "").replace("/", "-")}.cdx.json`;
  writeFileSync(join(root, file), text);
  print(`${file}: ${name} and ${dependencies.length} packages that come with it`);
}

/**
 * Of the package as it is packed, in an empty project.
 * @param {string} folder
 */
function makeBom(folder) {
  const project = mkdtempSync(join(tmpdir(), "gatewarden-sbom-"));
  const npm = (/** @type {readonly string[]} */ args, cwd = project) =>
    execFileSync("npm", args, { cwd, encoding: "utf8", shell: process.platform === "win32" });
  try {
    const [packed] = JSON.parse(npm(["pack", "--json", "--pack-destination", project], join(root, folder)));
    writeFileSync(join(project, "package.json"), '{ "name": "sbom", "version": "0.0.0", "private": true }');
    npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", `./${packed.filename}`]);
    return npm(["sbom", "--sbom-format", "cyclonedx", "--omit", "dev"]);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}
