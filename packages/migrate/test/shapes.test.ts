// Shapes of code in which a rewrite would weaken the protection, or leave half of it behind: these
// take the drop-in, or keep their meaning. Beside each stands the neighbour that is moved.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { main } from "../src/cli.js";
import { type Migration, migrate } from "../src/migrate.js";

const root = mkdtempSync(join(tmpdir(), "shapes-"));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

/** Writes the files of an application into a folder of its own. */
function write(files: Readonly<Record<string, string>>): string {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** What becomes of one file. */
function move(code: string, name = "app.js"): { readonly way: Migration["way"]; readonly code: string } {
  const [migration] = migrate([write({ [name]: code })]);
  if (migration === undefined) throw new Error("nothing was found");
  if (migration.way === "drop-in") expect(migration.obstacles).not.toEqual([]);
  return { way: migration.way, code: migration.files[0]?.after ?? "" };
}

const eojb = (options: string, more = "") => `
import { auth, claimCheck, claimEquals, claimIncludes, requiredScopes } from "express-oauth2-jwt-bearer";
const app = makeApp();
app.use(auth(${options}));
${more}
`;
const strategy = `passport.use(new Strategy({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
  secretOrKey: key, issuer: "https://issuer.test/", audience: "api", algorithms: ["RS256"] }, (payload, done) => done(null, payload)));`;
const passport = (more: string) => `
import passport from "passport";
import { ExtractJwt, Strategy } from "passport-jwt";
${strategy}
${more}
`;
const expressJwt = (options: string, more = "") => `
import { expressjwt } from "express-jwt";
const checkJwt = expressjwt({ secret: key, issuer: "https://issuer.test/", audience: "api", ${options} });
app.use(checkJwt);
${more}
`;
const rs256 = 'algorithms: ["RS256"]';
const guarded = 'app.get("/", passport.authenticate("jwt", { session: false }), show);';

describe("takes the drop-in", () => {
  test.each<readonly [string, string]>([
    ["authRequired that is computed", eojb("{ authRequired: !isProduction }")],
    ["dpop.required that is computed", eojb("{ dpop: { required: isProduction } }")],
    ["dpop.enabled that is computed", eojb("{ dpop: { enabled: isProduction } }")],
    ["issuer beside issuerBaseURL", eojb('{ issuer: "https://a.test/", issuerBaseURL: "https://b.test" }')],
    ["claimIncludes with spread values", eojb("", 'app.use(claimIncludes("roles", ...roles));')],
    ["claimIncludes without a value", eojb("", 'app.use(claimIncludes("roles"));')],
    ["claimEquals with spread arguments", eojb("", "app.use(claimEquals(...terms));")],
    ["claimCheck with spread arguments", eojb("", "app.use(claimCheck(...terms));")],
    ["requiredScopes with a variable", eojb("", "app.use(requiredScopes(scopes));")],
    ["requiredScopes with a second argument that is a variable", eojb("", 'app.use(requiredScopes("a", more));')],
    ["requiredScopes with a template", eojb("", `app.use(requiredScopes(\`read:$${"{thing}"}\`));`)],
    ["requiredScopes with a spread list", eojb("", "app.use(requiredScopes([...scopes]));")],
    ["an inner function of the same name", eojb("", "function f(requiredScopes) { requiredScopes('a'); }")],
    ["req.auth destructured", eojb("", "app.get('/', (req) => { const { auth } = req; return auth?.payload.sub; });")],
    ["a request destructured in the parameters", eojb("", "app.get('/', ({ auth }) => auth?.payload.sub);")],
    ["another name for the request", eojb("", "app.get('/', (r) => r.auth?.payload?.isBlocked);")],
    ["a request inside another object", eojb("", "const find = (ctx) => ctx.req.auth?.payload?.isBlocked;")],
    ["a request with a type of its own", eojb("", "const find = (req) => (req).auth?.payload?.isBlocked;")],
    ["req['auth']", eojb("", "const find = (req) => req['auth']?.payload?.isBlocked;")],
    [
      "error names as text",
      eojb("", "app.use((e, _q, _s, next) => e.name === 'InvalidTokenError' ? next(e) : next());"),
    ],
    ["a namespace", 'import * as library from "express-oauth2-jwt-bearer";\napp.use(library.auth());'],
    ["a whole module by require", 'const library = require("express-oauth2-jwt-bearer");\napp.use(library.auth());'],
    ["no call of auth", 'import { requiredScopes } from "express-oauth2-jwt-bearer";\nr.use(requiredScopes("a"));'],
    ["a second import", `import { requiredScopes } from "express-oauth2-jwt-bearer";\n${eojb("")}`],
    ["a re-export", `export { requiredScopes } from "express-oauth2-jwt-bearer";\n${eojb("")}`],
    ["only a re-export", 'export * from "express-oauth2-jwt-bearer";'],
    ["a member of require", 'const auth = require("express-oauth2-jwt-bearer").auth;\napp.use(auth());'],
    ["a dynamic import", 'const { auth } = await import("express-oauth2-jwt-bearer");\napp.use(auth());'],
    [
      "several declarations in one statement",
      'const { auth } = require("express-oauth2-jwt-bearer"), express = require("express");\nexpress().use(auth());',
    ],
    [
      "options that use a parameter of an arrow function",
      'import { auth } from "express-oauth2-jwt-bearer";\nconst audience = "other";\nconst make = (audience) => auth({ audience });',
    ],
    [
      "options that use the variable of a loop without a block",
      'import { auth } from "express-oauth2-jwt-bearer";\nconst audience = "other";\nfor (const audience of list) app.use(auth({ audience }));',
    ],
    [
      "options that use another parameter",
      'import { auth } from "express-oauth2-jwt-bearer";\nconst audience = "other";\nfunction f(audience, check = auth({ audience })) {}',
    ],
    [
      "options that use the instance of a class",
      'import { auth } from "express-oauth2-jwt-bearer";\nclass Api { check = auth({ audience: this.audience }); }',
    ],
    ["credentialsRequired that is computed", expressJwt(`${rs256}, credentialsRequired: isProduction`)],
    ["unless on a variable", expressJwt(rs256, 'app.use(checkJwt.unless({ path: ["/public"] }));')],
    ["express-jwt's req.auth destructured", expressJwt(rs256, "const find = (req) => { const { auth } = req; };")],
    ["express-jwt's error name as text", expressJwt(rs256, "const is = (e) => e.name === 'UnauthorizedError';")],
    [
      "express-jwt with options that use a parameter",
      'import { expressjwt } from "express-jwt";\nconst make = (audience) => expressjwt({ secret: key, issuer: "i", audience, algorithms: ["RS256"] });',
    ],
    ["a list of strategies", passport('app.use(passport.authenticate(["jwt"], { session: false }));')],
    ["another strategy", passport(`${guarded}\npassport.use(new LocalStrategy(find));`)],
    ["req.user destructured", passport(`${guarded}\nconst find = (req) => { const { user } = req; return user; };`)],
  ])("%s", (_name, code) => {
    const moved = move(code);
    expect(moved.way).toBe("drop-in");
    expect(moved.code).not.toMatch(/["'](express-oauth2-jwt-bearer|express-jwt|passport-jwt)["']/);
    expect(moved.code).toMatch(/["']gatewarden\/compat\//);
  });

  test.each([
    ["handed over as a parameter", "export const routes = (app, passport) => {\n  GUARDED\n};"],
    ["from a file of the application", 'import passport from "./passport.js";\nGUARDED'],
    ["under another name", 'import pp from "passport";\napp.use(pp.authenticate("jwt", { session: false }));'],
    ["by its members", 'const { authenticate } = require("passport");\napp.use(authenticate("jwt"));'],
  ])("where another file has passport %s", (_name, code) => {
    const folder = write({ "a.js": passport(guarded), "b.js": code.replace("GUARDED", guarded) });
    const [migration] = migrate([folder]);
    expect(migration?.way).toBe("drop-in");
    expect(migration?.files.map(({ path }) => path.slice(folder.length))).toEqual(["/a.js"]);
  });

  test("and keeps a type of jwks-rsa that the drop-in has too", () => {
    const code = `import jwksRsa, { type GetVerificationKey } from "jwks-rsa";
      ${expressJwt("getToken, algorithms")}export const key = jwksRsa.expressJwtSecret({ jwksUri }) as GetVerificationKey;`;
    const moved = move(code, "app.ts");
    expect(moved.code).toContain(
      'import { expressJwtSecret, type GetVerificationKey } from "gatewarden/compat/express-jwt"',
    );
    expect(moved.code).toContain("key = expressJwtSecret({ jwksUri }) as");
  });

  test("and keeps jwks-rsa where more of it is used", () => {
    const code = `import { JwksClient, expressJwtSecret } from "jwks-rsa";
      ${expressJwt("getToken, algorithms")}export const client = new JwksClient({ jwksUri }), key = expressJwtSecret({ jwksUri });`;
    expect(move(code).code).toContain('import { expressJwtSecret } from "gatewarden/compat/express-jwt"');
    expect(move(code).code).toContain('import { JwksClient } from "jwks-rsa"');
  });

  test("for each of several libraries, and keeps what it did for the first", async () => {
    const text = `${eojb("")}import { expressjwt } from "express-jwt";\napp.use(expressjwt({ secret: key, issuer: "i", audience: "a", ${rs256} }));`;
    const folder = write({ "app.js": text });
    await main(["migrate", "--write", folder], { stdout: () => {}, stderr: () => {} });
    const after = readFileSync(join(folder, "app.js"), "utf8");
    expect(after).toContain('"gatewarden/compat/express-oauth2-jwt-bearer"');
    expect(after).toContain('"gatewarden/compat/express-jwt"');
  });
});

describe("keeps its meaning", () => {
  test.each<readonly [string, string, RegExp]>([
    ["plain options", eojb('{ audience: "a" }'), /createGuard\(\{ audience: "a", .*[\s\S]*protect\(guard\)\)/],
    ["authRequired: false", eojb("{ authRequired: false }"), /protect\(guard, \{ optional: true \}\)/],
    ["a quoted authRequired", eojb('{ "authRequired": false }'), /protect\(guard, \{ optional: true \}\)/],
    ["authRequired: false in a comment", eojb("{ /* authRequired: false */ }"), /app\.use\(protect\(guard\)\)/],
    ["authRequired: true", eojb("{ authRequired: true }"), /app\.use\(protect\(guard\)\)/],
    ["dpop.required: true", eojb("{ dpop: { required: true } }"), /dpop: \{ mode: "required" \}/],
    ["claimEquals", eojb("", 'app.use(claimEquals("plan", "pro"));'), /\(claims\) => claims\["plan"\] === "pro"/],
    [
      "claimIncludes",
      eojb("", 'app.use(claimIncludes("r", "a", "b"));'),
      /all\(claim\("r", "a"\), claim\("r", "b"\)\)/,
    ],
    [
      "a second argument of requiredScopes",
      eojb("", 'app.use(requiredScopes("a", ["b"]));'),
      /all\(scope\("a"\), scope\("b"\)\)/,
    ],
    ["handlers", eojb("", "const f = (req) => req.auth?.payload.sub;"), /req\.auth\?\.claims\.sub/],
    [
      "a function's parameter",
      eojb("").replace("app.use", "const f = (a) => { a.use").replace("());", "()); };"),
      /\{ const guard = createGuard/,
    ],
    [
      "two calls of express-jwt",
      expressJwt(rs256, `app.use(expressjwt({ secret: key, issuer: "other", audience: "admin", ${rs256} }));`),
      /const (\w+) = createGuard\(\{ issuer: "https[\s\S]*protect\(\1\)[\s\S]*const (?!\1)(\w+) = createGuard\(\{ issuer: "other"[\s\S]*protect\(\2\)/,
    ],
    [
      "two calls of express-jwt in one statement",
      `import { expressjwt } from "express-jwt";\nconst a = expressjwt({ secret: key, issuer: "a", audience: "a", ${rs256} }), b = expressjwt({ secret: key, issuer: "b", audience: "b", ${rs256} });`,
      /const (?:guard = createGuard\(\{ issuer: "a"|(\w+) = createGuard\(\{ issuer: "b")[\s\S]*a = protect\(guard\), b = protect\((?!guard\))\w+\)/,
    ],
    ["express-jwt's algorithms", expressJwt(rs256), /algorithms: \["RS256"\]/],
    ["express-jwt's req.auth", expressJwt(rs256, "const f = (req) => req.auth.sub;"), /req\.auth\.claims\.sub/],
    ["passport-jwt's algorithms", passport(guarded), /algorithms: \["RS256"\]/],
    ["passport-jwt's req.user", passport(`${guarded}\nconst f = (req) => req.user.sub;`), /req\.auth\.claims\.sub/],
  ])("%s", (_name, code, expected) => {
    const moved = move(code);
    expect(moved.way).toBe("api");
    expect(moved.code).toMatch(expected);
  });
});

test("writes nothing where one file cannot be written", async () => {
  const routes = 'import { requiredScopes } from "express-oauth2-jwt-bearer";\nr.use(requiredScopes("a"));\n';
  const folder = write({ "a.js": eojb(""), "b.js": routes });
  const silent = { stdout: () => {}, stderr: () => {} };
  const before = readFileSync(join(folder, "a.js"), "utf8");
  const failing = {
    ...silent,
    write: (path: string, text: string) => {
      if (path.endsWith("b.js")) throw new Error("EROFS");
      writeFileSync(path, text);
    },
  };
  await expect(main(["migrate", "--write", folder], failing)).rejects.toThrow("EROFS");
  expect(readFileSync(join(folder, "a.js"), "utf8")).toBe(before);
});
