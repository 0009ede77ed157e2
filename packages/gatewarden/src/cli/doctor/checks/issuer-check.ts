// The metadata: whether it names exactly the configured issuer, and a permitted address of keys.
import type { IssuerSpellings } from "../../../configuration/environment-variables.js";
import { findDifference } from "../../../explain/difference.js";
import { isSafeUrl } from "../../../issuer/url.js";
import { member } from "../../../token/json.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type DoctorCheck, defineCheck, type FoundMetadata } from "../define-check.js";
import { toSetting } from "./variables.js";

export const issuerCheck: DoctorCheck = defineCheck({
  title: "issuer match",
  needs: ["issuers", "document"],
  run: (_context, { issuers, document, httpHosts, issuerOption = "the issuer" }) => {
    const { metadata } = document;
    if (metadata === undefined)
      return { findings: explainRefused(document, { issuers, httpHosts, option: issuerOption }) };
    // An issuer's name need not be an address. Then the document's own is what was trusted.
    const place = isSafeUrl(metadata.issuer) ? metadata.issuer : document.url;
    const [own, keys] = [new URL(place).origin, new URL(metadata.jwksUri).origin];
    const elsewhere =
      own === keys ? [] : [toDoctorFinding("jwks_other_origin", { actual: metadata.jwksUri, expected: own })];
    return { findings: elsewhere, facts: { metadata }, note: metadata.issuer };
  },
});

interface Expected {
  readonly issuers: IssuerSpellings;
  readonly httpHosts: readonly string[] | undefined;
  readonly option: string;
}

/** The library refused the document; which of its rules it was can be seen in it. */
function explainRefused(
  { content, url, problem }: FoundMetadata,
  { issuers, httpHosts, option }: Expected,
): readonly DoctorFinding[] {
  const [expected] = issuers;
  const findings: DoctorFinding[] = [];
  const actual = member(content, "issuer");
  if (typeof actual !== "string") findings.push(toDoctorFinding("issuer_absent", { url, option }));
  else if (/\{\w+\}/.test(actual)) findings.push(toDoctorFinding("issuer_every_tenant", { expected }));
  else if (!issuers.includes(actual)) {
    const values = { difference: describeMismatch(expected, actual), setting: toSetting(option, actual) };
    findings.push(toDoctorFinding("issuer_mismatch", { actual, expected, ...values }, { expected, actual }));
  }
  const jwksUri = member(content, "jwks_uri");
  if (typeof jwksUri !== "string") findings.push(toDoctorFinding("jwks_uri_absent", { url }));
  else if (!isSafeUrl(jwksUri, httpHosts)) findings.push(toDoctorFinding("jwks_uri_insecure", { actual: jwksUri }));
  return findings.length > 0 ? findings : [toDoctorFinding("metadata_refused", { problem, option })];
}

/** A clause that describes the difference. */
function describeMismatch(expected: string, actual: string): string {
  const near = findDifference(expected, actual);
  return near ? `only ${near.what} differs` : "they have little in common";
}
