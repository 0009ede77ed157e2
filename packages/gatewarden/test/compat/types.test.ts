// Programs written for the originals compile with only the import changed, with the declarations of
// Express 4 and of Express 5. Each is a compilation of its own: `gatewarden/express` declares
// `req.auth` otherwise.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const ignored = join(root, "packages/gatewarden/.gatewarden");
mkdirSync(ignored, { recursive: true });
const folder = mkdtempSync(join(ignored, "types-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A compiler is started for each: long enough for a machine that does ten other things. */
const patience = 180_000;

const programs = [
  "express-jwt/_programs/usage",
  "express-jwt/_programs/jwks",
  "passport/_programs/usage",
  "passport/_programs/nest",
];

function readProgram(name: string): string {
  return readFileSync(new URL(`./${name}.ts`, import.meta.url), "utf8");
}

/** The change that the guides ask for. jwks-rsa's functions come from the drop-in's own sub-path. */
function toDropIn(text: string): string {
  const dropIn = text.includes('"express-jwt"') ? "gatewarden/compat/express-jwt" : "gatewarden/compat/passport";
  return text
    .replace(/"(express-jwt|passport-jwt)"/, `"${dropIn}"`)
    .replace(
      /import jwksRsa, \{ (\w+) \} from "jwks-rsa"/,
      `import * as jwksRsa from "${dropIn}";\nimport { $1 } from "${dropIn}"`,
    )
    .replace('"jwks-rsa"', `"${dropIn}"`);
}

/** What the compiler says; undefined if nothing. */
async function compile(name: string, text: string, paths: object): Promise<string | undefined> {
  const own = join(folder, name.replaceAll("/", "-"));
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "program.ts"), text);
  const config = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: {
      noEmit: true,
      customConditions: ["@gatewarden/source"],
      experimentalDecorators: true,
      // The sources are checked apart; here the declarations count as a user's compiler reads them.
      noUnusedLocals: false,
      paths,
    },
    include: ["program.ts"],
  };
  writeFileSync(join(own, "tsconfig.json"), JSON.stringify(config));
  try {
    await promisify(execFile)("npx", ["--no-install", "tsc", "-p", own], { cwd: root });
    return undefined;
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}

const express4 = { express: [join(root, "node_modules/express4-types/index.d.ts")] };

describe("A program for the originals compiles", () => {
  test.each(programs)(
    "as it is: %s",
    async (name) => {
      expect(await compile(`${name}-original`, readProgram(name), {})).toBeUndefined();
    },
    patience,
  );

  test.each(programs)(
    "with the import changed: %s",
    async (name) => {
      const changed = toDropIn(readProgram(name));
      expect(changed).not.toMatch(/"(express-jwt|passport-jwt|jwks-rsa)"/);
      expect(await compile(`${name}-5`, changed, {})).toBeUndefined();
    },
    patience,
  );

  test.each(programs)(
    "with the import changed, on Express 4: %s",
    async (name) => {
      expect(await compile(`${name}-4`, toDropIn(readProgram(name)), express4)).toBeUndefined();
    },
    patience,
  );

  test(
    "and not with an option that does not exist",
    async () => {
      const text =
        'import { expressjwt } from "gatewarden/compat/express-jwt";\nexpressjwt({ secret: "s", algorithm: "HS256" });';
      expect(await compile("misspelt", text, {})).toContain("algorithm");
    },
    patience,
  );
});
