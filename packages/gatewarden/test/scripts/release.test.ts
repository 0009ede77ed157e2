// The pure parts of the scripts around a release: lock files, bills of materials, notes, and what
// stands in the way.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findUnlocked } from "../../../../scripts/lib/locks.mjs";
import { published, separate } from "../../../../scripts/lib/paths.mjs";
import { describePack, findObstacles, readUnreleased } from "../../../../scripts/lib/release.mjs";
import { listDependencies } from "../../../../scripts/lib/sbom.mjs";

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");
const integrity = `sha512-${"A".repeat(86)}==`;

describe("A lock file", () => {
  const lock = (entry: object) => ({ packages: { "": { name: "workspace" }, "node_modules/a": entry } });

  test.each([
    ["no digest", { optional: true }, ["node_modules/a has no sha512 integrity"]],
    ["a weak digest", { integrity: "sha1-AAAA" }, ["node_modules/a has no sha512 integrity"]],
    ["a digest that was cut", { integrity: integrity.slice(0, -9) }, ["node_modules/a has no sha512 integrity"]],
    [
      "a registry's name",
      { integrity, resolved: "https://registry.test/a.tgz" },
      ["node_modules/a names where it comes from: https://registry.test/a.tgz"],
    ],
    ["a link to another place", { link: true, resolved: "../evil" }, ["node_modules/a links to ../evil"]],
    [
      "a link to an address",
      { link: true, resolved: "https://evil.test/a.tgz" },
      ["node_modules/a links to https://evil.test/a.tgz"],
    ],
    ["a bundle that nothing holds", { inBundle: true }, ["node_modules/a has no sha512 integrity"]],
  ])("with %s in an entry is found out", (_what, entry, problems) => {
    expect(findUnlocked(lock(entry))).toEqual(problems);
  });

  test.each([
    ["a digest", { integrity }],
    ["a link to a workspace", { link: true, resolved: "packages/a" }],
  ])("with %s is fine", (_what, entry) => {
    expect(findUnlocked(lock(entry))).toEqual([]);
  });

  test("with a package within another's digest is fine", () => {
    const packages = { "node_modules/a": { integrity }, "node_modules/a/node_modules/b": { inBundle: true } };
    expect(findUnlocked({ packages })).toEqual([]);
  });

  test.each([{}, { packages: {} }, { lockfileVersion: 1, dependencies: { a: { version: "1.0.0" } } }])(
    "without packages, such as %j, is found out",
    (lock) => {
      expect(findUnlocked(lock)).toEqual(["lists no packages: lockfileVersion 3 is needed"]);
    },
  );

  test.each(["", ...separate.map((folder) => `${folder}/`)])("%spackage-lock.json is fine", (folder) => {
    expect(findUnlocked(JSON.parse(read(`${folder}package-lock.json`)))).toEqual([]);
  });
});

describe("A bill of materials", () => {
  test("lists what comes along, and not the package itself", () => {
    const own = { name: "gatewarden", version: "1.0.0" };
    expect(listDependencies({ components: [own] }, "gatewarden")).toEqual([]);
    const other = { group: "@a", name: "b", version: "2.0.0" };
    expect(listDependencies({ components: [own, other] }, "gatewarden")).toEqual(["@a/b@2.0.0"]);
    expect(listDependencies({}, "gatewarden")).toEqual([]);
  });
});

describe("Release notes", () => {
  test.each([
    ["# Changelog\n\n## Unreleased\n\n### Added\n\n- a\n\n## 1.0.0\n\n- b\n", "### Added\n\n- a"],
    ["## [Unreleased]\r\n- a\r\n", "- a"],
    ["## Unreleased\n\n## 1.0.0\n- b", ""],
    ["## 1.0.0\n- b", ""],
    ["", ""],
  ])("of %j are %j", (changelog, notes) => {
    expect(readUnreleased(changelog)).toBe(notes);
  });

  test("of the next release are there", () => {
    expect(readUnreleased(read("CHANGELOG.md"))).toMatch(/^### /);
  });
});

describe("A release", () => {
  const ready = {
    packs: [
      { name: "gatewarden", version: "1.2.3" },
      { name: "@gatewarden/dev", version: "1.2.3" },
    ],
    notes: "- a",
    changes: "",
    env: { CI: "true", ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.test", GITHUB_REF: "refs/tags/v1.2.3" },
  };

  test("has nothing in its way where all is as it must be", () => {
    expect(findObstacles(ready)).toEqual([]);
  });

  test.each<[string, Partial<typeof ready>, RegExp]>([
    ["a changed tree", { changes: " M a\n" }, /working tree/],
    ["no notes", { notes: "" }, /no notes/],
    [
      "two versions",
      { packs: [ready.packs[0], { name: "b", version: "1.2.4" }].flatMap((one) => one ?? []) },
      /1\.2\.3, 1\.2\.4/,
    ],
    ["a developer's machine", { env: { ...ready.env, CI: "" } }, /CI=true/],
    ["no identity token", { env: { ...ready.env, ACTIONS_ID_TOKEN_REQUEST_URL: "" } }, /id-token: write/],
    ["a branch", { env: { ...ready.env, GITHUB_REF: "refs/heads/main" } }, /refs\/tags\/v1\.2\.3/],
    ["another tag", { env: { ...ready.env, GITHUB_REF: "refs/tags/v1.2.4" } }, /runs for refs\/tags\/v1\.2\.4/],
  ])("with %s is refused", (_what, change, words) => {
    const obstacles = findObstacles({ ...ready, ...change });
    expect(obstacles).toHaveLength(1);
    expect(obstacles[0]).toMatch(words);
  });

  test("is described folder by folder", () => {
    const files = [
      { path: "LICENSE", size: 1000 },
      { path: "dist/a.js", size: 1500 },
      { path: "dist/b/c.js", size: 500 },
    ];
    const text = describePack({ name: "a", version: "1.0.0", size: 1234, unpackedSize: 3000, files });
    expect(text).toBe("a@1.0.0: 3 files, 1.2 kB packed, 3.0 kB unpacked\n  LICENSE (1, 1.0 kB)\n  dist/ (2, 2.0 kB)");
  });

  test.each(published)("of %s says where its source is, and is published with provenance", (folder) => {
    const {
      repository,
      homepage,
      bugs,
      publishConfig,
      private: isPrivate,
    } = JSON.parse(read(`${folder}/package.json`));
    expect(isPrivate).toBeUndefined();
    expect(repository).toMatchObject({ type: "git", directory: folder });
    expect([homepage, bugs.url].every((url) => URL.canParse(url))).toBe(true);
    expect(publishConfig).toEqual({ access: "public", provenance: true });
    expect(existsSync(new URL(`../../../../${folder}/LICENSE`, import.meta.url))).toBe(true);
  });
});
