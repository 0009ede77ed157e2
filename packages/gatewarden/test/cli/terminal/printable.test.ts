// What a terminal would act on, or hide, never reaches it raw: from a `.env`, a token, a command
// line or a server (CWE-150, CVE-2021-42574).
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as scripts from "../../../../../scripts/lib/printable.mjs";
import { main } from "../../../src/cli/main.js";
import { toPrintable, toPrintableLines } from "../../../src/cli/terminal/printable.js";
import { createKey, forge } from "../../support/forge.js";
import { audience } from "../../support/keys.js";
import { listenWith } from "../../support/listen.js";
import { run as runDoctor, surround } from "../doctor/_examine.js";

/**
 * C0 and C1, escape sequences, bidirectional controls, separators, invisible marks, half a pair,
 * tags, variation selectors, fillers.
 */
const hostile = [
  ...[
    "\u0000",
    "\u0007",
    "\u0008",
    "\t",
    "\u000b",
    "\r",
    "\u001b[2J",
    "\u001b]0;x\u0007",
    "\u007f",
    "\u0080",
    "\u0085",
  ],
  ...["\u009b31m", "\u009f", "\u00ad", "\u061c", "\u200b", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069"],
  ...["\u2028", "\u2029", "\u2060", "\ufeff", "\ud800", "\udfff", "\u{e0041}", "\u{1d173}"],
  ...["\ufe00", "\ufe0f", "\u{e0100}", "\u{e01ef}", "\u034f", "\u115f", "\u17b4", "\u180b", "\u3164", "\uffa0"],
];
const all = hostile.join("a");
/** Without halves of pairs, which no token may hold. */
const whole = all.replaceAll(/\p{Cs}/gu, "");
const forbidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u;

/** Nothing but line ends of our own. */
function expectHarmless(text: string): void {
  expect(text.replaceAll("\n", "")).not.toMatch(forbidden);
}

describe("Text", () => {
  test.each(hostile)("%j is shown as its code", (text) => {
    expect(toPrintable(`a${text}b`)).toMatch(/^a(\\u[0-9a-f]{4}|\\[tr])+/);
    expectHarmless(toPrintable(text));
  });

  test.each(["", "plain", "Größe 東京 😀 é ‘’", "a\\u202e", "https://api.acme.com/v1", "~"])(
    "%j is left as it is",
    (text) => {
      expect(toPrintable(text)).toBe(text);
      expect(toPrintableLines(text)).toBe(text);
    },
  );

  test("keeps its line ends where it is a page, and shows them where it is a line", () => {
    expect(toPrintableLines("a\nb\r\n")).toBe("a\nb\\r\n");
    expect(toPrintable("a\nb")).toBe("a\\nb");
  });

  test("that is JSON stays the same JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        const text = JSON.stringify(value, null, 2);
        expect(JSON.parse(toPrintableLines(text))).toEqual(JSON.parse(text));
        expectHarmless(toPrintableLines(text));
      }),
    );
    expect(JSON.parse(toPrintableLines(JSON.stringify(all, null, 2)))).toBe(all);
  });

  test("is shown alike by the commands and the scripts, which share no code", () => {
    for (let code = 0; code < 0x11_0000; code += 64) {
      const codes = Array.from({ length: 64 }, (_, index) => code + index);
      const text = String.fromCodePoint(...codes);
      expect(scripts.toPrintable(text)).toBe(toPrintable(text));
      expect(scripts.toPrintableLines(text)).toBe(toPrintableLines(text));
    }
    expect(scripts.toPrintable(all)).toBe(toPrintable(all));
  });
});

/** Runs a command with streams of its own. */
async function run(args: readonly string[], env: Readonly<Record<string, string>>, input = "") {
  const written = { out: "", error: "" };
  const out = (text: string) => {
    written.out += text;
  };
  const error = (text: string) => {
    written.error += text;
  };
  const code = await main(args, { env, out, error, input: async () => input });
  return { code, ...written };
}

const good = { ISSUER_BASE_URL: "http://127.0.0.1:1/", AUDIENCE: audience };
const key = createKey("ES256", "first");
const token = forge({
  header: { alg: "ES256", kid: whole, typ: whole },
  payload: { iss: whole, aud: [whole, `${audience}\u202e`], sub: whole, exp: 1, scope: whole, permissions: [whole] },
  key,
  alg: "ES256",
});
const members: readonly (readonly [string, string])[] = [
  ["a token", token],
  ["a curl command", `curl -X '${all}' 'https://api.test/${all}?access_token=${all}' -H 'Authorization: ${all}'`],
  ["a request", `GET /${all} HTTP/1.1\nHost: ${all}\nAuthorization: Bearer ${token}\nX: ${all}`],
  ["any text", all],
];

describe("gatewarden explain", () => {
  test.each(members)("prints %s without what a terminal would act on, as text and as JSON", async (_what, text) => {
    for (const more of [[], ["--json"]]) {
      const { out, error } = await run(["explain", "-", ...more], good, text);
      expect(out).not.toBe("");
      expectHarmless(out + error);
    }
  });

  test("says in JSON exactly what was there, in escapes", async () => {
    const { out } = await run(["explain", "-", "--json"], good, token);
    const findings: { code: string; actual?: unknown }[] = JSON.parse(out);
    expect(findings.find(({ code }) => code === "audience_mismatch")?.actual).toEqual([whole, `${audience}\u202e`]);
  });

  test.each(["ISSUER_BASE_URL", "AUDIENCE", "AUTH0_DOMAIN", "AUTH0_AUDIENCE"])(
    "prints an error about %s of a .env without what a terminal would act on",
    async (name) => {
      for (const value of [`'${all}'`, `https://${all}/?a`, `{${all}}`, all]) {
        for (const more of [[], ["--json"]]) {
          const { out, error } = await run(["explain", "a", ...more], { ...good, [name]: value });
          expectHarmless(out + error);
        }
      }
    },
  );

  test.each([
    ["an unknown option", [`--${all}`]],
    ["an issuer", ["a", `--issuer=${all}`]],
    ["one argument too many", ["a", `b${all}`]],
  ])("prints an error about %s alike", async (_what, args) => {
    const { code, error } = await run(["explain", ...args], good);
    expect([code, error === ""]).toEqual([2, false]);
    expectHarmless(error);
  });
});

test("a command that does not exist is named without what a terminal would act on", async () => {
  const { code, error } = await run([all], good);
  expect(code).toBe(2);
  expectHarmless(error);
});

describe("gatewarden doctor", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "gatewarden-printable-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** An issuer and API in one, which says hostile things wherever it can. */
  async function examine(more: readonly string[]) {
    const inHeader = "\u0080\u009b31m\u00ad\t";
    const server = createServer((request, response) => {
      const base = `http://${request.headers.host}/`;
      response.setHeader("x-a", inHeader);
      if (request.url?.startsWith("/api")) {
        response.setHeader(
          "www-authenticate",
          `Bearer realm="${inHeader}", error="${inHeader}", resource_metadata="${base}m"`,
        );
        response.setHeader("content-type", `text/${inHeader}`);
        response.writeHead(401, { "access-control-allow-origin": inHeader }).end(all);
        return;
      }
      const keys = [
        { kty: all, kid: all },
        { ...key.jwk, kid: all, alg: "ES256" },
      ];
      const document = { issuer: base, jwks_uri: `${base}jwks`, resource: all, authorization_servers: [all], keys };
      response.end(JSON.stringify(document));
    });
    const { origin, close } = await listenWith(server);
    const args = ["--issuer", `${origin}/`, "--audience", all, "--url", `${origin}/api`, "--origin", "https://a.test"];
    const seen = await runDoctor([...args, ...more], surround({ cwd: folder }));
    await close();
    return seen;
  }

  test.each([[[]], [["--json"]]])(
    "with %j prints what servers say without what a terminal would act on",
    async (more) => {
      const { out, error } = await examine(more);
      expect(out).toContain("api_challenge_error");
      expectHarmless(out + error);
    },
  );

  test("prints what stands in a .env without what a terminal would act on", async () => {
    const file = join(folder, ".env");
    writeFileSync(
      file,
      `ISSUER_BASE_URL='https://${all}'\nAUDIENCE="${all}"\nAUTH0_DOMAIN=${all.replaceAll(/[\n\r]/g, "")}\n`,
    );
    const { readFile } = await import("node:fs/promises");
    for (const more of [[], ["--json"]]) {
      const args = ["--env-file", file, ...more];
      const { out, error } = await runDoctor(args, surround({ readFile: (path) => readFile(path, "utf8") }));
      expectHarmless(out + error);
    }
  });

  test.each([
    ["an unknown option", `--${all}`],
    ["a URL", `--url=${all}`],
    ["a file", `--env-file=${all}`],
    ["an issuer", `--issuer=https://${all}`],
  ])("prints an error about %s alike", async (_what, argument) => {
    const { out, error } = await runDoctor([argument], surround());
    expect(out + error).not.toBe("");
    expectHarmless(out + error);
  });
});
