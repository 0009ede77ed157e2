// A server that answers, but not for this issuer. Checks whether it answers for a likely intended
// one, and knows conventions of providers.
import { findProvider } from "../../../explain/providers.js";
import { fetchJson } from "../../../keys/fetch-json.js";
import { trimEnd } from "../../../platform/trim.js";
import { isObject, member } from "../../../token/json.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import type { Context } from "../define-check.js";
import { toSetting } from "./variables.js";

interface Missing {
  readonly issuer: string;
  readonly option: string;
  readonly url: string;
  readonly status: number;
}

export async function explainNotFound(context: Context, missing: Missing): Promise<DoctorFinding> {
  const { issuer, option, url, status } = missing;
  const { host, origin } = new URL(issuer);
  for (const candidate of listNeighbours(issuer)) {
    const found = await readIssuerAt(context, `${candidate}/.well-known/openid-configuration`);
    if (found !== undefined)
      return toDoctorFinding("discovery_elsewhere", {
        issuer,
        url,
        status,
        host,
        found,
        setting: toSetting(option, found),
      });
  }
  if (await isKeycloak(context, origin)) {
    return toDoctorFinding("discovery_keycloak", {
      issuer,
      url,
      status,
      host,
      setting: toSetting(option, `${origin}/realms/<realm>`),
    });
  }
  return toDoctorFinding("discovery_not_found", { issuer, url, status, host, hint: hintFor(issuer) });
}

/** Issuers on the same host that differ by a common mistake. */
function listNeighbours(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = trimEnd(pathname, "/");
  const paths = [
    // Keycloak until version 16 used /auth for everything.
    path.startsWith("/realms/") ? `/auth${path}` : "",
    path.startsWith("/auth/realms/") ? path.slice("/auth".length) : "",
    path === "" ? "/oauth2/default" : "",
    path === "" ? "" : `${path}/v2.0`,
    path.replace(/\/\.well-known\/.*$/, ""),
  ];
  const others = paths.filter((one) => one !== "" && one !== path);
  // The root comes last, since it is the least similar to the configured issuer.
  return [...others, ...(path === "" ? [] : [""])].map((one) => `${origin}${one}`);
}

async function readIssuerAt({ options, fetch }: Context, url: string): Promise<string | undefined> {
  try {
    const { document } = await fetchJson(url, { fetch, timeout: Math.min(options.timeout, 2) });
    const issuer = isObject(document) ? member(document, "issuer") : undefined;
    return typeof issuer === "string" && URL.canParse(issuer) ? issuer : undefined;
  } catch {
    return undefined;
  }
}

/** Every Keycloak has the realm `master`, whose public description names it. */
async function isKeycloak({ options, fetch }: Context, origin: string): Promise<boolean> {
  try {
    const { document } = await fetchJson(`${origin}/realms/master`, { fetch, timeout: Math.min(options.timeout, 2) });
    return isObject(document) && member(document, "realm") === "master";
  } catch {
    return false;
  }
}

function hintFor(issuer: string): string {
  return (
    findProvider(issuer)?.discoveryHint ??
    "The issuer is the text in front of /.well-known/openid-configuration in the provider's settings (Keycloak: …/realms/<realm>)."
  );
}
