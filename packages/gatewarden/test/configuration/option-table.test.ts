// One option, one row: the types, the checks, the defaults and the page of the documentation say the same.
import { expect, expectTypeOf, test } from "vitest";
import type { MisnamedOptions } from "../../src/configuration/foreign-names.js";
import { optionTable } from "../../src/configuration/option-table.js";
import { ConfigError, createGuard, type GuardOptions, type IssuerOptions } from "../../src/index.js";

const rows = Object.entries(optionTable);

/** Compiles only while it names every option. */
const guardOptions: Readonly<Record<Exclude<keyof GuardOptions, keyof MisnamedOptions>, true>> = {
  issuer: true,
  audience: true,
  clientId: true,
  algorithms: true,
  clockTolerance: true,
  maxTokenAge: true,
  keys: true,
  discoveryUrl: true,
  allowedHosts: true,
  insecureHttpHosts: true,
  tokenType: true,
  allowIdTokens: true,
  claims: true,
  claimNames: true,
  claimFormats: true,
  scopeAsList: true,
  fetch: true,
  introspection: true,
  exchange: true,
  revocation: true,
  dpop: true,
  mtls: true,
  trustProxy: true,
  tokenFrom: true,
  cache: true,
  maxTokenSize: true,
  realm: true,
  resource: true,
  explain: true,
  onDecision: true,
  now: true,
  env: true,
};

test("has a row for every option of a guard, and marks those of one issuer", () => {
  const names = rows.filter(([path]) => !path.includes(".")).map(([path]) => path);
  expect(names.sort()).toEqual(Object.keys(guardOptions).sort());
  const perIssuer = rows.filter(([, row]) => row.isPerIssuer).map(([path]) => path);
  expectTypeOf<keyof IssuerOptions>().toExtend<keyof GuardOptions>();
  const issuerOptions: Readonly<Record<Exclude<keyof IssuerOptions, keyof MisnamedOptions>, true>> = {
    ...{
      issuer: true,
      audience: true,
      clientId: true,
      algorithms: true,
      clockTolerance: true,
      maxTokenAge: true,
      keys: true,
      discoveryUrl: true,
    },
    ...{
      allowedHosts: true,
      insecureHttpHosts: true,
      tokenType: true,
      claims: true,
      claimNames: true,
      scopeAsList: true,
    },
    ...{ allowIdTokens: true, claimFormats: true },
  };
  expect(perIssuer.sort()).toEqual(Object.keys(issuerOptions).sort());
});

/** Options that hold the value at the path: `keys.maxAge` → `{ keys: { maxAge } }`. */
function at(path: string, value: unknown): GuardOptions {
  const names = path.split(".");
  const [first = ""] = names;
  const base: Readonly<Record<string, object>> = {
    dpop: { mode: "allowed" },
    mtls: { mode: "allowed" },
    issuer: { resolve: () => undefined },
    introspection: { introspect: async () => ({ active: false }) },
  };
  const nested = names.slice(1).reduceRight((inner, name) => ({ [name]: inner }), value);
  const whole = names.length > 1 ? { ...base[first], ...(nested as object) } : value;
  return { issuer: "https://issuer.test/", audience: "a", env: {}, [first]: whole } as GuardOptions;
}

const numbers = rows.flatMap(([path, { range }]) => (range ? [{ path, least: range[0], most: range[1] }] : []));

test.each(numbers)("takes $path from $least to $most, and nothing beyond", ({ path, least, most }) => {
  for (const value of [least, most]) expect(() => createGuard(at(path, value))).not.toThrow();
  for (const value of [least - 1, most + 1, Number.NaN, "1", null]) {
    expect(() => createGuard(at(path, value))).toThrow(ConfigError);
    expect(() => createGuard(at(path, value))).toThrow(`${path} is `);
  }
});

const kinds = rows.flatMap(([path, { isRight, must }]) => (isRight ? [{ path, must }] : []));

test.each(kinds)("$path $must", ({ path, must }) => {
  expect(() => createGuard(at(path, Symbol("wrong")))).toThrow(`${path} ${must}`);
});

const owners = [
  "createGuard",
  "keys",
  "claimNames",
  "claimFormats",
  "cache",
  "dpop",
  "mtls",
  "trustProxy",
  "resource",
  "introspection",
];

test.each(owners)("%s refuses a misspelt option in the same words as all others", (owner) => {
  const path = owner === "createGuard" ? "misspelt" : `${owner}.misspelt`;
  expect(() => createGuard(at(path, 1))).toThrow(`${path} is not an option of ${owner}; there are `);
});

test("is what docs/options.md shows", async () => {
  const show = (value: string | number | boolean | undefined) => (value === undefined ? "" : `\`${value}\``);
  const lines = rows.map(([path, { must, fallback, environment = [], example }]) => {
    const clause = must.replace(/^must be /, "").replaceAll("|", "\\|");
    return `| \`${path}\` | ${clause} | ${show(fallback)} | ${environment.map(show).join(", ")} | \`${example}\` |`;
  });
  const text = `# Options

This page answers: what can \`createGuard\` be told, and what holds if I say nothing?

The docstrings of the types say more about each. \`issuer.*\` are the members of a
[resolver](many-issuers.md#a-resolver). The end of this page lists what each issuer of a list may
have for itself. A misspelt name, a value of another kind or a number out of its bounds is a
\`ConfigError\` when the guard is made. It names the option, and gives an example.

| option | must be | default | environment | example |
| --- | --- | --- | --- | --- |
${lines.join("\n")}

Each issuer may have its own:

${rows
  .filter(([, row]) => row.isPerIssuer)
  .map(([path]) => `- \`${path}\``)
  .join("\n")}
`;
  await expect(text).toMatchFileSnapshot("../../../../docs/options.md");
});
