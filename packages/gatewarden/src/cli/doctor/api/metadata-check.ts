// If the challenge names metadata of the API, clients fetch it first (RFC 9728 §5): it must exist,
// and be this API's.
import { describeValue } from "../../../explain/describe-value.js";
import { findProvider } from "../../../explain/providers.js";
import { isSafeUrl } from "../../../issuer/url.js";
import { fetchJson } from "../../../keys/fetch-json.js";
import { isObject, type JsonObject, member } from "../../../token/json.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type DoctorCheck, defineCheck } from "../define-check.js";
import { describeNetworkError } from "../network-error.js";
import { within } from "../within.js";
import { readChallenges } from "./challenges.js";
import { toShown } from "./probe.js";
import { mayAsk } from "./reachable.js";

export const metadataCheck = (target: URL): DoctorCheck =>
  defineCheck({
    title: "API: metadata",
    needs: ["refusal"],
    run: async ({ fetch, lookup, options }, { refusal, issuers }) => {
      const url = toShown(target);
      const challenges = readChallenges(refusal.header("www-authenticate")) ?? [];
      const actual = challenges.flatMap(({ parameters }) => parameters.get("resource_metadata") ?? [])[0];
      if (actual === undefined) return { findings: [], note: "none named" };
      if (!isSafeUrl(actual)) return { findings: [toDoctorFinding("api_metadata_address", { url, actual })] };
      const isAsked = await within(options.timeout, mayAsk(new URL(actual), target, lookup));
      if (isAsked === undefined) {
        const problem = "its name could not be looked up in time";
        return { findings: [toDoctorFinding("api_metadata_unreachable", { url, metadata: actual, problem })] };
      }
      if (!isAsked) return { findings: [toDoctorFinding("api_metadata_private", { url, actual })] };
      try {
        const { document } = await fetchJson(actual, { fetch, timeout: options.timeout });
        const metadata = isObject(document) ? document : {};
        const place = { metadata: actual, url, issuers };
        return { findings: [...inspectMetadata(metadata, place), ...findResourceParameter(place)], note: actual };
      } catch (error) {
        const problem = error instanceof Error ? error.message : describeNetworkError(error);
        return { findings: [toDoctorFinding("api_metadata_unreachable", { url, metadata: actual, problem })] };
      }
    },
  });

interface MetadataPlace {
  readonly metadata: string;
  readonly url: string;
  readonly issuers: readonly string[] | undefined;
}

function inspectMetadata(document: JsonObject, { metadata, url, issuers }: MetadataPlace): readonly DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  const resource = member(document, "resource");
  const actual = typeof resource === "string" ? resource : "nothing";
  const expected = new URL(url).origin;
  if (!covers(actual, url)) {
    const comparison = { expected, actual };
    findings.push(toDoctorFinding("api_metadata_resource", { metadata, url, ...comparison }, comparison));
  }
  const servers = member(document, "authorization_servers");
  const named: readonly unknown[] = Array.isArray(servers) ? servers : [];
  const [issuer] = issuers ?? [];
  if (issuer !== undefined && !issuers?.some((one) => named.includes(one))) {
    const others = named.map(describeValue).join(", ") || "nothing";
    findings.push(toDoctorFinding("api_metadata_issuer", { metadata, actual: others, expected: issuer }));
  }
  return findings;
}

/**
 * The setting of the tenant cannot be seen from outside.
 * https://auth0.com/ai/docs/mcp/guides/resource-param-compatibility-profile
 */
function findResourceParameter({ url, issuers: [issuer] = [] }: MetadataPlace): readonly DoctorFinding[] {
  if (issuer === undefined || findProvider(issuer)?.name !== "Auth0") return [];
  return [toDoctorFinding("auth0_resource_parameter", { url, issuer })];
}

/** Whether the URL is the resource, or below it. */
function covers(resource: string, url: string): boolean {
  if (!URL.canParse(resource)) return false;
  const [left, right] = [new URL(resource), new URL(url)];
  const path = left.pathname.replace(/\/$/, "");
  return left.origin === right.origin && (right.pathname === path || right.pathname.startsWith(`${path}/`));
}
