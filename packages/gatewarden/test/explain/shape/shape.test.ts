// What a text is that should be a token, by its looks: what was wrapped around it, what is missing of it, what it is instead.
import { describe, expect, it } from "vitest";
import { readShape } from "../../../src/explain/shape/shape.js";
import { guardWith, token, verdict } from "../../support/keys.js";

const made = token();
const [header = "", payload = "", signature = ""] = made.split(".");
const base64 = (text: string) => Buffer.from(text).toString("base64");

const wrapped: readonly (readonly [string, string, string])[] = [
  ["Bearer in front", `Bearer ${made}`, "left in front"],
  ["Bearer in front twice", `Bearer bearer ${made}`, "left in front"],
  ["the whole header", `Authorization: Bearer ${made}`, "whole header"],
  ["double quotes", `"${made}"`, "quotes"],
  ["single quotes", `'${made}'`, "quotes"],
  ["curly quotes", `\u201c${made}\u201d`, "quotes"],
  ["escaped quotes", `\\"${made}\\"`, "quotes"],
  ["one quote only", `${made}"`, "quotes"],
  ["a line break at the end", `${made}\n`, "line breaks"],
  ["a line break as a shell wrote it", `${made}\\n`, "line breaks"],
  ["line breaks within", `${made.slice(0, 76)}\r\n  ${made.slice(76)}`, "line breaks"],
  ["an invisible character", `\ufeff${made}`, "invisible"],
  ["URL encoding", encodeURIComponent(`${made} `), "URL-encoded"],
  ["a comma behind it", `${made},`, "no part of it"],
  ["base64 once more", base64(made), "once more"],
  ["base64 of the header's value", base64(`Bearer ${made}`), "once more"],
  ["the token endpoint's answer", JSON.stringify({ access_token: made, token_type: "Bearer" }), "whole answer"],
  ["an address with a fragment", `https://app.example/#access_token=${made}&expires_in=3600`, "address or a form"],
  ["a form", `access_token=${made}&token_type=Bearer`, "address or a form"],
];

describe("A token with something around it", () => {
  it.each(wrapped)("is found within %s", (_name, text, cause) => {
    expect(readShape(text)).toMatchObject({
      cause: expect.stringContaining(cause),
      fix: expect.stringMatching(/./),
      token: made,
    });
  });

  it.each(wrapped)(
    "makes explain begin with the guard's own reason for %s, and say nothing against the token",
    async (_name, text) => {
      const guard = guardWith();
      const findings = await guard.explain(text);
      expect(findings.map(({ code }) => code)).toEqual([await verdict(guard, text)]);
    },
  );

  it("lets explain go on with the token within", async () => {
    const findings = await guardWith().explain(`"${token({ aud: "x" })}"`);
    expect(findings.map(({ code }) => code)).toEqual(["token_malformed", "audience_mismatch"]);
  });

  it("is taken out of several wrappings, up to a bound", () => {
    expect(readShape(`"Bearer '${made}'"`)).toMatchObject({ token: made });
    expect(readShape("Bearer ".repeat(50) + made)).not.toHaveProperty("token");
  });
});

describe("A text that is no token yet", () => {
  it.each([
    ["", "empty"],
    ["  ", "empty"],
    ["undefined", "placeholder"],
    ["[object Object]", "placeholder"],
    ["$TOKEN", "placeholder"],
    ["$" + "{ACCESS_TOKEN}", "placeholder"],
    ["%TOKEN%", "placeholder"],
    ["{{token}}", "placeholder"],
    ["<token>", "placeholder"],
    ["YOUR_ACCESS_TOKEN", "placeholder"],
    [`${header}.${payload.slice(0, 20)}...`, "ellipsis"],
    [header, "its header"],
    [`${header}.${payload}`, "without its last part"],
    [`${header}.${payload}.${signature.slice(0, -9)}`, "cut off"],
  ])("%j: %s", (text, cause) => {
    expect(readShape(text)?.cause).toContain(cause);
  });
});

describe("A credential of another kind", () => {
  it.each([
    [`v1.M${"a".repeat(40)}`, "a refresh token"],
    [`1//0${"a".repeat(40)}`, "a refresh token"],
    [`AMf-vB${"a".repeat(60)}`, "a refresh token"],
    ["sk_live_abcdefghijklmnop", "an API key"],
    ["sk-proj-abcdefghijklmnop", "an API key"],
    [`AIza${"a".repeat(35)}`, "an API key"],
    ["ghp_abcdefghijklmnopqrstuvwxyz", "a token of GitHub"],
    ["ya29.a0AfH6SM", "an access token of Google"],
    ["ory_at_abcdef", "an opaque access token"],
    ["v4.public.abcdef", "PASETO"],
    ["-----BEGIN PRIVATE KEY-----", "PEM"],
    [base64("<saml:Assertion>"), "SAML"],
    [base64("alice:secret-word"), "Basic"],
    [base64('{"user":1}'), "base64 of JSON"],
    ["Basic YWxpY2U6c2VjcmV0", "Basic"],
    [`${Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString("base64url")}..a.b.c`, "Auth0 issues such a token"],
    [`${Buffer.from('{"alg":"RSA-OAEP","enc":"A256GCM"}').toString("base64url")}.a.b.c.d`, "Refresh tokens"],
    [JSON.stringify({ id_token: made }), "no access token"],
  ])("%s: %s", (text, cause) => {
    const shape = readShape(text);
    expect(shape?.cause).toContain(cause);
    // Whatever it is, it may be a secret.
    expect(JSON.stringify(shape)).not.toContain(text.slice(0, 16));
  });

  it.each([made, "hello", "a.b", "a.b.c.d.e", "x".repeat(70_000), `${"a".repeat(100)}.b.c`])(
    "is not seen in %.20s…",
    (text) => {
      expect(readShape(text)).toBeUndefined();
    },
  );
});
