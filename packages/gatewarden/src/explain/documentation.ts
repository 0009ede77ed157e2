// Where the documentation has the page of a code. The only place that knows: the address is that
// of the site which the operator names, since none is published yet. The path is the code itself.
import { readSafely } from "../platform/runtime.js";
import { catalogue } from "../reasons.js";

/** The variable that names the address of the documentation. */
const variable = "GATEWARDEN_DOCS";

/**
 * The address of the documentation, ending in a slash. Undefined where the environment names none,
 * or nothing that can be one.
 */
export function readDocumentation(env: Readonly<Record<string, string | undefined>>): string | undefined {
  // Reading a variable throws where that is not permitted (Deno).
  const given = readSafely(() => env[variable]) ?? "";
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  if (url.username || url.password || url.search || url.hash) return undefined;
  return url.href.replace(/\/?$/, "/");
}

/** The path of the page of a code. Undefined for what cannot be one. */
export function toDocumentationPath(kind: "reasons" | "doctor", code: string): string | undefined {
  return /^[a-z][a-z0-9_]*$/.test(code) ? `${kind}/${code}` : undefined;
}

/** The page of a reason, where the address is known. Undefined for codes that are no reason. */
export function toReasonLink(code: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const base = readDocumentation(env);
  return base !== undefined && Object.hasOwn(catalogue, code) ? `${base}reasons/${code}` : undefined;
}
