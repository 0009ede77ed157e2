// Answers → the files of a new project. Nothing is written here.
import type { Answers } from "./answers.js";
import { isInCode, toEnvironmentLines, toGuardFile } from "./guard-code.js";
import { toManifest } from "./manifest.js";
import { toManagerText } from "./package-managers.js";
import { toProviderAdvice } from "./provider-advice.js";
import { loadTemplates } from "./templates.js";

/** Path in the project → text. */
export type ProjectFiles = ReadonlyMap<string, string>;

export function createFiles(answers: Answers): ProjectFiles {
  const { framework, tests, provider, manager } = answers;
  const layers = ["common", ...framework.layers, tests.id, isInCode(provider) ? "preset" : "environment"];
  const files = [...loadTemplates(layers)].map(([path, text]) => [path, fill(path, text, answers)] as const);
  return new Map([["package.json", toManifest(answers)], ...files, ...Object.entries(manager.files ?? {})]);
}

function fill(path: string, template: string, answers: Answers): string {
  const { framework, provider, values, manager } = answers;
  const text = toManagerText(template, manager);
  switch (path) {
    case "src/guard.ts":
      return isInCode(provider) ? toGuardFile(text, provider, values) : text;
    case "test/api.test.ts":
      return toReasonMember(text, framework.reasonMember);
    case "tsconfig.json":
      return addCompilerOptions(text, framework.compilerOptions ?? {});
    case ".env.example":
      return text.replace("%issuer%", () => toEnvironmentLines(provider, values));
    case ".gitignore":
      return `${text}${manager.ignored ?? ""}`;
    case "README.md":
      return text
        .replaceAll("%name%", () => answers.name)
        .replace("%provider%", () => toProviderAdvice(provider, manager).join("\n\n"));
    default:
      return text;
  }
}

/** Fastify's refusals are errors as Fastify writes them, with the reason as `code`. */
function toReasonMember(text: string, member: "reason" | "code"): string {
  if (member === "reason") return text;
  return text
    .replaceAll("({ reason })", "({ code: reason })")
    .replaceAll('{ reason: "', '{ code: "')
    .replaceAll('["reason"]', '["code"]');
}

function addCompilerOptions(text: string, options: Readonly<Record<string, boolean>>): string {
  const config: { compilerOptions: object } = JSON.parse(text);
  const compilerOptions = { ...config.compilerOptions, ...options };
  return Object.keys(options).length === 0 ? text : `${JSON.stringify({ ...config, compilerOptions }, null, 2)}\n`;
}
