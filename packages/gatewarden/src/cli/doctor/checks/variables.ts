// One variable's value: mistakes that are visible without contacting a server.
import { isPlaceholder, isQuoted, variableExamples } from "../../../configuration/environment-variables.js";
import { trimBoth } from "../../../platform/trim.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";

/** A variable that Gatewarden reads. */
export interface Variable {
  readonly name: string;
  /** The other name for the same value. */
  readonly other: string;
  readonly what: "issuer" | "audience";
  readonly example: string;
  /** Names that are often set by mistake. */
  readonly mistaken: readonly string[];
}

const issuerNames = [
  "AUTH0_ISSUER_BASE_URL",
  "AUTH0_ISSUER",
  "AUTH0_ISSUER_URL",
  "OIDC_ISSUER",
  "ISSUER",
  "ISSUER_URL",
];
const audienceNames = ["AUTH0_API_AUDIENCE", "API_AUDIENCE", "AUTH0_API_IDENTIFIER", "OIDC_AUDIENCE", "JWT_AUDIENCE"];

/** In order of precedence. */
export const variables: readonly Variable[] = [
  {
    name: "AUTH0_DOMAIN",
    other: "ISSUER_BASE_URL",
    what: "issuer",
    example: variableExamples.AUTH0_DOMAIN,
    mistaken: ["AUTH0_TENANT", "AUTH0_TENANT_DOMAIN"],
  },
  {
    name: "ISSUER_BASE_URL",
    other: "AUTH0_DOMAIN",
    what: "issuer",
    example: variableExamples.ISSUER_BASE_URL,
    mistaken: issuerNames,
  },
  {
    name: "AUTH0_AUDIENCE",
    other: "AUDIENCE",
    what: "audience",
    example: variableExamples.AUTH0_AUDIENCE,
    mistaken: audienceNames,
  },
  {
    name: "AUDIENCE",
    other: "AUTH0_AUDIENCE",
    what: "audience",
    example: variableExamples.AUDIENCE,
    mistaken: [],
  },
];

/** Findings about the value alone. An error if the library would refuse it. */
export function inspectValue({ name, example }: Variable, value: string): readonly DoctorFinding[] {
  const bare = value.trim();
  if (bare === "") return [toDoctorFinding("variable_empty", { name, example })];
  const findings: DoctorFinding[] = [];
  if (value.endsWith("\r")) findings.push(toDoctorFinding("variable_line_end", { name, actual: value }));
  else if (bare !== value) findings.push(toDoctorFinding("variable_blanks", { name, actual: value }));
  if (isQuoted(bare)) {
    const inner = trimBoth(bare, "\"'`");
    findings.push(toDoctorFinding("variable_quoted", { name, actual: bare, bare: inner }));
  } else if (isPlaceholder(bare)) {
    findings.push(toDoctorFinding("variable_placeholder", { name, actual: bare, example }));
  }
  return findings;
}

/**
 * How an issuer is set at the place where it was configured. A domain cannot express every issuer:
 * it always means https, no path, and a trailing slash.
 */
export function toSetting(option: string, issuer: string): string {
  if (option !== "AUTH0_DOMAIN") return `${option}=${issuer}`;
  const domain = /^https:\/\/([^/]+)\/$/.exec(issuer)?.[1];
  return domain === undefined ? `ISSUER_BASE_URL=${issuer} in place of AUTH0_DOMAIN` : `AUTH0_DOMAIN=${domain}`;
}
