// The metadata: whether they name the configured issuer, letter for letter, and an address of keys that may be used.
import type { IssuerSpellings } from "../../../configuration/environment.js";
import { findDifference } from "../../../explain/difference.js";
import { isSafeUrl } from "../../../issuer/url.js";
import { member } from "../../../token/json.js";
import { type DoctorFinding, toFinding } from "../catalogue/catalogue.js";
import { type Check, defineCheck, type FoundMetadata } from "../check.js";
import { toSetting } from "./variables.js";

export const issuerCheck: Check = defineCheck({
  title: "issuer match",
  needs: ["issuers", "document"],
  run: (_context, { issuers, document, issuerOption = "the issuer" }) => {
    const { metadata } = document;
    if (metadata === undefined) return { findings: explain(document, issuers, issuerOption) };
    const [own, keys] = [new URL(metadata.issuer).origin, new URL(metadata.jwksUri).origin];
    const elsewhere = own === keys ? [] : [toFinding("jwks_other_origin", { actual: metadata.jwksUri, expected: own })];
    return { findings: elsewhere, facts: { metadata }, note: metadata.issuer };
  },
});

/** The library refused the document; which of its rules it was can be seen in it. */
function explain(
  { content, url, problem }: FoundMetadata,
  issuers: IssuerSpellings,
  option: string,
): readonly DoctorFinding[] {
  const [expected] = issuers;
  const findings: DoctorFinding[] = [];
  const actual = member(content, "issuer");
  if (typeof actual !== "string") findings.push(toFinding("issuer_absent", { url, option }));
  else if (/\{\w+\}/.test(actual)) findings.push(toFinding("issuer_every_tenant", { expected }));
  else if (!issuers.includes(actual)) {
    const values = { difference: describe(expected, actual), setting: toSetting(option, actual) };
    findings.push(toFinding("issuer_mismatch", { actual, expected, ...values }, { expected, actual }));
  }
  const jwksUri = member(content, "jwks_uri");
  if (typeof jwksUri !== "string") findings.push(toFinding("jwks_uri_absent", { url }));
  else if (!isSafeUrl(jwksUri)) findings.push(toFinding("jwks_uri_insecure", { actual: jwksUri }));
  return findings.length > 0 ? findings : [toFinding("metadata_refused", { problem, option })];
}

/** A clause. */
function describe(expected: string, actual: string): string {
  const near = findDifference(expected, actual);
  return near ? `only ${near.what} differs` : "they have little in common";
}
