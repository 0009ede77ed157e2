// The generated pages of the site: every code of every catalogue has one, with what a reader needs.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { faultCatalogue } from "../../../../packages/dev/src/faults/catalogue.js";
import { createPages } from "../../../../scripts/lib/site/generate.mjs";
import { rules } from "../../../../scripts/lib/site/rules.mjs";
import { doctorCatalogue } from "../../src/cli/doctor/catalogue/catalogue.js";
import { advice } from "../../src/explain/advice.js";
import { catalogue, type Reason } from "../../src/index.js";

const library = fileURLToPath(new URL("../../", import.meta.url));
const manifest: { exports: Record<string, unknown> } = JSON.parse(readFileSync(`${library}package.json`, "utf8"));
let pages: ReadonlyMap<string, string>;

beforeAll(async () => {
  pages = await createPages();
});

/** The text under a heading. */
function part(page: string, title: string): string {
  const [, text = ""] = (pages.get(page) ?? "").split(`\n## ${title}\n`);
  return text.split("\n## ")[0]?.trim() ?? "";
}

/** As the page writes it: a placeholder is filled, and nothing is HTML. */
function plain(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("<your audience>", "{audience}");
}

const reasons = Object.keys(catalogue) as Reason[];

describe("The page of a reason", () => {
  test.each(reasons)("%s has status, cause, fix, answer and rule", (reason) => {
    const page = `reasons/${reason}`;
    expect(pages.get(page)).toContain(`**${catalogue[reason].status}**`);
    expect(plain(part(page, "Cause"))).toBe(advice[reason].cause);
    expect(plain(part(page, "Fix"))).toContain(advice[reason].fix);
    expect(part(page, "What the client receives")).toContain(`HTTP/1.1 ${catalogue[reason].status}`);
    expect(part(page, "What the client receives")).toContain(`"reason": "${reason}"`);
    expect(part(page, "The rule")).toMatch(/\[(RFC|CWE|CVE)/);
  });

  test("is in the list of all", () => {
    for (const reason of reasons) expect(pages.get("reasons/index")).toContain(`(/reasons/${reason})`);
  });
});

describe("A rule", () => {
  const source = readdirSync(`${library}src`, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(`${library}src/${file}`, "utf8").replaceAll(/\n\s*(?:\*|\/\/) ?/g, " "))
    .join("\n");

  test.each([...new Set(Object.values(rules).flat())])("%s is cited where the library enforces it", (citation) => {
    const [, rfc, section] = /^RFC (\d+) §(.+)$/.exec(citation) ?? [];
    // `RFC 6750 §2.1, §3.1` cites both.
    const pattern =
      rfc === undefined ? citation : `RFC ${rfc}(?: §[\\d.]+,)* §${section?.replaceAll(".", "\\.")}(?![\\d.]*\\d)`;
    expect(source).toMatch(new RegExp(pattern));
  });
});

test("An address with a placeholder is code, and not a link that leads nowhere", () => {
  const broken = [...pages].flatMap(([page, text]) =>
    [...text.replaceAll(/```[\s\S]*?```|`[^`]*`/g, "").matchAll(/https?:\/\/\S*&lt;/g)].map(
      ([url]) => `${page}: ${url}`,
    ),
  );
  expect(broken).toEqual([]);
  expect(pages.get("reasons/audience_mismatch")).toContain("`https://securetoken.google.com/<project id>`");
});

describe("The page of a finding of doctor", () => {
  test.each(Object.entries(doctorCatalogue))("%s has severity, words and fix", (code, { severity, message, fix }) => {
    const page = `doctor/${code}`;
    const words = (text: string) => text.replace(/\{(\w+)\}/g, "‹$1›");
    expect(pages.get(page)).toContain(`**${severity}**`);
    expect(plain(part(page, "What it says"))).toBe(words(message));
    expect(plain(part(page, "Fix"))).toBe(words(fix));
    expect(pages.get("doctor/index")).toContain(`(/doctor/${code})`);
  });
});

describe("The page of a fault", () => {
  test.each(Object.entries(faultCatalogue))(
    "%s has what it does, the answer and its fix",
    (name, { description, reason, answer }) => {
      const page = `faults/${name}`;
      expect(plain(pages.get(page) ?? "")).toContain(description);
      expect(pages.get("faults/index")).toContain(`(/faults/${name})`);
      if (answer !== undefined) return expect(plain(part(page, "What the API answers"))).toContain(answer);
      if (reason === null) return expect(part(page, "What the API answers")).toContain("only clients");
      expect(part(page, "What the API answers")).toContain(`(/reasons/${reason})`);
      expect(part(page, "What the API answers")).toContain(`**${catalogue[reason as Reason].status}**`);
      expect(plain(part(page, "Fix"))).toContain(advice[reason as Reason].fix);
      expect(part(page, "The rule")).not.toBe("");
    },
  );
});

describe("The page of metrics and log fields", () => {
  const status = readFileSync(fileURLToPath(new URL("../../../../docs/operations.md", import.meta.url)), "utf8");

  test.each([...new Set(status.match(/(?<=^\| `)gatewarden\.[a-z_.]+/gm))])("%s has an anchor", (metric) => {
    expect(pages.get("metrics")).toContain(`### \`${metric}\` {#${metric.replaceAll(".", "-")}}`);
  });

  test.each([...new Set(status.match(/(?<=^\| `)[a-z][A-Za-z]+(?=` +\| (always|refused|a |temporary|status|in ))/gm))])(
    "%s has an anchor among the fields",
    (field) => {
      expect(pages.get("metrics")).toContain(`### \`${field}\` {#log-${field}}`);
    },
  );
});

describe("The reference", () => {
  test.each(Object.keys(manifest.exports).filter((path) => path !== "./package.json"))("has a page for %s", (path) => {
    const name = path === "." ? "core" : path.slice("./".length).replaceAll(/[/.]/g, "-");
    expect(pages.get(`reference/${name}`)).toMatch(/\n### .+\{#\w+\}\n/);
    expect(pages.get("reference/index")).toContain(`(/reference/${name})`);
  });

  test("has the docstring and the declaration of a name, as it is exported", () => {
    const page = pages.get("reference/core") ?? "";
    expect(page).toContain("### `createGuard` {#createGuard}");
    expect(page).toContain("function checkRequirement<");
    expect(page).not.toContain("requireRequirement");
    expect(page).not.toContain("/**");
  });
});

describe("A drawing", () => {
  const folder = fileURLToPath(new URL("../../../../docs/images/", import.meta.url));

  test.each(readdirSync(folder))("%s can be heard, and has its colours in classes, for light and dark", (file) => {
    const svg = readFileSync(folder + file, "utf8");
    expect(svg).toMatch(/role="img" aria-labelledby="[\w-]+-title [\w-]+-desc"/);
    expect(svg).toMatch(/<title id="[\w-]+-title">\S/);
    expect(svg).toMatch(/<desc id="[\w-]+-desc">\S/);
    expect(svg).toContain("prefers-color-scheme: dark");
    expect(svg.replace(/<style>[\s\S]*<\/style>/, "")).not.toMatch(/#[0-9a-f]{3,6}"|href=/);
    expect(new Set(svg.match(/(?<=[ "])id="[^"]+"/g)).size).toBe(svg.match(/(?<=[ "])id="[^"]+"/g)?.length);
  });
});
