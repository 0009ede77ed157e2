// The part of the Standard Schema interface (standardschema.dev, version 1) that claims schemas are called through.
// Declared here, so that zod, valibot, arktype and others work without a dependency on any of them.

import { AuthError } from "../errors.js";
import { type Awaitable, chain } from "../platform/awaitable.js";
import { copyJson, type JsonObject } from "./json.js";

/** Any schema of a library that speaks Standard Schema. */
export interface StandardSchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Awaitable<StandardResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** What a schema answers. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * What the schema makes of the claims. It gets a copy: some schemas change their input, and what is decided by claims (binding, grants)
 * must be decided by those that were signed (CWE-471). Throws, or rejects with, `AuthError`: `claims_rejected`.
 */
export function parseClaims<Output>(schema: StandardSchema<Output>, claims: JsonObject): Awaitable<Output> {
  return chain(schema["~standard"].validate(copyJson(claims)), (result) => {
    if (result.issues) {
      const name = result.issues.map(toPath).join(", ");
      throw new AuthError("claims_rejected", { details: { name, problem: "does not satisfy the schema" } });
    }
    // An answer that is neither yes nor no comes from a broken schema, and lets nobody in.
    if (!("value" in result)) throw new TypeError("The claims schema answered with neither a value nor issues");
    return result.value;
  });
}

/** Where a schema found fault, as a path such as `plan` or `address.city`. Messages are left out: they may quote values. */
function toPath(issue: StandardIssue): string {
  const steps = issue.path ?? [];
  return steps.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
}
