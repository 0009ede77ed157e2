// What a software bill of materials (CycloneDX) says of a package: which others come with it at run
// time.

/** @typedef {{ readonly components?: readonly { readonly group?: string, readonly name: string, readonly version: string }[] }} Bom */

/**
 * The packages that are installed along with a package, such as `jose@6.2.18`.
 * @param {Bom} bom
 * @param {string} name
 * @returns {readonly string[]}
 */
export function listDependencies(bom, name) {
  const whole = (bom.components ?? []).map(({ group, name: own, version }) => [
    group ? `${group}/${own}` : own,
    version,
  ]);
  return whole.filter(([own]) => own !== name).map((parts) => parts.join("@"));
}
