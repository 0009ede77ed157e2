import { expect, test } from "vitest";
import { createGuard } from "../../src/index.js";
import { githubActions } from "../../src/providers/providers.js";
import { createTestIssuer } from "../../src/testing/test-issuer.js";
import { verdict } from "../support/keys.js";
import { githubActionsCase } from "./_cases/github-actions.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(githubActionsCase);

const mine = { repository_owner: "acme", repository_owner_id: "9", repository: "acme/orders", repository_id: "74" };

test.each([
  ["owner", "acme", "repository_owner"],
  ["ownerId", "9", "repository_owner_id"],
  ["repository", "acme/orders", "repository"],
  ["repositoryId", "74", "repository_id"],
])("%s alone decides by its own claim, letter for letter", async (name, value, claim) => {
  const issuer = createTestIssuer();
  const terms = githubActions({ audience: issuer.audience, [name]: ["other", value] });
  const guard = createGuard({ env: {}, issuer: { ...terms, ...issuer.terms }, now: issuer.clock.now });
  expect(await verdict(guard, issuer.token({ claims: mine }))).toBe("accepted");
  for (const changed of [`${value}/x`, `x${value}`, "", Number(value), null, [value], undefined]) {
    expect(await verdict(guard, issuer.token({ claims: { ...mine, [claim]: changed } }))).toBe("claims_rejected");
  }
});
