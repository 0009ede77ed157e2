// An API accepts a token, and the command line finds fault with it, because it knows less than the API's guard: another
// address of metadata, other claim names, a secret, a list of issuers. Both look through the guard's own configuration now.
import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { main } from "../../src/cli/main.js";
import { run as runDoctor, surround } from "../cli/doctor/_examine.js";
import { createKey, encode, forge } from "../support/forge.js";
import { type IssuerServer, json, startIssuer, status } from "../support/issuer-server.js";

const library = new URL("../../dist/index.js", import.meta.url);
const command = fileURLToPath(new URL("../../bin/gatewarden.js", import.meta.url));
const audience = "https://api.acme.test";
const secret = "a-secret-that-must-never-be-shown-anywhere";
const key = createKey("ES256", "first");
let folder: string;
let server: IssuerServer;

beforeAll(async () => {
  expect(existsSync(fileURLToPath(library)), "run `npm run build` first").toBe(true);
  folder = mkdtempSync(join(tmpdir(), "gatewarden-config-"));
  server = await startIssuer();
  server.publish([key.jwk]);
  server.on("/inside", json({ issuer: "https://public.acme.test/", jwks_uri: `${server.origin}/jwks` }));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

let count = 0;
/** A module file. `createGuard` is there. */
function write(text: string, extension = "mjs"): string {
  const file = join(folder, `guard-${++count}.${extension}`);
  writeFileSync(file, `import { createGuard } from ${JSON.stringify(library.href)};\n${text}\n`);
  return file;
}

const token = (claims: object = {}) =>
  forge({
    header: { alg: "ES256", kid: key.kid },
    payload: { iss: "https://public.acme.test/", aud: audience, sub: "a", exp: 4_000_000_000, ...claims },
    key,
  });

function signedBySecret(claims: object = {}): string {
  const payload = { iss: "https://public.acme.test/", aud: audience, sub: "a", exp: 4_000_000_000, ...claims };
  const input = `${encode({ alg: "HS256" })}.${encode(payload)}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

async function explain(args: readonly string[], env: Record<string, string> = {}) {
  const written = { out: "", error: "" };
  const code = await main(["explain", ...args], {
    env,
    input: async () => "",
    out: (text) => {
      written.out += text;
    },
    error: (text) => {
      written.error += text;
    },
  });
  return { code, ...written };
}

async function doctor(args: readonly string[], env: Record<string, string> = {}) {
  const { exitCode, out, error } = await runDoctor(["--json", ...args], surround({ env, cwd: folder }));
  return { exitCode, error, out, report: JSON.parse(out === "" ? "{}" : out) };
}

/** Reached under another address than its name, with roles where Keycloak has them. */
const inner = () => `createGuard({
  issuer: "https://public.acme.test/", audience: "${audience}", env: {},
  discoveryUrl: "${server.origin}/inside", claimNames: { roles: ["realm_access", "roles"] },
})`;

describe("explain --config", () => {
  test.each(["export const guard =", "export default"])("looks through the guard of `%s`", async (words) => {
    const file = write(`${words} ${inner()};`);
    expect(await explain(["--config", file, token()])).toMatchObject({
      code: 0,
      out: expect.stringContaining("accepted"),
    });
  });

  test("still refuses what that guard refuses", async () => {
    const file = write(`export const guard = ${inner()};`);
    const seen = await explain(["--config", file, token({ aud: "https://other.test" })]);
    expect(seen).toMatchObject({ code: 1, out: expect.stringContaining("audience_mismatch") });
  });

  test("takes a file of TypeScript", async () => {
    // Here the test runner takes the types off. Whether Node.js does is in the process test of doctor.
    const file = write(`const audience: string = "${audience}";\nexport const guard = ${inner()};`, "ts");
    expect(await explain(["--config", file, token()])).toMatchObject({ code: 0 });
  });

  test("takes a CommonJS module, whose exports are one object", async () => {
    const file = join(folder, "guard.cjs");
    writeFileSync(
      file,
      `module.exports = { guard: require(${JSON.stringify(fileURLToPath(library))}).createGuard({ issuer: "https://a.test/", audience: "a" }) };`,
    );
    // In a process of its own: here, Node.js looks for the library's parts among the sources.
    const { status: code, stdout } = spawnSync(process.execPath, [command, "explain", "--config", file, "hello"]);
    expect([code, stdout.toString()]).toEqual([1, expect.stringMatching(/^error token_opaque: /)]);
  });

  test.each([
    ["that is not there", () => join(folder, "nowhere.mjs"), "names a file that does not exist"],
    ["that throws", () => write(`throw new Error("${secret}");`), "threw Error while it was loaded"],
    [
      "whose guard is not configured",
      () => write("export const guard = createGuard({ env: {} });"),
      "AUTH0_DOMAIN is not set",
    ],
    [
      "that imports what is not installed",
      () => write('import "no-such-package-here"; export const guard = 1;'),
      "imports what cannot be found",
    ],
    ["that exports nothing", () => write("createGuard;"), "exports nothing"],
    [
      "that exports no guard",
      () => write("export const app = {}; export const port = 1;"),
      "exports app, port and no guard",
    ],
    [
      "whose guard has another name",
      () => write(`export const api = ${inner()};`),
      "exports its guard as `api`, and must export it as `guard`",
    ],
    [
      "with two guards",
      () => write(`export const guard = ${inner()}; export default ${inner()};`),
      "exports two guards, `default` and `guard`",
    ],
    [
      "with two guards of other names",
      () => write(`export const a = ${inner()}; export const b = ${inner()};`),
      "exports several guards: `a`, `b`",
    ],
    ["that exports a function", () => write(`export default () => ${inner()};`), "a function"],
    [
      "whose export throws when it is looked at",
      () => write("export default { get explain() { throw new Error('no'); } };"),
      "exports default and no guard",
    ],
    ["that is no module", () => write("export const guard = ;"), "Error while it was loaded"],
  ])("names what is wrong with a module %s", async (_name, make, says) => {
    const seen = await explain(["--json", "--config", make(), token()]);
    expect(seen.code).toBe(2);
    expect(seen.error).toContain(says);
    expect(seen.error + seen.out).not.toContain(secret);
    expect(JSON.parse(seen.out)).toEqual([expect.objectContaining({ code: "configuration", severity: "error" })]);
  });

  test("gives a module up that never finishes loading", async () => {
    const file = write(`export const guard = ${inner()}; await new Promise(() => {});`);
    const seen = await explain(["--config", file, "--timeout", "0.3", token()]);
    expect(seen).toMatchObject({ code: 2, error: expect.stringContaining("was not loaded within 0.3 s") });
  });

  test("stands alone: what the guard knows is not said twice", async () => {
    const file = write(`export const guard = ${inner()};`);
    const seen = await explain(["--config", file, "--issuer", "https://a.test/", token()]);
    expect(seen).toMatchObject({ code: 2, error: expect.stringContaining("--issuer cannot stand beside --config") });
  });

  test("keeps what the module prints out of the findings", async () => {
    const file = write(`process.stdout.write("hello from the module"); export const guard = ${inner()};`);
    const seen = await explain(["--json", "--config", file, token()]);
    expect(JSON.parse(seen.out)).toHaveLength(1);
  });
});

describe("explain without a file", () => {
  const common = ["--issuer", "https://public.acme.test/", "--audience", audience];

  test("knows another address of the metadata", async () => {
    const seen = await explain([...common, "--discovery-url", `${server.origin}/inside`, token()]);
    expect(seen).toMatchObject({ code: 0 });
  });

  test("knows the address of the keys", async () => {
    expect(await explain([...common, "--jwks-uri", `${server.origin}/jwks`, token()])).toMatchObject({ code: 0 });
    const seen = await explain([...common, "--jwks-uri", "http://public.acme.test/jwks", token()]);
    expect(seen).toMatchObject({ code: 2, error: expect.stringContaining("keys.jwksUri") });
  });

  test("knows a secret, by the name of its variable, and never shows it", async () => {
    const env = { JWT_SECRET: secret };
    const good = await explain([...common, "--secret-env", "JWT_SECRET", signedBySecret()], env);
    expect(good).toMatchObject({ code: 0 });
    const bad = await explain([...common, "--secret-env", "JWT_SECRET", `${signedBySecret().slice(0, -4)}AAAA`], env);
    expect(bad).toMatchObject({ code: 1, out: expect.stringContaining("signature_invalid") });
    for (const { out, error } of [good, bad]) expect(out + error).not.toContain(secret);
    for (const [variables, says] of [
      [{}, "--secret-env names JWT_SECRET, which is not set"],
      [{ JWT_SECRET: "" }, "which is not set"],
      [{ JWT_SECRET: "short-one" }, "keys.secret"],
    ] as const) {
      const seen = await explain([...common, "--secret-env", "JWT_SECRET", signedBySecret()], variables);
      expect(seen).toMatchObject({ code: 2, error: expect.stringContaining(says) });
      expect(seen.error).not.toContain("short-one");
    }
  });

  test("takes no secret where the name of a variable belongs, and does not show it", async () => {
    const seen = await explain([...common, "--secret-env", "p4ss word", signedBySecret()]);
    expect(seen).toMatchObject({
      code: 2,
      error: expect.stringContaining("--secret-env must be the name of a variable"),
    });
    expect(seen.error).not.toContain("p4ss");
  });

  const keys = () => ["--jwks-uri", `${server.origin}/jwks`];

  test("knows where grants stand", async () => {
    const listed = token({ scp: ["read:a"] });
    expect(await explain([...common, ...keys(), "--scope", "read:a", listed])).toMatchObject({ code: 1 });
    const args = [...common, ...keys(), "--claim-name", "scope=scp", "--scope-as-list", "--scope", "read:a"];
    expect(await explain([...args, listed])).toMatchObject({ code: 0 });
    const named = token({ "https://acme.test/permissions": ["a"] });
    const permission = ["--claim-name", "permissions=https://acme.test/permissions", "--permission", "a"];
    expect(await explain([...common, ...keys(), ...permission, named])).toMatchObject({ code: 0 });
    expect(await explain([...common, ...keys(), ...permission, token()])).toMatchObject({ code: 1 });
  });

  test.each([
    ["roles=realm_access.roles", { realm_access: { roles: ["admin"] } }],
    ['roles=["resource.access","roles"]', { "resource.access": { roles: ["admin"] } }],
    ["roles=https://acme.test/roles", { "https://acme.test/roles": ["admin"] }],
    ["roles=groups", { groups: ["admin"] }],
  ])("knows where roles stand: %s", async (name, claims) => {
    const args = [...common, ...keys(), "--claim-name", name, "--role", "admin"];
    expect(await explain([...args, token(claims)])).toMatchObject({ code: 0 });
    expect(await explain([...args, token()])).toMatchObject({ code: 1, out: expect.stringContaining("role_missing") });
  });

  test.each([
    ["roles", "--claim-name must be written name=claim"],
    ["colour=red", "claimNames.colour is not an option of claimNames"],
    ["roles=", "--claim-name must be written name=claim"],
    ["roles=[", "--claim-name must be written name=claim"],
  ])("refuses --claim-name %s", async (name, says) => {
    const seen = await explain([...common, "--claim-name", name, token()]);
    expect(seen).toMatchObject({ code: 2, error: expect.stringContaining(says) });
  });

  test("knows in which shape they stand", async () => {
    const args = [...common, ...keys(), "--role", "admin", "--claim-format", "roles=keys"];
    expect(await explain([...args, token({ roles: { admin: { org: "acme" } } })])).toMatchObject({ code: 0 });
    expect(await explain([...args, token({ roles: { user: { org: "acme" } } })])).toMatchObject({ code: 1 });
  });

  test.each([
    ["roles", "--claim-format must be written name=format"],
    ["roles=", "--claim-format must be written name=format"],
    ["roles=red", 'claimFormats.roles must be "list", "text" or "keys"'],
    ["colour=keys", "claimFormats.colour is not an option of claimFormats"],
  ])("refuses --claim-format %s", async (format, says) => {
    const seen = await explain([...common, "--claim-format", format, token()]);
    expect(seen).toMatchObject({ code: 2, error: expect.stringContaining(says) });
  });

  test("knows the clients that stand in for an audience", async () => {
    const issuer = ["--issuer", "https://public.acme.test/", ...keys(), "--no-audience"];
    const own = token({ aud: undefined, client_id: "one" });
    const args = [...issuer, "--client-id", "one", "--client-id", "two"];
    expect(await explain([...args, own])).toMatchObject({ code: 0 });
    const other = await explain([...args, token({ aud: undefined, client_id: "three" })]);
    expect(other).toMatchObject({ code: 1, out: expect.stringContaining("client_mismatch") });
    const none = await explain([...issuer, own]);
    expect(none).toMatchObject({ code: 2, error: expect.stringContaining("there is no clientId to check instead") });
    const both = await explain([...common, "--no-audience", "--client-id", "one", own]);
    expect(both).toMatchObject({ code: 2, error: expect.stringContaining("cannot stand beside --audience") });
  });

  test("knows that clients send ID tokens", async () => {
    const id = token({ nonce: "n", at_hash: "x" });
    expect(await explain([...common, ...keys(), id])).toMatchObject({ code: 1 });
    expect(await explain([...common, ...keys(), "--allow-id-tokens", id])).toMatchObject({ code: 0 });
  });

  test("knows the hosts that may be asked over http", async () => {
    const args = [...common, "--jwks-uri", "http://keys.invalid:8080/jwks"];
    expect(await explain([...args, token()])).toMatchObject({
      code: 2,
      error: expect.stringContaining("insecureHttpHosts"),
    });
    const seen = await explain([...args, "--insecure-http-host", "keys.invalid:8080", token()]);
    expect(seen).toMatchObject({ code: 1, out: expect.stringContaining("keys_unavailable") });
  });

  test("takes ISSUER from the environment as a configuration", async () => {
    const env = { ISSUER: "https://public.acme.test/", AUDIENCE: audience, JWKS_URI: `${server.origin}/jwks` };
    expect(await explain([token()], env)).toMatchObject({ code: 0 });
    expect(await explain([token()], { ISSUER: env.ISSUER })).toMatchObject({
      code: 2,
      error: expect.stringContaining("AUTH0_AUDIENCE is not set"),
    });
  });
});

describe("The guard's own terms in --config", () => {
  const terms = () => `issuer: "https://public.acme.test/", env: {}, keys: { jwksUri: "${server.origin}/jwks" }`;
  const own = { aud: undefined, client_id: "one", nonce: "n", roles: { admin: { org: "acme" } } };

  test("are what explain looks through: clients, ID tokens, shapes of grants", async () => {
    const more = 'audience: false, clientId: "one", allowIdTokens: true, claimFormats: { roles: "keys" }';
    const file = write(`export const guard = createGuard({ ${terms()}, ${more} });`);
    expect(await explain(["--config", file, "--role", "admin", token(own)])).toMatchObject({ code: 0 });
    const other = await explain(["--config", file, "--role", "admin", token({ ...own, client_id: "two" })]);
    expect(other).toMatchObject({ code: 1, out: expect.stringContaining("client_mismatch") });
  });

  test.each(["acme.com", "urn:acme:issuer"])("doctor looks at a guard whose issuer is %s", async (issuer) => {
    const more = 'audience: "https://api.dev.acme.test"';
    const named = terms().replace("https://public.acme.test/", issuer);
    const { exitCode, report } = await doctor([
      "--config",
      write(`export const guard = createGuard({ ${named}, ${more} });`),
    ]);
    expect({ exitCode, findings: report.findings }).toEqual({ exitCode: 0, findings: [] });
  });

  test("doctor has no fault to find with a guard without an audience", async () => {
    const more = 'audience: false, clientId: "one"';
    const { exitCode, report } = await doctor([
      "--config",
      write(`export const guard = createGuard({ ${terms()}, ${more} });`),
    ]);
    expect({ exitCode, findings: report.findings }).toEqual({ exitCode: 0, findings: [] });
  });
});

describe("doctor --config", () => {
  test("finds nothing wrong with a guard that has its keys, wherever they are", async () => {
    const { exitCode, report } = await doctor(["--config", write(`export const guard = ${inner()};`)]);
    expect({ exitCode, findings: report.findings }).toEqual({ exitCode: 0, findings: [] });
    const titles = report.checks.map(({ title }: { title: string }) => title);
    expect(titles).toEqual(["variable files", "guard", "guard's keys", "environment", "audience", "clock"]);
    const [, guard, keys, , audienceCheck, clock] = report.checks;
    expect(guard.note).toContain("https://public.acme.test/");
    expect(keys.note).toContain("https://public.acme.test/: fresh");
    expect(audienceCheck.note).toBe(audience);
    expect(clock.note).toContain("from the issuer's");
  });

  test("takes a path from the folder it is in", async () => {
    const file = write(`export const guard = ${inner()};`);
    expect((await doctor(["--config", file.slice(folder.length + 1)])).exitCode).toBe(0);
  });

  test("says why a guard has no keys, and looks at the network to where it asked", async () => {
    const gone = await startIssuer();
    await gone.close();
    const text = inner().replaceAll(server.origin, gone.origin);
    const { exitCode, report } = await doctor(["--config", write(`export const guard = ${text};`)]);
    expect(exitCode).toBe(1);
    const codes = report.findings.map(({ code }: { code: string }) => code);
    expect(codes).toEqual(expect.arrayContaining(["guard_keys_missing", "tcp_refused_loopback"]));
    const [first] = report.findings;
    expect(first.message).toContain("ECONNREFUSED");
    expect(first.fix).toContain("discoveryUrl");
  });

  test("says what an issuer's answer means", async () => {
    server.on("/broken", status(503));
    const text = inner().replace("/inside", "/broken");
    const { report } = await doctor(["--config", write(`export const guard = ${text};`)]);
    expect(report.findings[0]).toMatchObject({
      code: "guard_keys_missing",
      message: expect.stringContaining("503"),
      fix: expect.stringContaining("has a fault"),
    });
  });

  test("asks nobody for a guard whose keys are given, or whose issuers are looked up", async () => {
    const fixed = write(`export const guard = createGuard({
      issuer: "https://public.acme.test/", audience: "${audience}", env: {}, keys: { secret: "${secret}" } });`);
    const seen = await doctor(["--config", fixed]);
    expect(seen.report.findings).toEqual([]);
    const lookedUp = write('export const guard = createGuard({ issuer: () => undefined, audience: "a", env: {} });');
    const other = await doctor(["--config", lookedUp]);
    expect(other.report.findings).toEqual([]);
    expect(other.report.checks[1].note).toContain("looked up");
  });

  test("says what is wrong with options that a function gives, rather than find nothing", async () => {
    const file = write('export const guard = createGuard(() => ({ audience: "a", env: {} }));');
    const { exitCode, report } = await doctor(["--config", file]);
    expect(exitCode).toBe(1);
    expect(report.findings[0]).toMatchObject({
      code: "guard_unusable",
      message: expect.stringContaining("AUTH0_DOMAIN is not set"),
    });
    const throwing = write(`export const guard = createGuard(() => { throw new Error("${secret}"); });`);
    const other = await doctor(["--config", throwing]);
    expect(other.report.findings[0]).toMatchObject({ code: "guard_unusable" });
    expect(other.out + other.error).not.toContain(secret);
  });

  test("looks through a guard whose options a function gives", async () => {
    const file = write(`export const guard = createGuard(() => {
      process.stdout.write("printed by the function");
      return { issuer: "https://public.acme.test/", audience: "${audience}", env: {}, keys: { secret: "${secret}" } };
    });`);
    const printed = vi.spyOn(process.stdout, "write");
    const { report } = await doctor(["--config", file]);
    const told = printed.mock.calls.map(([text]) => String(text)).join("");
    printed.mockRestore();
    expect(report.findings).toEqual([]);
    expect(report.checks[1].note).toContain(`trusts https://public.acme.test/, audience ${audience}`);
    expect(told).not.toContain("printed by the function");
  });

  test("shows no secret of that configuration", async () => {
    const file = write(`console.log("${secret}-2");
      export const guard = createGuard({
        issuer: "https://public.acme.test/", audience: "${audience}", env: {},
        keys: { secret: "${secret}" }, dpop: { mode: "allowed", nonce: { secret: "${secret}-1" } },
        introspection: async () => { throw new Error("${secret}-3"); } });`);
    for (const args of [[], ["--json"]]) {
      const { out, error } = await runDoctor([...args, "--config", file], surround({ cwd: folder }));
      expect(out + error).not.toContain(secret);
    }
    const failing = write(`throw Object.assign(new Error("${secret}"), { code: "ECONNREFUSED" });`);
    const { out, error, report } = await doctor(["--config", failing]);
    expect(out + error).not.toContain(secret);
    expect(report.findings[0]).toMatchObject({
      code: "guard_unusable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("says what is wrong with the module, and looks no further", async () => {
    const { exitCode, report } = await doctor(["--config", write("export const app = 1;")]);
    expect(exitCode).toBe(1);
    expect(report.findings[0]).toMatchObject({
      code: "guard_unusable",
      message: expect.stringContaining("exports app and no guard"),
    });
  });
});

describe("doctor --discovery-url", () => {
  test("looks for the metadata there, and at the network to there", async () => {
    const args = ["--issuer", "https://public.acme.test/", "--audience", audience];
    const seen = await doctor([...args, "--discovery-url", `${server.origin}/inside`]);
    expect({
      exitCode: seen.exitCode,
      findings: seen.report.findings.filter(({ severity }: { severity: string }) => severity !== "info"),
    }).toEqual({
      exitCode: 0,
      findings: [],
    });
    const wrong = await doctor([...args, "--discovery-url", `${server.origin}/.well-known/openid-configuration`]);
    expect(wrong.report.findings.map(({ code }: { code: string }) => code)).toContain("issuer_mismatch");
  });
});

describe("doctor without a file", () => {
  const codesOf = ({ report }: Awaited<ReturnType<typeof doctor>>) =>
    report.findings
      .filter(({ severity }: { severity: string }) => severity !== "info")
      .map(({ code }: { code: string }) => code);
  const titlesOf = ({ report }: Awaited<ReturnType<typeof doctor>>) =>
    report.checks.map(({ title }: { title: string }) => title);
  const issuer = ["--issuer", "https://public.acme.test/"];

  test("takes clients in place of an audience", async () => {
    const args = [...issuer, "--discovery-url", `${server.origin}/inside`, "--no-audience"];
    const seen = await doctor([...args, "--client-id", "one"]);
    expect([seen.exitCode, codesOf(seen)]).toEqual([0, []]);
    expect(titlesOf(seen)).not.toContain("audience");
    expect(codesOf(await doctor(args))).toContain("variable_malformed");
  });

  test.each(["https://public.acme.test/", "urn:acme:issuer", "acme.com"])(
    "looks at the keys of --jwks-uri, and for no metadata: %s",
    async (name) => {
      const seen = await doctor(["--issuer", name, "--audience", audience, "--jwks-uri", `${server.origin}/jwks`]);
      expect([seen.exitCode, codesOf(seen)]).toEqual([0, []]);
      expect(titlesOf(seen)).not.toContain("discovery");
    },
  );

  test("knows the hosts that may be asked over http", async () => {
    const args = [...issuer, "--audience", audience, "--discovery-url", "http://keys.invalid:8080/metadata"];
    expect(codesOf(await doctor(args))).toContain("variable_malformed");
    const seen = await doctor([...args, "--insecure-http-host", "keys.invalid:8080"]);
    expect(codesOf(seen)).not.toContain("variable_malformed");
  });

  test("reads ISSUER, and JWKS_URI in place of metadata", async () => {
    const env = { ISSUER: "urn:acme:issuer", AUDIENCE: audience, JWKS_URI: `${server.origin}/jwks` };
    const seen = await doctor([], { ...env, AUTH0_DOMAIN: "" });
    expect([seen.exitCode, codesOf(seen)]).toEqual([0, []]);
    expect(codesOf(await doctor([], { ...env, JWKS_URI: "keys" }))).toEqual(["variable_malformed"]);
  });

  test("asks nobody where SECRET is the key", async () => {
    const env = {
      ISSUER: "https://public.acme.invalid/",
      AUDIENCE: audience,
      SECRET: secret,
      TOKEN_SIGNING_ALG: "HS256",
    };
    const seen = await doctor([], env);
    expect([seen.exitCode, codesOf(seen)]).toEqual([0, []]);
    expect(seen.out).not.toContain(secret);
    const short = await doctor([], { ...env, SECRET: "too-short-a-one" });
    expect(short.report.findings[0]).toMatchObject({
      code: "variable_malformed",
      message: expect.stringContaining("SECRET is shorter than 32 bytes"),
    });
    expect(short.out).not.toContain("too-short-a-one");
  });

  test.each([
    [{ AUTH0_DOMAIN: "" }, []],
    [{ AUTH0_AUDIENCE: " " }, []],
    [{ ISSUER_BASE_URL: "", AUTH0_DOMAIN: "" }, ["variable_empty", "variable_empty"]],
  ])("an empty variable counts as unset: %j", async (empty, codes) => {
    const seen = await doctor([], { ISSUER_BASE_URL: server.issuer, AUDIENCE: audience, ...empty });
    expect(codesOf(seen).filter((code: string) => code.startsWith("variable"))).toEqual(codes);
  });
});
