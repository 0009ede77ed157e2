// The files of `deploy/`, read as what they are.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { listProtectedHeaders, requireIdentityNames } from "../../src/identity/names.js";
import { readDeployed } from "./_proxies.js";

/** Root of the repository. */
export const repository: string = fileURLToPath(new URL("../../../../", import.meta.url));

/** The headers of an identity and of the internal token, in lower case. */
export const identityHeaders: readonly string[] = listProtectedHeaders(
  requireIdentityNames({ token: { audience: "a", issuer: "https://issuer.example/" } }),
);

/** What a parser returns: the shapes are other projects' own, and each test looks at what it needs. */
export type Loose = ReturnType<JSON["parse"]>;

/** Every document of a YAML file. Duplicate keys and bad syntax fail. */
export function readYaml(path: string): Loose[] {
  return parseAllDocuments(readDeployed(path), { uniqueKeys: true }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
}

/** Whether a path exists that a file of `deploy/` names relative to itself. */
export function existsBeside(file: string, path: string): boolean {
  return existsSync(join(repository, "deploy", dirname(file), path));
}
