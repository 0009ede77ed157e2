// Compiles every `ts` example of the documentation against the sources, so that no example goes stale.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import process from "node:process";
import { listGuides } from "./lib/documents.mjs";

// Within a package that has the frameworks installed, so that imports resolve as they do for a user.
const folder = "packages/gatewarden/.docs-check";

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
let count = 0;
// What is replaced declares the same names as what replaces it, such as Express's `request.auth`: in
// a guide for moving, each example is a program of its own.
const programs = [folder];
for (const document of listGuides()) {
  for (const [, code = ""] of readFileSync(document, "utf8").matchAll(/^```ts\n(.*?)^```$/gms)) {
    count++;
    const isAlone = document.startsWith("docs/migrating/");
    const program = isAlone ? `${folder}/alone-${count}` : folder;
    if (isAlone) programs.push(program);
    mkdirSync(program, { recursive: true });
    writeFileSync(`${program}/${toName(code)}`, `// ${document}\n${code}\nexport {};\n`, { flag: "wx" });
  }
}

/**
 * An example whose first line is `// server.mts` is a file of that name, which others import. A
 * second one of the name is an error.
 * @param {string} code
 */
function toName(code) {
  return /^\/\/ ([\w-]+\.mts)\n/.exec(code)?.[1] ?? `example-${count}.ts`;
}

const config = {
  compilerOptions: {
    noEmit: true,
    allowImportingTsExtensions: true,
    customConditions: ["@gatewarden/source"],
    noUnusedLocals: false,
    experimentalDecorators: true,
    // Next.js has no `exports`. Its applications are resolved as bundlers do, without extensions.
    paths: { "next/*": ["../../../node_modules/next/*.d.ts"] },
    // What Nest applications write.
    erasableSyntaxOnly: false,
  },
  include: ["*.ts", "*.mts"],
};
try {
  for (const program of programs) {
    const base = `${relative(program, ".")}/tsconfig.base.json`;
    writeFileSync(`${program}/tsconfig.json`, JSON.stringify({ extends: base, ...config }));
    execFileSync("npx", ["--no-install", "tsc", "-p", program], { stdio: "inherit" });
  }
  console.log(`${count} documentation examples compile`);
} catch {
  console.error(`A documentation example does not compile; it is kept in ${folder}`);
  process.exit(1);
}
rmSync(folder, { recursive: true });
