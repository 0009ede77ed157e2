// `gatewarden init`: what it finds, what it shows, and that it changes nothing else.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Prompter } from "../src/prompter.js";
import { captureRun } from "./support/captured-run.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-init-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Answers by the question's text. */
function createAnswers(answers: Readonly<Record<string, string>>): Prompter {
  const answer = async ({ message }: { readonly message: string }) => {
    const given = answers[message];
    if (given === undefined) throw new Error(`It asks: ${message}`);
    return given;
  };
  return { begin: () => {}, end: () => {}, select: answer, text: answer };
}

const init = (args: readonly string[], prompter?: Prompter) => captureRun("init", args, { cwd: folder, prompter });

const write = (path: string, content: string | object) =>
  writeFileSync(join(folder, path), typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`);
const read = (path: string) => readFileSync(join(folder, path), "utf8");

describe("The framework", () => {
  test.each([
    ["fastify", { dependencies: { fastify: "^5.0.0" } }, "Fastify"],
    ["express", { dependencies: { express: "^4.0.0" } }, "Express"],
    ["hono", { devDependencies: { hono: "^4.0.0" } }, "Hono"],
    ["nest, which brings express", { dependencies: { "@nestjs/core": "^12.0.0", express: "^5.0.0" } }, "NestJS"],
  ])("%s is found, and said", async (_name, manifest, title) => {
    write("package.json", manifest);
    const { code, out } = await init(["--yes"]);
    expect(code).toBe(0);
    expect(out).toContain(`package.json has ${title}.\n`);
    expect(out).toContain(`Add to your server (${title})`);
  });

  test.each([
    ["several", { dependencies: { fastify: "5", express: "5" } }, "Fastify and Express", "fastify"],
    ["none", { dependencies: { koa: "3" } }, "none of the frameworks that this knows", "fetch"],
  ])("%s: the flag is named, or a person is asked", async (_name, manifest, found, example) => {
    write("package.json", manifest);
    const silent = await init(["--yes"]);
    expect(silent.code).toBe(2);
    expect(silent.out).toContain(found);
    expect(silent.error).toContain(`For example: --framework ${example}`);
    expect(await init(["--yes", "--framework", "express"])).toMatchObject({ code: 0 });
    const answers = { "Which framework?": "hono", "Whose tokens does it accept?": "local" };
    const asked = await init([], createAnswers({ ...answers, "Which test runner?": "vitest", "Write this?": "no" }));
    expect(asked.out).toContain("Add to your server (Hono)");
  });

  test.each([
    ["no package.json", undefined, "There is no package.json"],
    ["one that is not JSON", "{", "is not a JSON object"],
    ["one that is a list", "[]", "is not a JSON object"],
  ])("%s is said", async (_name, text, says) => {
    if (text !== undefined) write("package.json", text);
    const { code, error } = await init(["--yes"]);
    expect([code, error]).toEqual([2, expect.stringContaining(says)]);
  });
});

describe("Without --write", () => {
  test("the difference is shown and nothing is written", async () => {
    write("package.json", { name: "shop", dependencies: { express: "^5.0.0" } });
    const before = read("package.json");
    const { code, out } = await init(["--yes"]);
    expect(code).toBe(0);
    expect(out).toContain('+    "gatewarden": "^');
    expect(out).toContain("--- /dev/null\n+++ b/guard.mjs\n");
    expect(out).toContain("Nothing was written. With --write it is.");
    expect([readdirSync(folder), read("package.json")]).toEqual([["package.json"], before]);
  });

  test("a person is asked, and yes writes", async () => {
    write("package.json", { name: "shop", dependencies: { express: "^5.0.0" } });
    const answers = { "Whose tokens does it accept?": "local", "Which test runner?": "node-test" };
    await init([], createAnswers({ ...answers, "Write this?": "no" }));
    expect(existsSync(join(folder, "guard.mjs"))).toBe(false);
    await init([], createAnswers({ ...answers, "Write this?": "yes" }));
    expect(existsSync(join(folder, "guard.mjs"))).toBe(true);
  });

  test("what a file of the project holds cannot move the cursor", async () => {
    write("package.json", { name: "shop", description: "a\u009b2Jb\u202ec", dependencies: { express: "5" } });
    const { out } = await init(["--yes"]);
    expect(out).toContain("\\u009b2Jb\\u202ec");
    expect(out).not.toMatch(/[\u009b\u202e]/);
  });
});

describe("With --write", () => {
  test("files are added, package.json gets entries, and no source changes", async () => {
    mkdirSync(join(folder, "src"));
    write("src/server.ts", "export {};\n");
    write("tsconfig.json", "{}\n");
    write(".gitignore", "node_modules\n.env");
    const scripts = { test: "vitest", tenant: "other" };
    write("package.json", { scripts, dependencies: { fastify: "5" }, devDependencies: { vitest: "^3.0.0", zod: "4" } });
    expect(await init(["--yes", "--write"])).toMatchObject({ code: 0 });
    expect(read("src/server.ts")).toBe("export {};\n");
    expect(read(".gitignore")).toBe("node_modules\n.env\n.gatewarden/\n");
    const manifest = JSON.parse(read("package.json"));
    expect(manifest.scripts).toEqual(scripts);
    expect(Object.keys(manifest.dependencies)).toEqual(["fastify", "gatewarden"]);
    expect(manifest.devDependencies).toMatchObject({
      vitest: "^3.0.0",
      zod: "4",
      "@gatewarden/dev": expect.any(String),
    });
    expect(readdirSync(folder).toSorted()).toEqual(
      [".env.example", ".gitignore", "package.json", "src", "test", "tsconfig.json"].toSorted(),
    );
    expect(read("test/guard.test.ts")).toContain('from "../src/guard.js"');
  });

  test("the indentation of package.json stays, and a second time changes nothing of it", async () => {
    write("package.json", '{\n\t"name": "shop",\n\t"dependencies": {\n\t\t"express": "5"\n\t}\n}\n');
    await init(["--yes", "--write"]);
    const once = read("package.json");
    expect(once).toContain('\n\t\t"express": "5",\n');
    for (const file of ["guard.mjs", "test", ".env.example"]) rmSync(join(folder, file), { recursive: true });
    await init(["--yes", "--write"]);
    expect(read("package.json")).toBe(once);
  });

  test("tests of another runner stay alone, which is said", async () => {
    write("package.json", {
      scripts: { test: "jest" },
      dependencies: { express: "5" },
      devDependencies: { jest: "30" },
    });
    const { out } = await init(["--yes", "--write"]);
    expect(out).toContain("No test is added for jest");
    expect(existsSync(join(folder, "test"))).toBe(false);
    expect(JSON.parse(read("package.json")).scripts.test).toBe("jest");
  });

  test.each([
    ["a file", () => write("guard.mjs", "mine\n"), "guard.mjs"],
    ["a link that leads nowhere", () => symlinkSync("/nowhere", join(folder, "guard.mjs")), "guard.mjs"],
    ["a linked folder", () => symlinkSync(tmpdir(), join(folder, "test")), "test"],
    ["a file in place of a folder", () => write("test", "mine\n"), "test"],
  ])("%s in the way: exit code 1, nothing written", async (_name, place, path) => {
    write("package.json", { dependencies: { express: "5" } });
    place();
    const before = readdirSync(folder);
    const { code, error } = await init(["--yes", "--write"]);
    expect([code, error]).toEqual([1, `error: Nothing was written. In the way:\n  ${path}\n`]);
    expect(readdirSync(folder)).toEqual(before);
  });
});
