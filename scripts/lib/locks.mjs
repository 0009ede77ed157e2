// What a lock file must say of each package: a strong digest, so that what is installed is what was
// reviewed (CWE-494), and no registry host, so that everybody installs from the registry of their
// own choice.

/** @typedef {{ readonly packages?: Readonly<Record<string, LockEntry>> }} Lock */
/** @typedef {{ readonly name?: string, readonly integrity?: string, readonly resolved?: string, readonly link?: boolean, readonly inBundle?: boolean }} LockEntry */

/**
 * A sentence for each entry that is not as it must be. Links lead to workspaces, and what is
 * bundled lies within another package's digest.
 * @param {Lock} lock
 * @returns {readonly string[]}
 */
export function findUnlocked(lock) {
  const packages = Object.entries(lock.packages ?? {}).filter(([path]) => path.includes("node_modules/"));
  if (packages.length === 0) return ["lists no packages: lockfileVersion 3 is needed"];
  return packages.flatMap(([path, { integrity, resolved, link, inBundle }]) => {
    if (link) return isWithin(resolved) ? [] : [`${path} links to ${resolved}`];
    if (inBundle && path.lastIndexOf("node_modules/") > path.indexOf("node_modules/")) return [];
    const problems = /^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? "") ? [] : [`${path} has no sha512 integrity`];
    return resolved === undefined ? problems : [...problems, `${path} names where it comes from: ${resolved}`];
  });
}

/**
 * Whether a link leads to a folder of the workspace.
 * @param {string | undefined} target
 */
function isWithin(target = "") {
  return /^[\w@-][\w@.-]*(\/[\w@-][\w@.-]*)*$/.test(target);
}
