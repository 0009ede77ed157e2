import { expect, test } from "vitest";
import { createGuard } from "../../src/index.js";
import { gitlabCi } from "../../src/providers/providers.js";
import { createTestIssuer } from "../../src/testing/test-issuer.js";
import { verdict } from "../support/keys.js";
import { gitlabCiCase } from "./_cases/gitlab-ci.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(gitlabCiCase);

const mine = {
  namespace_path: "acme/platform",
  namespace_id: "72",
  project_path: "acme/platform/orders",
  project_id: "20",
};

test.each([
  ["groupId", "72", "namespace_id"],
  ["project", "acme/platform/orders", "project_path"],
  ["projectId", "20", "project_id"],
])("%s alone decides by its own claim, letter for letter", async (name, value, claim) => {
  const issuer = createTestIssuer();
  const terms = gitlabCi({ audience: issuer.audience, [name]: ["other", value] });
  const guard = createGuard({ env: {}, issuer: { ...terms, ...issuer.terms }, now: issuer.clock.now });
  expect(await verdict(guard, issuer.token({ claims: mine }))).toBe("accepted");
  for (const changed of [`${value}/x`, `x${value}`, "", Number(value), null, [value], undefined]) {
    expect(await verdict(guard, issuer.token({ claims: { ...mine, [claim]: changed } }))).toBe("claims_rejected");
  }
});
