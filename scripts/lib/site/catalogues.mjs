// The library's own catalogues, read from its sources: what the site says of a code is what the
// library says of it.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "../paths.mjs";

/**
 * @typedef {object} Catalogues
 * @property {typeof import("gatewarden").catalogue} catalogue
 * @property {typeof import("gatewarden/advice").advice} advice
 * @property {typeof import("../../../packages/gatewarden/src/cli/doctor/catalogue/catalogue.js").doctorCatalogue} doctorCatalogue
 * @property {typeof import("../../../packages/gatewarden/src/providers/words/all.js").allProviders} allProviders
 * @property {typeof import("../../../packages/dev/src/faults/catalogue.js").faultCatalogue} faultCatalogue
 * @property {typeof import("gatewarden").createGuard} createGuard
 * @property {typeof import("gatewarden/opentelemetry").instrument} instrument
 */

const library = "./packages/gatewarden/src";
const contents = `
export { catalogue } from "${library}/reasons.ts";
export { advice } from "${library}/explain/advice.ts";
export { doctorCatalogue } from "${library}/cli/doctor/catalogue/catalogue.ts";
export { allProviders } from "${library}/providers/words/all.ts";
export { faultCatalogue } from "./packages/dev/src/faults/catalogue.ts";
export { createGuard } from "${library}/index.ts";
export { instrument } from "${library}/opentelemetry/instrument.ts";
`;

/**
 * @returns {Promise<Catalogues>}
 */
export async function loadCatalogues() {
  // Within the repository, so that what is not bundled is found.
  const folder = join(root, "docs/.vitepress/cache");
  const outfile = join(folder, `catalogues-${process.pid}.mjs`);
  mkdirSync(folder, { recursive: true });
  await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    conditions: ["@gatewarden/source"],
    // Names within the package (`#explain`) are its own files.
    alias: { "#explain": `${library}/explain/explain.ts` },
    outfile,
    logLevel: "warning",
  });
  const catalogues = await import(pathToFileURL(outfile).href);
  rmSync(outfile);
  return catalogues;
}
