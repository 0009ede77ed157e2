// A bundle in one file that leaves out the texts (condition `gatewarden-lean`) decides every hostile case as the whole library does.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build, type Format } from "esbuild";
import * as library from "gatewarden";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decideAll } from "../run/decide.mjs";
import type { Decision } from "./support/case.js";
import { createDocument } from "./support/document.js";
import { folder } from "./support/scratch.js";

const run = promisify(execFile);
const document = await createDocument();
let scratch: string;
let ours: readonly Decision[];

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "gatewarden-lean-"));
  await writeFile(join(scratch, "document.json"), JSON.stringify(document));
  ours = await decideAll(library, document);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const program = `
import { readFileSync } from "node:fs";
import * as library from "gatewarden";
import { decideAll } from "./run/decide.mjs";
decideAll(library, JSON.parse(readFileSync(process.argv[2], "utf8"))).then((decisions) =>
  process.stdout.write(JSON.stringify(decisions)));
`;

/** As a function is deployed: everything in one file, from `dist`. */
async function bundle(format: Format, conditions: readonly string[]): Promise<string> {
  const outfile = join(scratch, `${format}${conditions.length}.${format === "cjs" ? "cjs" : "mjs"}`);
  const stdin = { contents: program, resolveDir: folder };
  const common = { bundle: true, minify: true, platform: "node", logLevel: "error" } as const;
  await build({ ...common, stdin, format, conditions: [...conditions], outfile });
  return outfile;
}

async function decideIn(file: string): Promise<readonly Decision[]> {
  const { stdout } = await run(process.execPath, [file, join(scratch, "document.json")], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
}

/** A decision without what explain says of it. */
function toVerdict({ findings, ...verdict }: Decision): string {
  return JSON.stringify(verdict);
}

test.each<Format>(["cjs", "esm"])(
  "%s: the lean bundle decides as the whole library, down to the challenge",
  async (format) => {
    const theirs = await decideIn(await bundle(format, ["gatewarden-lean"]));
    expect(theirs.map(toVerdict)).toEqual(ours.map(toVerdict));
    expect(theirs.filter(({ findings }) => findings !== undefined)).toEqual([]);
  },
);

test("without the condition nothing is left out", async () => {
  const theirs = await decideIn(await bundle("esm", []));
  expect(theirs.map((one) => JSON.stringify(one))).toEqual(ours.map((one) => JSON.stringify(one)));
});

test("leaves out a third of what is sent to the provider, compressed", async () => {
  const [whole, lean] = await Promise.all([bundle("esm", []), bundle("esm", ["gatewarden-lean"])]);
  const [all, less] = await Promise.all([whole, lean].map(async (file) => gzipSync(await readFile(file)).length));
  expect(less).toBeLessThan(((all ?? 0) * 2) / 3);
});
