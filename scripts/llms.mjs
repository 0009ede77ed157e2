// `npm run docs:llms`: writes docs/llms.txt and docs/llms-full.txt from the documentation.
import { writeFileSync } from "node:fs";
import { createLlmsFiles } from "./lib/llms.mjs";

for (const [path, text] of createLlmsFiles()) {
  writeFileSync(path, text);
  console.log(`${path}: ${text.length} characters`);
}
