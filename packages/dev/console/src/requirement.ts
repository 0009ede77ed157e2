// A requirement, and which parts of it a token meets.
import type { Finding } from "./client.js";
import type { KnownApi } from "./known-api.js";

/** One that can be chosen: a route of an API's document. */
export interface KnownRequirement {
  readonly value: string;
  readonly label: string;
  readonly needs: readonly string[];
}

export interface Check {
  readonly name: string;
  /** Undefined: the token cannot be read, so it cannot be determined. */
  readonly isMet: boolean | undefined;
}

/** Each protected route of the documents. */
export function listRequirements(apis: readonly KnownApi[]): readonly KnownRequirement[] {
  return apis.flatMap(({ document, url }) =>
    (document?.routes ?? []).flatMap(({ method, needs, path }) => {
      if (needs === undefined) return [];
      const label = `${method} ${path}: ${needs.join(", ") || "any valid token"}`;
      return [{ value: `${method} ${url}${path}`, label, needs }];
    }),
  );
}

/** The library decides; its finding says what the token has instead. */
export function checkNeeds(
  needs: readonly string[],
  findings: readonly Finding[],
  isReadable: boolean,
): readonly Check[] {
  const missing = findings.find(({ code }) => code === "permission_missing");
  const held = Array.isArray(missing?.actual) ? (missing.actual as readonly unknown[]) : [];
  return needs.map((name) => ({
    name,
    isMet: isReadable ? missing === undefined || held.includes(name) : undefined,
  }));
}

/** `read:admin, write:reports`, as people type them. */
export function parseNeeds(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}
