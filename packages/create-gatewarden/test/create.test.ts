// `npm create gatewarden`: questions, flags, and what is never overwritten.
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
import { toHelp } from "gatewarden/terminal";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commands, flags } from "../src/flags.js";
import { commonDevDependencies, frameworks, testRunners } from "../src/frameworks.js";
import { toPackageName } from "../src/manifest.js";
import { packageManagers } from "../src/package-managers.js";
import type { Prompter } from "../src/prompter.js";
import { CancelledError } from "../src/prompter.js";
import { captureRun, type Situation } from "./support/captured-run.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-new-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const create = (args: readonly string[], situation: Omit<Situation, "cwd"> = {}) =>
  captureRun("create", args, { ...situation, cwd: folder });

const read = (path: string) => readFileSync(join(folder, path), "utf8");

describe("Without a terminal", () => {
  test.each([
    [[], "--framework is missing. For example: --framework fastify"],
    [["--framework", "hono"], "--provider is missing. For example: --provider local"],
    [["--framework", "hono", "--provider", "auth0"], "--provider auth0 needs --domain. For example: --domain acme.eu"],
    [["--framework", "hono", "--provider", "local"], "--tests is missing. For example: --tests vitest"],
    [["--yes", "--framework", "hapi"], '--framework cannot be "hapi". There are: fastify, express, hono, nest, fetch.'],
    [["--yes", "--framework", "fastfy"], '; did you mean "fastify"?'],
    [["--yes", "--provider", "okta", "--domain", "https://x"], "--provider okta needs --audience"],
    [
      ["--yes", "--provider", "auth0", "--domain", "https://acme.eu.auth0.com", "--audience", "a"],
      '--domain is "https://acme.eu.auth0.com"; it must be a host name in lower case',
    ],
    [["--yes", "--realm", "acme"], "--realm is not for --provider local"],
    [["--yes", "--color", "purple"], "--color cannot be purple. There are: auto, always, never."],
    [["--frame", "hono"], "There is no flag --frame; did you mean --framework?\nSee: create-gatewarden --help"],
    [["a", "b"], 'The argument "b" is one too many.'],
  ])("%j: exit code 2, and what is wrong", async (args, says) => {
    const { code, error } = await create(args);
    expect([code, error]).toEqual([2, expect.stringContaining(says)]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(["always", "never"])("--color %s is for the terminal, not for the provider", async (when) => {
    const { code, out } = await create(["--yes", "--color", when]);
    expect([code, out.includes("\u001b[1mStart")]).toEqual([0, when === "always"]);
  });

  test("--yes takes the defaults, and says what comes next and what to try in twenty lines", async () => {
    const { code, out } = await create(["--yes"]);
    expect(code).toBe(0);
    expect(JSON.parse(read("my-api/package.json"))).toMatchObject({
      name: "my-api",
      dependencies: { fastify: "^5.12.8" },
    });
    const [, tour = ""] = out.split("\nTry");
    expect(out).toContain("Start\n  cd my-api\n  npm install\n  npm run dev\n");
    expect(tour.split("\n").length).toBeLessThanOrEqual(20);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test.each(packageManagers)(
    "$id, if it runs this, is the default, in the version that runs this",
    async ({ id, name, version, commands: { "npm install": install, "npm ci": ci }, lockFile }) => {
      const own = version.replace(/\d+$/, "77");
      const { out } = await create(["--yes"], { env: { npm_config_user_agent: `${name}/${own} npm/? node/v20` } });
      expect(out).toContain(`\n  ${install}\n`);
      if (id !== "npm") expect(read("my-api/Dockerfile")).toContain(`@${own}\nRUN ${ci}\n`);
      const { packageManager } = JSON.parse(read("my-api/package.json"));
      expect(packageManager).toBe(name === "yarn" ? `${name}@${own}` : undefined);
      expect(existsSync(join(folder, "my-api/.yarnrc.yml"))).toBe(id === "yarn");
      expect(read("my-api/Dockerfile")).toContain(ci);
      expect(read("my-api/Dockerfile")).toMatch(new RegExp(`COPY package.json ${lockFile}( \\S+)? \\./`));
      expect(read("my-api/.github/workflows/ci.yml")).toContain(`- run: ${ci}\n`);
      if (id !== "npm") expect(read("my-api/README.md")).not.toMatch(/npm (run|ci|install)(?<!pnpm \w+)/);
    },
  );

  test.each([
    ["yarn/4.18.1-rc.1 npm/?", "yarn@4.18.1"],
    ["yarn/3.8.7 npm/?", "yarn@4.18.1"],
    ["pnpm/12.0.0;id npm/?", "pnpm@12.21.0"],
    ["pnpm/$(id) npm/?", "pnpm@12.21.0"],
  ])(
    "a version that is not three numbers, or of other commands, is not taken over: %s (CWE-78)",
    async (agent, pinned) => {
      const [manager = ""] = agent.split("/");
      await create(["--yes", "--package-manager", manager], { env: { npm_config_user_agent: agent } });
      const file = manager === "yarn" ? "package.json" : "Dockerfile";
      expect(read(`my-api/${file}`).split(/["\s]/)).toContain(pinned);
    },
  );
});

describe("In a terminal", () => {
  test("each question is asked once, and values are checked by the library", async () => {
    const asked: string[] = [];
    const answers: Readonly<Record<string, readonly string[]>> = {
      "In which folder?": ["shop"],
      "Which framework?": ["express"],
      "Whose tokens does it accept?": ["auth0"],
      "The tenant's domain": ["https://acme.eu.auth0.com/", "acme.eu.auth0.com"],
      "This API's identifier there (audience)": ["https://api.acme.com"],
      "Which test runner?": ["node-test"],
      "Which package manager?": ["pnpm"],
    };
    const problems: (string | undefined)[] = [];
    const prompter: Prompter = {
      ...{ begin: () => {}, end: () => {} },
      select: async ({ message }) => {
        asked.push(message);
        return answers[message]?.[0] ?? "";
      },
      text: async ({ message, check }) => {
        asked.push(message);
        problems.push(...(answers[message] ?? []).map(check));
        return answers[message]?.at(-1) ?? "";
      },
    };
    expect(await create([], { prompter })).toMatchObject({ code: 0 });
    expect(asked).toEqual(Object.keys(answers));
    expect(problems).toEqual([
      undefined,
      'Is "https://acme.eu.auth0.com/"; it must be a host name in lower case, without https:// and path. For example: acme.eu.auth0.com',
      undefined,
      undefined,
    ]);
    expect(read("shop/.env.example")).toContain(
      "AUTH0_DOMAIN=acme.eu.auth0.com\nAUTH0_AUDIENCE=https://api.acme.com\n",
    );
  });

  test("cancelling writes nothing", async () => {
    const cancel = async () => {
      throw new CancelledError("Nothing was written.");
    };
    const { code, error } = await create(["shop"], {
      prompter: { begin: () => {}, end: () => {}, select: cancel, text: cancel },
    });
    expect([code, error, readdirSync(folder)]).toEqual([1, "Nothing was written.\n", []]);
  });
});

describe("A folder", () => {
  test("with a file of the project stays as it is: exit code 1, and a list", async () => {
    mkdirSync(join(folder, "shop/src"), { recursive: true });
    writeFileSync(join(folder, "shop/src/app.ts"), "mine\n");
    writeFileSync(join(folder, "shop/package.json"), "{}\n");
    const { code, error } = await create(["shop", "--yes"]);
    expect([code, error]).toEqual([1, "error: Nothing was written. In the way:\n  package.json\n  src/app.ts\n"]);
    expect([readdirSync(join(folder, "shop")).toSorted(), read("shop/src/app.ts")]).toEqual([
      ["package.json", "src"],
      "mine\n",
    ]);
  });

  test("with other files gets the project beside them", async () => {
    mkdirSync(join(folder, "shop/.git"), { recursive: true });
    expect(await create(["shop", "--yes"])).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, "shop/src/app.ts"))).toBe(true);
  });

  test("from which a link leads elsewhere is left alone (CWE-59)", async () => {
    mkdirSync(join(folder, "elsewhere"));
    mkdirSync(join(folder, "shop"));
    symlinkSync(join(folder, "elsewhere"), join(folder, "shop/src"));
    const { code, error } = await create(["shop", "--yes"]);
    expect([code, error]).toEqual([1, "error: Nothing was written. In the way:\n  src\n"]);
    expect([readdirSync(join(folder, "elsewhere")), readdirSync(join(folder, "shop"))]).toEqual([[], ["src"]]);
  });

  test.each([
    [".", "gatewarden-new-"],
    ["My API", "my-api"],
    ["../x", "x"],
  ])("%s: the name is one that npm takes", (path, name) => {
    const resolved = join(folder, path).split("/").at(-1) ?? "";
    expect(toPackageName(resolved)).toMatch(new RegExp(`^${name}`));
  });

  test.each([
    ["Ünïcode Çafé", "unicode-cafe"],
    ["_private", "private"],
    [".hidden", "hidden"],
    ["node_modules", "my-api"],
    ["日本", "my-api"],
    ["a".repeat(300), "a".repeat(214)],
    ["a/b\u001b[2J", "a-b-2j"],
  ])("%s becomes %s", (given, name) => {
    expect(toPackageName(given)).toBe(name);
    expect(name).toMatch(/^(?:[a-z\d~-][a-z\d._~-]*)$/);
  });
});

describe("The table of flags", () => {
  test.each(commands)("$name: each example is understood, and each flag has one row", async ({ name }) => {
    const rows = flags.filter((row) => row.commands.includes(name));
    expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
    for (const row of rows) expect(row.example).toMatch(new RegExp(`^--${row.name}( \\S.*)?$`));
  });

  test("has the choices of each table", () => {
    const docOf = (name: string) => flags.find((row) => row.name === name)?.doc ?? "";
    for (const { id } of frameworks) expect(docOf("framework")).toContain(id);
    for (const { id } of testRunners) expect(docOf("tests")).toContain(id);
    for (const { id } of packageManagers) expect(docOf("package-manager")).toContain(id);
  });

  test("help is at most 100 columns wide, and names the command that was run", async () => {
    const { code, out } = await create(["--help"]);
    expect([code, out]).toEqual([0, expect.stringContaining("Usage: create-gatewarden [folder] [flags]")]);
    expect(
      Math.max(
        ...toHelp(commands[1], flags)
          .split("\n")
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100);
  });
});

test("what projects install is what the examples of this repository are tested with", () => {
  const packages = ["../../../package.json", "../../gatewarden/package.json", "../../../examples/nest/package.json"];
  const known = new Map<string, string>();
  for (const path of packages) {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
    for (const [name, range] of Object.entries<string>({ ...devDependencies, ...dependencies })) known.set(name, range);
  }
  const ranges = [
    ...frameworks.flatMap((row) => Object.entries({ ...row.dependencies, ...row.devDependencies })),
    ...[...testRunners, { devDependencies: commonDevDependencies }].flatMap((row) =>
      Object.entries(row.devDependencies),
    ),
  ];
  const bare = (range = "") => range.replace(/^[\^~]/, "");
  for (const [name, range] of ranges) expect([name, bare(range)]).toEqual([name, bare(known.get(name))]);
});
