// Decides the cases of a file and prints the decisions: on Node.js, Bun and Deno, with or without their node:crypto.
// Usage: main.mjs <file> [--web-crypto]
import { readFileSync } from "node:fs";
import process from "node:process";
import { decideAll } from "./decide.mjs";

const [file = "", mode] = process.argv.slice(2);
// As on a platform that has none; before the library looks for it.
if (mode === "--web-crypto") process.getBuiltinModule = () => undefined;
const library = await import("gatewarden");
const decisions = await decideAll(library, JSON.parse(readFileSync(file, "utf8")));
process.stdout.write(JSON.stringify({ decisions }));
