// The options `allowedHosts` and `insecureHttpHosts`. Hosts are compared as text, so each must be
// written as `URL` writes it. Patterns would accept unintended hosts (CWE-183).
import { ConfigError } from "../errors.js";
import { isLoopback } from "../issuer/url.js";
import { warn } from "../platform/runtime.js";

/** The only hosts that may be contacted; undefined for any. Throws `ConfigError`. */
export function requireHosts(hosts: readonly string[] | undefined): readonly string[] | undefined {
  if (hosts === undefined) return undefined;
  const example = 'allowedHosts: ["acme.eu.auth0.com"]';
  if (!Array.isArray(hosts) || hosts.length === 0)
    throw new ConfigError({ option: "allowedHosts", problem: "must be a non-empty list", example });
  return requireEach(hosts, "https", { option: "allowedHosts", example });
}

/** The hosts that may be contacted over http. Throws `ConfigError`. Warns about each. */
export function requireHttpHosts(hosts: readonly string[] | undefined): readonly string[] {
  if (hosts === undefined) return [];
  const where = { option: "insecureHttpHosts", example: 'insecureHttpHosts: ["keycloak:8080"]' };
  if (!Array.isArray(hosts)) throw new ConfigError({ ...where, problem: "is not a list" });
  for (const host of requireEach(hosts, "http", where)) warnOnce(host);
  return hosts;
}

interface Where {
  readonly option: string;
  readonly example: string;
}

function requireEach(hosts: readonly unknown[], scheme: "http" | "https", where: Where): readonly string[] {
  const bad = hosts.findIndex((one) => !isHost(one, scheme));
  if (bad === -1) return hosts as readonly string[];
  const problem = `holds ${JSON.stringify(hosts[bad])}; it must be a host in lower case, with its port unless that is the usual one`;
  throw new ConfigError({ ...where, problem });
}

function isHost(text: unknown, scheme: "http" | "https"): boolean {
  if (typeof text !== "string" || !/^[a-z\d._:[\]-]+$/.test(text)) return false;
  return URL.canParse(`${scheme}://${text}`) && new URL(`${scheme}://${text}`).host === text;
}

const warned = new Set<string>();

/** Once per host and process: looked-up terms are read repeatedly. */
function warnOnce(host: string): void {
  if (warned.has(host) || isLoopback(host.replace(/:\d+$/, ""))) return;
  warned.add(host);
  warn(
    "GATEWARDEN_INSECURE_HTTP",
    `${host} is asked over http (insecureHttpHosts): those who can change that traffic can replace the keys that tokens are verified with`,
  );
}
