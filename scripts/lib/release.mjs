// A release in words: what would be published, with which notes, and what stands in its way. Pure
// functions: no files, no network.

/**
 * @typedef {object} Pack What `npm pack --dry-run --json` says of a package.
 * @property {string} name
 * @property {string} version
 * @property {number} size In bytes, packed.
 * @property {number} unpackedSize
 * @property {readonly { readonly path: string, readonly size: number }[]} files
 */

/**
 * The notes of the release that comes next: the section `Unreleased` of a changelog, without its
 * heading.
 * @param {string} changelog
 */
export function readUnreleased(changelog) {
  const lines = changelog.split(/\r?\n/);
  const start = lines.findIndex((line) => /^## \[?Unreleased\]?\s*$/i.test(line));
  if (start === -1) return "";
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith("## "));
  return lines
    .slice(start + 1, length === -1 ? undefined : start + 1 + length)
    .join("\n")
    .trim();
}

/**
 * One package, its files folder by folder.
 * @param {Pack} pack
 */
export function describePack({ name, version, size, unpackedSize, files }) {
  /** @type {Map<string, { count: number, size: number }>} */
  const folders = new Map();
  for (const { path, size: bytes } of files) {
    const folder = path.includes("/") ? `${path.slice(0, path.indexOf("/"))}/` : path;
    const known = folders.get(folder) ?? { count: 0, size: 0 };
    folders.set(folder, { count: known.count + 1, size: known.size + bytes });
  }
  const lines = [...folders].map(([folder, { count, size: bytes }]) => `  ${folder} (${count}, ${toKilobytes(bytes)})`);
  const sum = `${files.length} files, ${toKilobytes(size)} packed, ${toKilobytes(unpackedSize)} unpacked`;
  return [`${name}@${version}: ${sum}`, ...lines].join("\n");
}

/**
 * @typedef {object} Situation
 * @property {readonly Pick<Pack, "name" | "version">[]} packs
 * @property {string} notes
 * @property {string} changes What `git status --porcelain` prints.
 * @property {Readonly<Record<string, string | undefined>>} env
 */

/**
 * Why nothing can be published; empty when it can. Provenance needs the identity token of a
 * workflow (SLSA, npm publish --provenance), and a tag says which commit a version is.
 * @param {Situation} situation
 * @returns {readonly string[]}
 */
export function findObstacles({ packs, notes, changes, env }) {
  const versions = [...new Set(packs.map(({ version }) => version))];
  const tag = `refs/tags/v${versions[0]}`;
  /** @type {readonly (readonly [boolean, string])[]} */
  const obstacles = [
    [changes.trim() !== "", "The working tree has changes: commit them first."],
    [versions.length !== 1, `The packages have different versions: ${versions.join(", ")}.`],
    [notes === "", "CHANGELOG.md has no notes under Unreleased."],
    [env["CI"] !== "true", "Releases are made by continuous integration (CI=true), by pushing a tag."],
    [
      !env["ACTIONS_ID_TOKEN_REQUEST_URL"],
      "There is no identity token for provenance: the job needs `id-token: write`.",
    ],
    [env["GITHUB_REF"] !== tag, `The workflow must run for ${tag}, and runs for ${env["GITHUB_REF"] || "no ref"}.`],
  ];
  return obstacles.filter(([stands]) => stands).map(([, words]) => words);
}

/** @param {number} bytes */
function toKilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
