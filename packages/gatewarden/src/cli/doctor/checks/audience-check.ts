// The audience: no server can confirm it, but common mistakes are visible.

import { findProvider } from "../../../explain/providers.js";
import { isLoopback } from "../../../issuer/url.js";
import { isProduction } from "../../../platform/runtime.js";
import { trimEnd } from "../../../platform/trim.js";
import { allProviders } from "../../../providers/words/all.js";
import { member } from "../../../token/json.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type DoctorCheck, type DoctorFacts, defineCheck } from "../define-check.js";

export const audienceCheck: DoctorCheck = defineCheck({
  title: "audience",
  needs: ["audience"],
  run: (_context, { audience: actual, issuers, document, env }) => {
    const issuer = issuers?.[0];
    const fault = checkOwner(actual, issuer, document) ?? checkForm(actual, issuer) ?? checkExample(actual);
    const findings = [...(fault ? [fault] : []), ...checkEnvironment(actual, issuer, env)];
    if (!fault && actual.endsWith("/") && /^https?:\/\/[^/]/.test(actual)) {
      findings.push(toDoctorFinding("audience_slash", { actual, other: actual.slice(0, -1) }));
    }
    return { findings, note: actual };
  },
});

/**
 * The issuer's own identifiers. With `openid` in the scope, every token is also for its userinfo
 * endpoint.
 */
function checkOwner(actual: string, issuer: string | undefined, document: DoctorFacts["document"] | undefined) {
  const bare = (text: string) => trimEnd(text, "/");
  if (actual === "account") return toDoctorFinding("audience_everybody", { actual });
  if (issuer === undefined) return undefined;
  const userinfo = document && member(document.content, "userinfo_endpoint");
  if (actual === userinfo || bare(actual) === `${bare(issuer)}/userinfo`)
    return toDoctorFinding("audience_userinfo", { actual });
  const own = [bare(issuer), `${bare(issuer)}/api/v2`];
  return own.includes(bare(actual)) ? toDoctorFinding("audience_issuer", { actual }) : undefined;
}

/**
 * The forms of client ids at known providers, and UUIDs, which are names of APIs at Entra and
 * others.
 */
function checkForm(actual: string, issuer: string | undefined): DoctorFinding | undefined {
  if (/[\s,;]/.test(actual.trim())) return toDoctorFinding("audience_list", { actual });
  const provider = allProviders.find(({ name }) => name === findProvider(issuer)?.name);
  // At providers where all tokens have a client id as audience, client ids are right.
  if (provider?.namesClients) return undefined;
  const isClient =
    allProviders.some(({ clientIds }) => clientIds?.test(actual)) ||
    (!provider?.namesApisByUuid && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(actual));
  return isClient ? toDoctorFinding("audience_client_id", { actual }) : undefined;
}

const exampleAudiences =
  /(^|[./])example\.(com|org|net)(\/|$)|quickstarts\/api|^(todo|changeme|change-me|xxx+|test|audience)$/i;

function checkExample(actual: string): DoctorFinding | undefined {
  return exampleAudiences.test(actual) ? toDoctorFinding("audience_example", { actual }) : undefined;
}

const stages: readonly (readonly [name: string, words: RegExp])[] = [
  ["this machine", /^(localhost|127\.0\.0\.1)$/],
  ["development", /^(dev|develop|development)\d*$/],
  ["testing", /^(test|testing|qa|uat|sandbox)\d*$/],
  ["staging", /^(stage|staging|stg|preprod)\d*$/],
  ["production", /^(prod|production|prd)\d*$/],
];

/** The audience of one environment with the issuer, or the NODE_ENV, of another. */
function checkEnvironment(
  actual: string,
  issuer: string | undefined,
  env: DoctorFacts["env"] = {},
): readonly DoctorFinding[] {
  const one = findStage(actual);
  if (one === undefined) return [];
  // An issuer on this machine fits any audience, since it is for development.
  const two = issuer === undefined || isLoopback(new URL(issuer).hostname) ? undefined : findStage(issuer);
  if (two !== undefined && two !== one) {
    return [toDoctorFinding("audience_environment", { actual, one, against: `the issuer ${issuer}`, two })];
  }
  if (!isProduction(env) || one === "production") return [];
  return [toDoctorFinding("audience_environment", { actual, one, against: "NODE_ENV", two: "production" })];
}

function findStage(text: string): string | undefined {
  const host = URL.canParse(text) && new URL(text).host !== "" ? new URL(text).hostname : text;
  const words = [host, ...host.split(/[^A-Za-z0-9]+/)].map((word) => word.toLowerCase());
  return stages.find(([, pattern]) => words.some((word) => pattern.test(word)))?.[0];
}
