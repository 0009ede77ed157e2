// The whole table of tokens against one guard that trusts one issuer with an RSA, a P-256 and an Ed25519 key.
import { describe, expect, test } from "vitest";
import { guardWith, verdict } from "../support/keys.js";
import { claimsCases } from "./_claims-cases.js";
import { formCases } from "./_form-cases.js";
import { headerCases } from "./_header-cases.js";
import { signatureCases } from "./_signature-cases.js";
import { named } from "./_token-case.js";

const guard = guardWith();

describe.each([
  ["headers", headerCases],
  ["forms", formCases],
  ["claims", claimsCases],
  ["signatures", signatureCases],
] as const)("A guard meets hostile and good %s", (_kind, cases) => {
  test.each(named(cases))("%s", async (_name, { token, expected }) => {
    expect(await verdict(guard, token)).toBe(expected);
  });
});
