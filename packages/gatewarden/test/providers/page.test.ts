// The page of the documentation says what the cases show.
import { expect, test } from "vitest";
import * as providers from "../../src/providers/providers.js";
import { allProviders } from "../../src/providers/words/all.js";
import { allCases } from "./_cases/all.js";
import type { ProviderCase } from "./_provider-cases.js";

test("has a case, and words, for every preset", () => {
  const others = ["createClusterFetch", "tokenHeaders"];
  const presets = Object.keys(providers)
    .filter((name) => !others.includes(name))
    .sort();
  expect(allCases.map(([{ preset }]) => preset).sort()).toEqual(presets);
  expect(allProviders.flatMap(({ preset }) => preset ?? []).sort()).toEqual(presets);
});

test.each(allProviders)("$name names the pages that were looked up", ({ documentation }) => {
  expect(documentation.length).toBeGreaterThan(0);
  expect(documentation.filter((page) => !/^https:\/\/[^\s]+$/.test(page))).toEqual([]);
});

const intro = `# Providers

This page answers: what do I write for my provider, what does the guard then accept and refuse, and
what must be set there?

A preset of \`gatewarden/providers\` returns plain options of an issuer, so they can be changed:
\`{ ...keycloak({ … }), clockTolerance: 30 }\`. A missing or wrong argument is a \`ConfigError\` that
names it. Presets weaken no check: ID tokens are accepted only where the provider documents them as
what an API is sent. Another provider needs no preset: see [Options](options.md).

The page is made from the tests: each cell of the table is a token in the provider's documented
shape, or a part of what \`explain\` says of it. In every case a token that another key signed is
refused (\`signature_invalid\`), as is an expired one.
`;

/** Lines of at most 100 columns; those after the first are indented. */
function wrap(text: string, first = "", rest = ""): string {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(" ")) {
    const isEmpty = line === first || line === rest;
    if (!isEmpty && line.length + 1 + word.length > 100) {
      lines.push(line);
      line = rest;
    }
    line += line === first || line === rest ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}

const list = (items: readonly string[]) => items.map((item) => wrap(item, "- ", "  ")).join("\n");
const cell = (items: readonly string[]) => [...new Set(items)].join("; ").replaceAll("|", "\\|");

function toRow(cases: readonly ProviderCase[]): string {
  const [{ words, page } = cases[0] as ProviderCase] = cases;
  const accepts = cases.flatMap(({ accepted }) => accepted.map(({ what }) => what));
  const refuses = cases.flatMap(({ refused }) => refused.map(({ what, reason }) => `${what} (\`${reason}\`)`));
  const explains = cases.flatMap(({ explained }) =>
    explained.map(({ reason, fix }) => `${reason}: \`${fix.replaceAll("`", "")}\``),
  );
  const link = `[${words.name}](#${toAnchor(words.name)})`;
  return `| ${[link, cell(accepts), cell(refuses), page.grants, cell(explains)].join(" | ")} |`;
}

const toAnchor = (title: string) =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z\d -]/g, "")
    .replaceAll(" ", "-");

function toSection([{ preset, words, page }]: readonly [ProviderCase, ...ProviderCase[]]): string {
  const guardOptions = [`issuer: ${page.example},`, ...(page.options ?? [])].map((line) => `  ${line}`).join("\n");
  const names = [preset, ...(page.imports ?? [])].sort().join(", ");
  const imports = `import { createGuard } from "gatewarden";\nimport { ${names} } from "gatewarden/providers";`;
  const parts = [
    `## ${words.name}`,
    `\`\`\`ts\n${imports}\n\nexport const guard = createGuard({\n${guardOptions}\n});\n\`\`\``,
    "What to configure:",
    list(page.configure),
    "What to know:",
    list(page.caveats),
    wrap(`Documentation: ${words.documentation.map((url) => `[${toName(url)}](${url})`).join(", ")}.`),
    ...(words.unverified === undefined ? [] : [wrap(`Not verified: ${words.unverified}`)]),
  ];
  return parts.join("\n\n");
}

/** The last part of the address that says something. */
function toName(url: string): string {
  const { hostname, pathname, hash } = new URL(url);
  const name = hash.slice(1) || pathname.split("/").filter(Boolean).at(-1) || hostname;
  return name
    .replace(/\.(html|md)$/, "")
    .replaceAll(/[-_]+/g, " ")
    .trim();
}

test("is what docs/providers.md shows", async () => {
  const text = [
    intro,
    "| provider | accepts | refuses | grants | explain's words |",
    "| --- | --- | --- | --- | --- |",
    ...allCases.map(toRow),
    "",
    allCases.map(toSection).join("\n\n"),
    "",
  ].join("\n");
  await expect(text).toMatchFileSnapshot("../../../../docs/providers.md");
});
