// The whole table of tokens against one guard that trusts one issuer with an RSA, a P-256 and an Ed25519 key.
import { describe, expect, it } from "vitest";
import { named } from "../support/cases/case.js";
import { claimsCases } from "../support/cases/claims-cases.js";
import { formCases } from "../support/cases/form-cases.js";
import { headerCases } from "../support/cases/header-cases.js";
import { signatureCases } from "../support/cases/signature-cases.js";
import { guardWith, verdict } from "../support/keys.js";

const guard = guardWith();

describe.each([
  ["headers", headerCases],
  ["forms", formCases],
  ["claims", claimsCases],
  ["signatures", signatureCases],
] as const)("A guard meets hostile and good %s", (_kind, cases) => {
  it.each(named(cases))("%s", async (_name, { token, expected }) => {
    expect(await verdict(guard, token)).toBe(expected);
  });
});
