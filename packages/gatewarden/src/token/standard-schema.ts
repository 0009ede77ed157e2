// The part of the Standard Schema interface (standardschema.dev, version 1) through which claims
// schemas are called. Declared here, so that zod, valibot, arktype and others work without a
// dependency on any of them.

import { AuthError } from "../errors.js";
import { type Awaitable, chain } from "../platform/awaitable.js";
import { copyJson, type JsonObject } from "./json.js";

/** A schema of any library that implements Standard Schema. */
export interface StandardSchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Awaitable<StandardResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** The result of a schema. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * The schema's output for the claims. The schema gets a copy: some schemas change their input,
 * while binding and grants must be decided by the signed claims (CWE-471). Throws, or rejects with,
 * `AuthError`: `claims_rejected`.
 */
export function parseClaims<Output>(schema: StandardSchema<Output>, claims: JsonObject): Awaitable<Output> {
  return chain(schema["~standard"].validate(copyJson(claims)), (result) => {
    if (result.issues) {
      const name = result.issues.map(toPath).join(", ");
      throw new AuthError("claims_rejected", { details: { name, problem: "does not satisfy the schema" } });
    }
    // A result with neither a value nor issues comes from a broken schema, and must not be
    // accepted.
    if (!("value" in result)) throw new TypeError("The claims schema answered with neither a value nor issues");
    return result.value;
  });
}

/**
 * Path of a schema issue, such as `plan` or `address.city`. Messages are left out: they may quote
 * values.
 */
function toPath(issue: StandardIssue): string {
  const steps = issue.path ?? [];
  return steps.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
}
