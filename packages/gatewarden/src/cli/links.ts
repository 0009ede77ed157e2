// Findings with the pages that are about them, where the address of the documentation is known.
import { readDocumentation, toDocumentationPath, toReasonLink } from "../explain/documentation.js";
import type { Finding } from "../index.js";

/** A finding with the address of its page. */
export type LinkedFinding = Finding<string> & { readonly see?: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** Those of `explain`, whose codes are reasons. */
export function linkReasons(findings: readonly Finding<string>[], env: Environment): readonly LinkedFinding[] {
  return findings.map((finding) => addLink(finding, toReasonLink(finding.code, env)));
}

/** Those of `doctor`. */
export function linkDoctor(findings: readonly Finding<string>[], env: Environment): readonly LinkedFinding[] {
  const base = readDocumentation(env);
  return findings.map((finding) => {
    const path = toDocumentationPath("doctor", finding.code);
    return addLink(finding, base === undefined || path === undefined ? undefined : base + path);
  });
}

function addLink(finding: Finding<string>, see: string | undefined): LinkedFinding {
  return see === undefined ? finding : { ...finding, see };
}
