// An option by another library's name does not compile, and the compiler's message has the right name.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { createGuard, type GuardOptions, type NeedOptions } from "../../src/index.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const source = join(root, "packages/gatewarden/src");

/** A compiler is started: long enough for a machine that does ten other things. */
const patience = 120_000;

/** By what the message must contain: an expression that must not compile. */
const wrong: readonly (readonly [expected: string, expression: string])[] = [
  ['UseInstead<"issuer">', 'createGuard({ issuerBaseURL: "https://a.test/", audience: "b" })'],
  ['UseInstead<"issuer">', 'createGuard({ domain: "a.auth0.com", audience: "b" })'],
  ['UseInstead<"audience">', 'createGuard({ issuer: "https://a.test/", aud: "b" })'],
  ['UseInstead<"audience">', 'createGuard(() => ({ issuer: "https://a.test/", aud: "b" }))'],
  ['UseInstead<"algorithms">', 'createGuard({ algorithm: "RS256" })'],
  ['UseInstead<"algorithms">', '({ algs: ["RS256"] }) satisfies GuardOptions'],
  ['UseInstead<"tokenType">', "createGuard({ strict: true })"],
  ['UseInstead<"keys.jwksUri">', 'createGuard({ issuer: "https://a.test/", jwksUri: "https://a.test/jwks" })'],
  ['UseInstead<"keys.jwksUri">', 'createGuard({ issuer: [{ issuer: "https://a.test/", jwks_uri: "b" }] })'],
  ['UseInstead<"keys.secret">', 'createGuard({ secret: "s" })'],
  ['UseInstead<"protect(guard, scope(…))">', 'createGuard({ requiredScopes: ["a"] })'],
  ['UseInstead<"protect(guard, { optional: true })">', "createGuard({ authRequired: false })"],
  ['UseInstead<"dpop.mode">', "createGuard({ dpop: { enabled: true, required: true } })"],
  ['UseInstead<"mtls.mode">', "createGuard({ mtls: { enabled: true } })"],
  ['UseInstead<"mtls.certificate">', "createGuard({ getCertificate: () => undefined })"],
  ['UseInstead<"requirement: scope(…)">', 'express(guard, { scopes: ["a"] })'],
  ['UseInstead<"requirement: permission(…)">', 'koa(guard, { permissions: ["a"] })'],
  ['UseInstead<"requirement: role(…)">', 'fetch(guard, { roles: ["a"] }, () => new Response())'],
  ['UseInstead<"optional: true">', "hono(guard, { authRequired: false })"],
];

/** The nearest expressions that must compile. */
const right: readonly string[] = [
  'createGuard({ issuer: "https://a.test/", audience: "b", algorithms: ["RS256"], tokenType: "at+jwt" })',
  'createGuard(() => ({ issuer: "https://a.test/", audience: "b" }))',
  'createGuard({ issuer: [{ issuer: "https://a.test/", keys: { jwksUri: "https://a.test/jwks" } }] })',
  'createGuard({ dpop: { mode: "required" }, mtls: { mode: "allowed", certificate: () => undefined } })',
  '({ audience: "b" }) satisfies GuardOptions',
  'express(guard, { requirement: scope("a") })',
  'koa(guard, { requirement: permission("a"), onRefusal: (error) => { throw error; } })',
  'fetch(guard, { optional: true, requirement: role("a") }, () => new Response())',
  "hono(guard, { optional: true })",
];

const head = `import { createGuard, type GuardOptions, permission, role, scope } from "${source}/index.js";
import { protect as express } from "${source}/adapters/express.js";
import { protect as fetch } from "${source}/adapters/fetch.js";
import { protect as hono } from "${source}/adapters/hono.js";
import { protect as koa } from "${source}/adapters/koa.js";
export const guard = createGuard({ audience: "a" });
export const used = [permission, role, scope];
`;

const config = {
  extends: join(root, "tsconfig.base.json"),
  compilerOptions: { noEmit: true, typeRoots: [join(root, "node_modules/@types")], types: ["node"], rootDir: "/" },
  files: ["fixture.mts"],
};

/** What the compiler writes about each expression, by its index. */
let messages: readonly string[] = [];

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "gatewarden-misnamed-"));
  const expressions = [...wrong.map(([, expression]) => expression), ...right];
  const lines = expressions.map((expression, index) => `export const e${index} = ${expression};`);
  await writeFile(join(folder, "fixture.mts"), `${head}${lines.join("\n")}\n`);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  try {
    const output = await compile(folder);
    const first = head.split("\n").length;
    const found = output.split(/^(?=\S)/m).filter((one) => one.includes("fixture.mts("));
    messages = expressions.map((_expression, index) =>
      found.filter((one) => one.includes(`fixture.mts(${first + index},`)).join(""),
    );
    expect(found.join(""), output).not.toBe("");
  } finally {
    await rm(folder, { recursive: true });
  }
}, patience);

function compile(folder: string): Promise<string> {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", folder, "--pretty", "false"], { cwd: root }, (_error, stdout) =>
      resolve(stdout),
    );
  });
}

describe("The compiler's message about", () => {
  test.each(wrong.map(([expected, expression], index) => ({ expected, expression, index })))(
    "$expression says $expected",
    ({ expected, index }) => {
      expect(messages[index]).toContain(expected);
    },
  );

  test.each(right.map((expression, index) => ({ expression, index })))("$expression: there is none", ({ index }) => {
    expect(messages[wrong.length + index]).toBe("");
  });
});

test("names that do not compile are refused where nothing is compiled, in the same words", () => {
  const problemOf = (options: object) => {
    try {
      createGuard({ issuer: "https://a.test/", audience: "b", env: {}, ...options } as GuardOptions);
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  };
  expect(problemOf({ algorithm: "RS256" })).toContain("is called `algorithms` here");
  expect(problemOf({ dpop: { enabled: true } })).toContain("dpop.enabled is called `dpop.mode` here");
  expect(problemOf({ mtls: { required: true } })).toContain("mtls.required is called `mtls.mode` here");
  expect(problemOf({ requiredScopes: ["a"] })).toContain("For example: protect(guard, scope(…))");
  expect(problemOf({ constructor: 1 })).toContain("constructor is not an option of createGuard");
});

test("a need still tells whether it may be optional", () => {
  const need: NeedOptions = { optional: true };
  expect(Object.keys(need)).toEqual(["optional"]);
});
