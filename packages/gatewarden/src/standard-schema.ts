// The part of the Standard Schema interface (standardschema.dev, version 1) that claims schemas are called through.
// Declared here, so that zod, valibot, arktype and others work without a dependency on any of them.
import type { Awaitable } from "./awaitable.js";

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

/** Where a schema found fault, as a path such as `plan` or `address.city`. Messages are left out: they may quote values. */
export function toPath(issue: StandardIssue): string {
  const steps = issue.path ?? [];
  return steps.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
}
