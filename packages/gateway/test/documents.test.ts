// The YAML of the documents is what the commands take.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runCli } from "./support/cli.js";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const blocks = [read("../../../docs/gateway.md"), read("../README.md")].flatMap((text) =>
  [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = ""]) => block),
);
const rules = blocks.filter((block) => /^rules:$/m.test(block));
const cases = blocks.filter((block) => /^cases:$/m.test(block));
const sections = blocks.filter((block) => !rules.includes(block) && !cases.includes(block));

describe("In the documents", () => {
  test("there are rules, cases and a section", () => {
    expect([rules.length, cases.length, sections.length].every((count) => count > 0)).toBe(true);
  });

  test.each(rules)("these rules are right: %s", async (text) => {
    const { code, out } = await runCli(["check", "{rules.yaml}", "--strict"], { "rules.yaml": text });
    expect(out).toContain("0 errors, 0 warnings");
    expect(code).toBe(0);
  });

  test.each(sections)("this section is right: %s", async (text) => {
    const file = `${text}rules:\n  - { path: /, public: true }\n`;
    expect((await runCli(["check", "{rules.yaml}"], { "rules.yaml": file })).out).toContain("0 errors");
  });

  test.each(cases)("these cases end as expected: %s", async (text) => {
    const { code, out } = await runCli(["test", "{cases.yaml}"], { "cases.yaml": text, "rules.yaml": rules[0] ?? "" });
    expect(out).toContain("4 of 4 as expected");
    expect(code).toBe(0);
  });
});
