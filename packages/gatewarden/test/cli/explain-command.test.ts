// `gatewarden explain` as a command: what it reads, what it writes, and how it ends.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatFindings } from "../../src/cli/findings.js";
import { loadEnvironment } from "../../src/cli/load-environment.js";
import { main } from "../../src/cli/main.js";
import { render } from "../../src/cli/terminal/paint.js";
import { createKey, forge } from "../support/forge.js";
import { type IssuerServer, startIssuer } from "../support/issuer-server.js";
import { audience } from "../support/keys.js";

const key = createKey("ES256", "first");
let server: IssuerServer;

beforeAll(async () => {
  server = await startIssuer();
  server.publish([key.jwk]);
});
afterAll(() => server.close());

/** A token that outlives the test. */
function token(changes: object = {}): string {
  const payload = { iss: server.issuer, aud: audience, sub: "a", exp: 4_000_000_000, ...changes };
  return forge({ header: { alg: "ES256", kid: key.kid }, payload, key });
}

async function run(args: readonly string[], input = "") {
  const written = { out: "", error: "" };
  const env = { ISSUER_BASE_URL: server.issuer, AUDIENCE: audience };
  const code = await main(["explain", ...args], {
    env,
    input: async () => input,
    out: (text) => {
      written.out += text;
    },
    error: (text) => {
      written.error += text;
    },
  });
  return { code, ...written };
}

describe("gatewarden explain", () => {
  test("ends with 0 for a token that the API would accept, from the command line or standard input", async () => {
    expect(await run([token()])).toMatchObject({ code: 0, out: expect.stringContaining("accepted:"), error: "" });
    expect(await run(["-"], `${token()}\n`)).toMatchObject({ code: 0 });
    expect(await run(["-"], `curl -H "Authorization: Bearer ${token()}" ${audience}`)).toMatchObject({ code: 0 });
  });

  test("ends with 1 for one that it would not, and prints a pointer to where two texts part", async () => {
    const { code, out } = await run([token({ aud: `${audience}/` })]);
    expect(code).toBe(1);
    const lines = out.split("\n");
    const pointer = lines.findIndex((line) => line.trim() === "^");
    expect(lines[pointer - 1]).toBe(`  actual:   "${audience}/"`);
    expect(lines[pointer - 1]?.[lines[pointer]?.indexOf("^") ?? 0]).toBe("/");
  });

  test("ends with 1 where only the endpoint's requirement is not met", async () => {
    expect(await run([token({ permissions: ["a"] }), "--permission", "a"])).toMatchObject({ code: 0 });
    expect(await run([token({ permissions: ["a"] }), "--permission", "a", "--permission", "b"])).toMatchObject({
      code: 1,
    });
    expect(await run([token({ scope: "a" }), "--scope", "a"])).toMatchObject({ code: 0 });
    expect(await run([token({ scope: "a" }), "--scope", "b"])).toMatchObject({ code: 1 });
  });

  test("writes JSON for programs", async () => {
    const { code, out } = await run(["--json", token({ aud: "x" })]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual([
      {
        code: "audience_mismatch",
        severity: "error",
        message: expect.stringMatching(/./),
        fix: expect.stringMatching(/./),
        name: "aud",
        expected: [audience],
        actual: "x",
      },
    ]);
  });

  test("takes another issuer and audience than the environment's", async () => {
    expect(await run([token({ aud: "x" }), "--audience", "x"])).toMatchObject({ code: 0 });
    expect(await run([token(), "--issuer", "https://issuer.invalid/"])).toMatchObject({ code: 1 });
  });

  test("checks a proof only when it is told that the API takes them", async () => {
    const bound = token({ cnf: { jkt: "A".repeat(43) } });
    const curl = `curl -H "Authorization: DPoP ${bound}" ${audience}`;
    expect((await run(["-"], curl)).out).toContain("scheme_unsupported: The token came with the scheme `DPoP`");
    expect((await run(["-", "--dpop"], curl)).out).toMatch(/^error dpop_proof_missing: /m);
  });

  test.each([[[]], [["a", "b"]], [["--what"]], [["x", "--permission", " "]], [["x", "--issuer", "nonsense"]]])(
    "ends with 2 and a line on standard error for %j",
    async (args) => {
      const { code, error, out } = await run(args);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(error).toMatch(/\n$/);
    },
  );

  test("explains itself", async () => {
    const { code, out } = await run(["--help"]);
    expect(code).toBe(0);
    for (const option of ["--json", "--permission", "--scope", "--dpop", "--issuer", "--audience"])
      expect(out).toContain(option);
  });

  test("never prints a signature, a secret or what a terminal would act on", async () => {
    const evil = token({ aud: "\u001b[2J\u202e\u009b", iss: `${server.issuer}\u0007` });
    const [, payload = "", signature = ""] = evil.split(".");
    for (const text of [evil, `"${evil}"`, `Bearer ${evil}`, "sk_live_abcdefghijklmnop"]) {
      const { out } = await run(["-"], text);
      for (const part of [payload, signature, "sk_live_abc"]) expect(out).not.toContain(part);
      expect(out).not.toMatch(/[\p{Cf}\u007f-\u009f]|[^\P{Cc}\n]/u);
    }
  });
});

test("findings without values are two lines", () => {
  const parts = formatFindings([{ code: "a", severity: "error", message: "m", fix: "f" }], 80);
  expect(render(parts, false)).toBe("error a: m\n  fix: f\n");
});

test("reads .env of the working directory beneath the environment of the process", () => {
  const before = process.cwd();
  const directory = mkdtempSync(join(tmpdir(), "gatewarden-"));
  writeFileSync(join(directory, ".env"), 'AUDIENCE="https://api.acme.com" # mine\nPATH=/nowhere\n');
  process.chdir(directory);
  try {
    expect(loadEnvironment()).toMatchObject({ AUDIENCE: "https://api.acme.com", PATH: process.env["PATH"] });
  } finally {
    process.chdir(before);
  }
});
