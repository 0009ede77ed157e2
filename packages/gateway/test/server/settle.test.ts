// The answer for a known token is kept, unless it is large.
import type { Auth } from "gatewarden";
import { expect, test } from "vitest";
import type { Policy } from "../../src/config.js";
import { requireIdentityNames } from "../../src/identity/names.js";
import type { Answer } from "../../src/server/answer.js";
import { settle } from "../../src/server/settle.js";

const policy = {
  proxy: "nginx",
  identity: requireIdentityNames(undefined),
  guard: { responseHeaders: () => undefined },
} as unknown as Policy;

function answerTo(permissions: readonly string[]): readonly [first: Answer, second: Answer] {
  const auth = { subject: "auth0|alice", scopes: [], permissions, roles: [], issuer: "https://issuer.test/" };
  const ask = () => settle(auth as unknown as Auth<unknown>, { policy, journey: {}, tokens: undefined }) as Answer;
  return [ask(), ask()];
}

test("one answer serves all requests with a token", () => {
  const [first, second] = answerTo(["orders:read", "orders:write"]);
  expect(second).toBe(first);
  expect(first.lines).toContain("orders:read orders:write");
});

test("a large one is made again, so that all answers together stay small (CWE-770)", () => {
  const [first, second] = answerTo(Array.from({ length: 60 }, (_, index) => `permission-number-${index}:read`));
  expect(second).not.toBe(first);
  expect(second).toEqual(first);
});
