// The lines to add to the user's server, from a template of the framework.
import type { FrameworkRow } from "../frameworks.js";
import { loadTemplates } from "../templates.js";
import type { ExistingProject, Manifest } from "./existing-project.js";
import { toGuardPath } from "./plan.js";

const mark = "// Printed from here.\n";

/** As the project's own modules would import the guard from beside it. */
export function toServerLines(project: ExistingProject, { id }: FrameworkRow): string {
  const template = loadTemplates(["init"]).get(`src/${id}.ts`) ?? "";
  const [, lines = ""] = template.split(mark);
  const file = toGuardPath(project).split("/").at(-1)?.replace(/\.ts$/, ".js");
  const text = lines.trim().replace("./guard.js", `./${file}`);
  return isCommonJs(project) ? toRequires(text) : text;
}

/** JavaScript without `"type": "module"`. TypeScript is compiled, so its imports stay imports. */
function isCommonJs({
  manifest,
  isTypeScript,
}: {
  readonly manifest: Manifest;
  readonly isTypeScript: boolean;
}): boolean {
  return !isTypeScript && manifest.type !== "module";
}

/** Node.js 20.19 and newer load ES modules with `require`. */
function toRequires(text: string): string {
  return text
    .replaceAll(/^import \{ (.+) \} from "(.+)";$/gm, 'const { $1 } = require("$2");')
    .replaceAll(/^import (\w+) from "(.+)";$/gm, 'const { default: $1 } = require("$2");');
}
