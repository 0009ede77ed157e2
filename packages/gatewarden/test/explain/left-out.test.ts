// What stands in for explain in a bundle with the condition `gatewarden-lean`: it leaves out texts, and says so.
// That such a bundle decides as the whole library does is proven in matrix/runtimes.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AuthError, ConfigError, permission } from "../../src/index.js";
import { audience, bearer, guardWith, token } from "../support/keys.js";

vi.mock("#explain", () => import("../../src/explain/left-out.js"));

const warnings: string[] = [];
const note = (warning: Error & { code?: string }) => void warnings.push(`${warning.code}: ${warning.message}`);
beforeEach(() => void process.on("warning", note));
afterEach(() => void process.off("warning", note));

test("explain rejects with what was left out and how to get it: no finding would read as nothing wrong", async () => {
  const explaining = guardWith().explain(token({ aud: "another" }));
  await expect(explaining).rejects.toThrow(ConfigError);
  await expect(explaining).rejects.toThrow(/was left out of this bundle by its condition gatewarden-lean/);
  await expect(explaining).rejects.toMatchObject({ option: "guard.explain" });
});

test('with `explain: "development"` refusals stay generic and right, and one warning says why', async () => {
  const guard = guardWith({ explain: "development" });
  await guard.ready();
  for (const _ of ["first", "second"]) {
    const outcome = await guard.attempt(bearer(token({ aud: "another" })));
    if (!(outcome instanceof AuthError)) throw new Error("It was accepted");
    const { status, headers, body } = guard.refusal(outcome);
    expect([status, body.reason, headers["www-authenticate"]]).toEqual([
      401,
      "audience_mismatch",
      [expect.stringContaining('error="invalid_token"')],
    ]);
    expect(Object.keys(body)).toEqual(["error", "error_description", "reason"]);
  }
  await new Promise(setImmediate);
  expect(warnings).toEqual([expect.stringMatching(/^GATEWARDEN_EXPLAIN: The texts for `explain` were left out/)]);
});

test("who may enter, enters", async () => {
  const auth = await guardWith().check(bearer(token({ aud: audience, permissions: ["a"] })), permission("a"));
  expect(auth.claims).toMatchObject({ aud: audience, permissions: ["a"] });
});
