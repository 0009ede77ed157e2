// Organizations: on whose behalf the subject logged in (Auth0's `org_id`).
import { AuthError } from "../errors.js";
import type { Grants } from "./requirement.js";
import { checkRequirement } from "./validate.js";

/** The token must be for one of the organizations; for any at all when none is named. */
export interface OrganizationRequirement {
  readonly type: "organization";
  readonly ids: readonly string[];
}

/** The token must be for one of the organizations, or for any at all when none is named. Refuses with `organization_mismatch` (403). */
export function organization(...ids: readonly string[]): OrganizationRequirement {
  return checkRequirement({ type: "organization", ids });
}

export function checkOrganization({ ids }: OrganizationRequirement, grants: Grants): AuthError | undefined {
  const actual = grants.organizationId;
  if (actual !== undefined && (ids.length === 0 || ids.includes(actual))) return undefined;
  return new AuthError("organization_mismatch", { details: { name: "org_id", expected: ids, actual } });
}
