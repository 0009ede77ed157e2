// Which documents there are. Paths are relative to the root of the repository, with slashes.
import { existsSync, readdirSync } from "node:fs";

/** The page for coding agents. */
const skill = "skills/gatewarden/SKILL.md";

/** The pages of `docs`, with its folders; without those that the site makes. */
export function listPages() {
  return readdirSync("docs", { recursive: true, encoding: "utf8" })
    .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".md") && !path.startsWith("docs/generated/"))
    .sort();
}

/** What users read: the documents whose examples must compile. */
export function listGuides() {
  const readmes = ["packages", "examples"].flatMap((folder) =>
    readdirSync(folder).map((name) => `${folder}/${name}/README.md`),
  );
  return ["README.md", skill, ...listPages(), ...readmes.filter((path) => existsSync(path)).sort()];
}
