// The generated part of the site: every code of the catalogues and every public name has a page. It
// is written at build time, so that it cannot go stale, and is not kept in git.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../paths.mjs";
import { loadCatalogues } from "./catalogues.mjs";
import { openLibrary, readModules } from "./declarations.mjs";
import { createDoctorPages } from "./doctor-pages.mjs";
import { createFaultPages } from "./fault-pages.mjs";
import { createMonitoringPage } from "./monitoring-page.mjs";
import { createReasonPages } from "./reason-pages.mjs";
import { createReferencePages } from "./reference-pages.mjs";

/** Where they are written; the site serves them as if they stood in `docs`. */
export const generated = "docs/generated";

/**
 * All generated pages by path: `reasons/expired` → Markdown.
 * @returns {Promise<ReadonlyMap<string, string>>}
 */
export async function createPages() {
  const catalogues = await loadCatalogues();
  const modules = readModules(openLibrary());
  const log = modules.find(({ path }) => path === "log");
  const logFields = log?.declarations.find(({ name }) => name === "LogFields")?.members ?? [];
  return new Map([
    ...createReasonPages(catalogues),
    ...createDoctorPages(catalogues),
    ...createFaultPages(catalogues),
    ...createMonitoringPage(catalogues, logFields),
    ...createReferencePages(modules),
  ]);
}

/** Writes them, and returns how many there are. */
export async function writePages() {
  const pages = await createPages();
  const folder = join(root, generated);
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of pages) {
    const file = join(folder, `${path}.md`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return pages.size;
}
