// Where the documentation is: pages of the console link to it. None is published yet, so it is the
// address that the environment names, as for the messages of the library.

/**
 * The address in `GATEWARDEN_DOCS`, ending in a slash. Null where the variable is absent, or is not
 * an address of a site: links may lead to http and https alone (CWE-79, `javascript:`).
 */
export function readDocumentation(env: NodeJS.ProcessEnv = process.env): string | null {
  const given = env["GATEWARDEN_DOCS"] ?? "";
  if (!URL.canParse(given)) return null;
  const url = new URL(given);
  const isPlain = !url.username && !url.password && !url.search && !url.hash;
  return /^https?:$/.test(url.protocol) && isPlain ? url.href.replace(/\/?$/, "/") : null;
}
