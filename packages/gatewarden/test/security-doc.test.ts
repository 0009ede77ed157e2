// SECURITY.md cannot go stale: each link leads to a file that is there, and each test says what the
// entry says of it.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);
const [source, tests] = ["packages/gatewarden/src/", "packages/gatewarden/test/"];

/** A link to a file, with the title to look for in it. */
interface Proof {
  readonly label: string;
  readonly target: string;
  readonly title?: string | undefined;
}

interface Entry {
  /** Undefined beyond the usual list of attacks. */
  readonly number: number | undefined;
  readonly attack: string;
  readonly stopped: string;
  readonly shown: string;
}

const [, section = ""] = readText("SECURITY.md").split(/^## Threats.*$/m);
const [list = ""] = section.split(/^## /m);
const entries = list
  .split(/^(?=(?:\d+\.|-) )/m)
  .slice(1)
  .map((text) => toEntry(text.split("\n\n")[0] ?? ""));
const numbered = entries.filter(({ number }) => number !== undefined);
/** The one class that no test shows, and the document says so. */
const untested = 47;

const link = "\\[`[^`]+`\\]\\([^)]+\\)";
const stoppers = entries.flatMap(({ attack, stopped }) => readLinks(stopped).map((one) => ({ ...one, attack })));
const proofs = entries.flatMap(({ attack, shown }) => readLinks(shown).map((one) => ({ ...one, attack })));

function readText(file: string): string {
  return readFileSync(new URL(file, root), "utf8");
}

/** `1. attack`, then `- stopped in …` and `- shown by …`. Lines are wrapped. */
function toEntry(text: string): Entry {
  const [head = "", stopped = "", shown = ""] = text.split(/\n +- /).map((part) => part.replace(/\s+/g, " ").trim());
  const [, mark, attack = ""] = /^(?:(\d+)\.|-) (.+)$/.exec(head) ?? [];
  return { number: mark === undefined ? undefined : Number(mark), attack, stopped, shown };
}

function readLinks(text: string): Proof[] {
  return [...text.matchAll(/\[`([^`]+)`\]\(([^)]+)\)(?: "([^"]+)")?/g)].map(([, label = "", target = "", title]) => ({
    label,
    target,
    title,
  }));
}

describe("The list of attacks", () => {
  test("has each of the 47 classes once, in order", () => {
    expect(numbered.map(({ number }) => number)).toEqual(Array.from({ length: 47 }, (_, index) => index + 1));
  });

  test.each(entries)("says where it is stopped and what shows it: $attack", ({ number, stopped, shown }) => {
    expect(stopped).toMatch(new RegExp(`^stopped in ${link}(, ${link})*$`));
    if (number === untested) expect(shown).toBe("not tested");
    else expect(shown).toMatch(new RegExp(`^shown by ${link} "[^"]+"(, ${link} "[^"]+")*$`));
  });

  test.each(stoppers)("links a source file that is there: $label ($attack)", ({ label, target }) => {
    // What a proxy stops stands in its configuration.
    const configuration = label.startsWith("deploy/") ? [label] : [];
    expect([`${source}${label}`, `packages/${label}`, ...configuration]).toContain(target);
    expect(existsSync(new URL(target, root))).toBe(true);
  });

  test.each(proofs)("links a test that is there: $label $title", ({ label, target, title = "" }) => {
    expect([`${tests}${label}`, `packages/${label}`]).toContain(target);
    const texts = readText(target).match(/(["'`]).*\1/g) ?? [];
    expect(texts.filter((text) => text.includes(title))).not.toEqual([]);
  });
});

describe("Each table of cases that it names", () => {
  const tables = [...new Set(proofs.map(({ label }) => label))].filter((label) => /^token\/_.+-cases\.ts$/.test(label));

  test.each(tables)("is run by a test: %s", (label) => {
    const name = label.replace(/^token\//, "./").replace(/\.ts$/, ".js");
    expect(readText(`${tests}token/token-cases.test.ts`)).toContain(name);
  });
});
