// Organizations: on whose behalf the subject logged in (Auth0's `org_id`).
import { AuthError } from "../errors.js";
import type { Grants, OrganizationRequirement } from "./requirement.js";
import { requireCount, requireRequirement } from "./validate.js";

/** The token must be for one of the organizations. Refuses with `organization_mismatch` (403). */
export function organization(...ids: readonly string[]): OrganizationRequirement {
  return requireRequirement({ type: "organization", ids });
}

/**
 * The token must be for any organization. Refuses with `organization_mismatch` (403). A separate
 * function, since `organization(...ids)` with an empty list is a mistake.
 */
export function anyOrganization(...given: readonly []): OrganizationRequirement {
  requireCount("anyOrganization", given, 0);
  return requireRequirement({ type: "organization", ids: "any" });
}

export function checkOrganization({ ids }: OrganizationRequirement, grants: Grants): AuthError | undefined {
  const actual = grants.organizationId;
  // An empty name is not an organization.
  if (actual && (ids === "any" || ids.includes(actual))) return undefined;
  return new AuthError("organization_mismatch", {
    details: { name: "org_id", ...grants.problemOf("organization"), expected: ids, actual },
  });
}
