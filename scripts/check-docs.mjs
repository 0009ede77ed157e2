// Compiles every `ts` example of the documentation against the sources, so that no example goes stale.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { listGuides } from "./lib/documents.mjs";

// Within a package that has the frameworks installed, so that imports resolve as they do for a user.
const folder = "packages/gatewarden/.docs-check";

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
let count = 0;
for (const document of listGuides()) {
  for (const [, code = ""] of readFileSync(document, "utf8").matchAll(/^```ts\n(.*?)^```$/gms)) {
    count++;
    writeFileSync(`${folder}/example-${count}.ts`, `// ${document}\n${code}\nexport {};\n`);
  }
}
const config = {
  extends: "../../../tsconfig.base.json",
  compilerOptions: {
    noEmit: true,
    customConditions: ["@gatewarden/source"],
    noUnusedLocals: false,
    experimentalDecorators: true,
    // What Nest applications write.
    erasableSyntaxOnly: false,
  },
  include: ["*.ts"],
};
writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));
try {
  execFileSync("npx", ["--no-install", "tsc", "-p", folder], { stdio: "inherit" });
  console.log(`${count} documentation examples compile`);
} catch {
  console.error(`A documentation example does not compile; it is kept in ${folder}`);
  process.exit(1);
}
rmSync(folder, { recursive: true });
