// Compiles every `ts` example of the documentation against the sources, so that no example goes stale.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { listGuides } from "./lib/documents.mjs";

// Within a package that has the frameworks installed, so that imports resolve as they do for a user.
const folder = "packages/gatewarden/.docs-check";

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
let count = 0;
/** Drop-ins declare `request.auth` otherwise than `gatewarden/express`: each of their examples is a program. */
const programs = [folder];
for (const document of listGuides()) {
  for (const [, code = ""] of readFileSync(document, "utf8").matchAll(/^```ts\n(.*?)^```$/gms)) {
    count++;
    const own = document.startsWith("docs/migrating/") ? `${folder}/program-${count}` : folder;
    if (own !== folder) programs.push(own);
    mkdirSync(own, { recursive: true });
    writeFileSync(`${own}/example-${count}.ts`, `// ${document}\n${code}\nexport {};\n`);
  }
}
const config = {
  extends: join(process.cwd(), "tsconfig.base.json"),
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
try {
  for (const program of programs) {
    writeFileSync(`${program}/tsconfig.json`, JSON.stringify(config));
    execFileSync("npx", ["--no-install", "tsc", "-p", program], { stdio: "inherit" });
  }
  console.log(`${count} documentation examples compile`);
} catch {
  console.error(`A documentation example does not compile; it is kept in ${folder}`);
  process.exit(1);
}
rmSync(folder, { recursive: true });
