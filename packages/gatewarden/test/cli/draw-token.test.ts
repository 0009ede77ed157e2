// The drawing of a token: carets under what is wrong, nothing that a terminal would act on, and no
// more of the token than the findings show.
import { describe, expect, test } from "vitest";
import { drawToken } from "../../src/cli/draw-token.js";
import { toSymbols } from "../../src/cli/terminal/look.js";
import { render } from "../../src/cli/terminal/paint.js";
import { toWidth } from "../../src/cli/terminal/text-width.js";
import type { Finding } from "../../src/index.js";

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const signature = "c2lnbmF0dXJlLXRoYXQtaXMtbG9uZy1lbm91Z2g";
const toToken = (claims: object, header: object = { alg: "RS256", kid: "first" }) =>
  `${encode(header)}.${encode(claims)}.${signature}`;
const find = (code: string, more: Partial<Finding<string>> = {}): Finding<string> => ({
  code,
  severity: "error",
  message: "It is wrong.",
  fix: "Change it.",
  ...more,
});
const symbols = toSymbols({ LANG: "C.UTF-8" }, "linux");
const draw = (token: string, findings: readonly Finding<string>[], width = 80) =>
  render(drawToken(token, findings, { width, symbols }), false);

const claims = {
  iss: "https://a.test/",
  aud: "https://api.acme.com/",
  sub: "auth0|ada",
  email: "ada@acme.com",
  exp: 1,
};

describe("A drawn token", () => {
  test("has carets under the part and under the claim", () => {
    const audience = find("audience_mismatch", { actual: claims.aud });
    expect(draw(toToken(claims), [audience, find("expired"), find("signature_invalid")])).toBe(`\
  eyJhbG….eyJpc3….c2ln…
          ^^^^^^^ ^^^^^^^^^
  header  payload signature

  payload
    "aud": "https://api.acme.com/"
           ^^^^^^^^^^^^^^^^^^^^^^^ audience_mismatch
    "exp": 1
           ^ expired

  signature
    the whole signature
    ^^^^^^^^^^^^^^^^^^^ signature_invalid

`);
  });

  test("has carets under the claim that the finding names, and says which is missing", () => {
    const invalid = find("claim_invalid", { name: "sub" });
    const missing = find("claim_missing", { name: "exp" });
    expect(draw(toToken({ sub: 7, aud: "a" }), [invalid, missing])).toContain(`
  payload
    "sub": …
           ^ claim_invalid
    "exp" is missing
    ^^^^^^^^^^^^^^^^ claim_missing
`);
  });

  test("says which member is missing, and marks the whole part where the code names none", () => {
    expect(draw(toToken({}), [find("expired")])).toContain('    "exp" is missing\n    ^^^^^^^^^^^^^^^^ expired\n');
    expect(draw(toToken({}), [find("claim_missing")])).toContain(
      "    the whole payload\n    ^^^^^^^^^^^^^^^^^ claim_missing\n",
    );
    expect(draw(toToken({}), [find("key_unknown")])).toContain('"kid": "first"');
  });

  test("is not drawn for what is right, for what is elsewhere, and for what is no signed token", () => {
    expect(draw(toToken(claims), [find("accepted", { severity: "info" })])).toBe("");
    expect(draw(toToken(claims), [find("keys_unavailable"), find("dpop_proof_missing")])).toBe("");
    for (const text of ["", "sk_live_abcdefghijklmnop", "a.b.c", `${toToken(claims)}.x`, "ey.ey", "\u001b[2J"])
      expect(draw(text, [find("expired")])).toBe("");
  });
});

describe("What is shown of a token", () => {
  test("is never enough to use it, and no claim that the finding does not show", () => {
    const text = draw(toToken(claims), [find("signature_invalid"), find("permission_missing"), find("expired")]);
    const [header = "", payload = ""] = toToken(claims).split(".");
    for (const part of [header, payload, signature]) expect(text).not.toContain(part.slice(0, 8));
    expect(text).not.toMatch(/ada|email/);
  });

  test("of a short part is at most a third", () => {
    const text = draw(`${encode({ alg: "none" })}.e30.abc`, [find("algorithm_none")]);
    expect(text.split("\n")[0]).toBe("  eyJhbG….e… .a…".replace("e… .", "e…     ."));
  });

  test("of a claim without a shown value is that it has one", () => {
    expect(draw(toToken({ cnf: { jkt: "secret" } }), [find("binding_unproven")])).toContain('    "cnf": …\n');
    expect(draw(toToken({ permissions: ["secret"] }), [find("permission_missing")])).toContain('"permissions": […]');
  });
});

describe("A hostile token", () => {
  const forbidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u;
  const evil = "\u001b[2J\u0007\u009b31m\u202e\u2066\u2028\u200f\r\n\u061c\ufe0f\u{e0041}";

  test.each([
    ["control characters", evil],
    ["wide characters", "東京".repeat(9)],
    ["combining marks", "e\u0301".repeat(30)],
    ["emoji", "😀👍🏽"],
    ["both directions", "abc\u05d0\u05d1\u0627"],
    ["a very long claim", "x".repeat(10_000)],
    ["long wide text", "東".repeat(1_500)],
  ])("with %s in claims and header moves nothing, and its carets stand under the value", (_what, text) => {
    const token = toToken({ iss: text, aud: [text] }, { alg: text, kid: text });
    const findings = ["issuer_untrusted", "key_unknown", "algorithm_not_allowed"].map((code) => find(code));
    for (const width of [40, 80, 100]) {
      const drawn = draw(token, findings, width);
      expect(drawn.replaceAll("\n", "")).not.toMatch(forbidden);
      const lines = drawn.split("\n");
      const carets = lines.filter((line) => /^ +\^+ \w+$/.test(line));
      expect(carets).toHaveLength(3);
      for (const caret of carets) {
        const value = lines[lines.indexOf(caret) - 1] ?? "";
        const [start = ""] = /^ {4}"\w+": /.exec(value) ?? [];
        const [under = ""] = /\^+/.exec(caret) ?? [];
        expect(caret.indexOf("^")).toBe(toWidth(start));
        expect(under.length).toBe(toWidth(value) - toWidth(start));
        expect(toWidth(value)).toBeLessThanOrEqual(width);
      }
    }
  });

  test("of 100 KB is not decoded", () => {
    expect(draw(toToken({ iss: "x".repeat(100_000) }), [find("issuer_untrusted")])).toBe("");
  });

  test("with a payload that is no JSON is drawn without members", () => {
    expect(draw(`${encode({ alg: "RS256" })}.abcdefgh.${signature}`, [find("expired")])).toContain('"exp" is missing');
  });
});
