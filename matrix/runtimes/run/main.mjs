// Decides what a file asks and prints the answers: on Node.js, Bun and Deno, with or without their node:crypto.
// Usage: main.mjs <questions> <library's keys as one module> [--web-crypto]
import { readFileSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { decideAll, decideAtOnce } from "./decide.mjs";
import { verifyAll } from "./verify.mjs";

const [file = "", keys = "", mode] = process.argv.slice(2);
// As on a platform that has none; before the library looks for it.
if (mode === "--web-crypto") process.getBuiltinModule = () => undefined;
const { document, vectors } = JSON.parse(readFileSync(file, "utf8"));
const library = await import("gatewarden");
const decisions = await decideAll(library, document);
const atOnce = await decideAtOnce(library, document, "tokens");
const signatures = await verifyAll(await import(pathToFileURL(keys).href), vectors);
process.stdout.write(JSON.stringify({ decisions, atOnce, signatures }));
