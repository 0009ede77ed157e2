// The small parts that turn data into words, and header values into data.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readChallenges } from "../../../src/cli/doctor/api/challenges.js";
import { doctorCatalogue, toDoctorFinding } from "../../../src/cli/doctor/catalogue/catalogue.js";
import { toShownText } from "../../../src/cli/doctor/catalogue/shown-text.js";

describe("Text from outside", () => {
  test.each([
    ["http://bob:s3cret@proxy:3128", "http://…@proxy:3128"],
    ["http://bob:p@ss@proxy:3128/x", "http://…@proxy:3128/x"],
    ["bob:s3cret@proxy", "…@proxy"],
    ['is "https://bob:s3cret@idp.test/" now', 'is "https://…@idp.test/" now'],
    ["Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end", "Bearer <token> end"],
    ["Bearer eyAiYWxnIjoiUlMyNTYiIH0.eyAic3ViIjoiMSIgfQ.c2ln end", "Bearer <token> end"],
    ["a\r\n\u001b[31mb\u202e", "a\\r\\n\\u001b[31mb\\u202e"],
    ["https://api.acme.com/v1", "https://api.acme.com/v1"],
    ["@gatewarden/dev", "@gatewarden/dev"],
  ])("%j is shown as %j", (text, shown) => {
    expect(toShownText(text)).toBe(shown);
  });

  test("is cut where it would never end", () => {
    expect(toShownText("x".repeat(10_000))).toHaveLength(401);
  });

  test("is put in once: what looks like a place for a value stays text", () => {
    const { message } = toDoctorFinding("dns_temporary", { host: "{problem}", problem: "EAI_AGAIN" });
    expect(message).toContain("answer for {problem} (EAI_AGAIN)");
  });
});

describe("The catalogue", () => {
  test.each(Object.entries(doctorCatalogue))("says of %s what it means and what to do", (code, { message, fix }) => {
    expect(code).toMatch(/^[a-z][a-z0-9_]+$/);
    expect(message.length).toBeGreaterThan(5);
    expect(fix).toMatch(/^[A-Z"{].{15,}/s);
  });
});

describe("Every code", () => {
  const codes = Object.keys(doctorCatalogue);
  const read = (folder: string, suffix: string) =>
    readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(suffix) && !name.startsWith("catalogue"))
      .map((name) => readFileSync(new URL(`${folder}/${name}`, import.meta.url), "utf8"))
      .join("");

  test.each([
    ["is found by a check", read("../../../src/cli/doctor", ".ts")],
    ["is expected by a test", read(".", ".test.ts")],
  ])("%s", (_name, text) => {
    expect(codes.filter((code) => !text.includes(`"${code}"`))).toEqual([]);
  });
});

describe("Challenges", () => {
  test.each<[readonly string[], unknown]>([
    [["Bearer"], [["bearer", {}]]],
    [['Bearer realm="api"'], [["bearer", { realm: "api" }]]],
    [['Bearer realm="a, b", error=invalid_token'], [["bearer", { realm: "a, b", error: "invalid_token" }]]],
    [
      ['Bearer realm="a\\"b", DPoP algs="ES256 PS256"'],
      [
        ["bearer", { realm: 'a"b' }],
        ["dpop", { algs: "ES256 PS256" }],
      ],
    ],
    [
      ["Bearer", 'DPoP algs="ES256"'],
      [
        ["bearer", {}],
        ["dpop", { algs: "ES256" }],
      ],
    ],
    [
      ["Negotiate YWJj==, Basic realm=x, "],
      [
        ["negotiate", {}],
        ["basic", { realm: "x" }],
      ],
    ],
    [['Bearer  realm = "a"'], [["bearer", { realm: "a" }]]],
  ])("%j are read", (values, expected) => {
    const read = readChallenges(values)?.map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
    expect(read).toEqual(expected);
  });

  test.each(['realm="x"', 'Bearer realm="x', 'Bearer realm="x", realm="y"', "Bearer error=a b", "Bearer: x", "<html>"])(
    "%j are none",
    (value) => {
      expect(readChallenges([value])).toBeUndefined();
    },
  );
});
