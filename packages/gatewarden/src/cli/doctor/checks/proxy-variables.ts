// HTTPS_PROXY, HTTP_PROXY, NO_PROXY: their effect for one URL, and whether this Node.js uses them.
import type { DoctorFacts } from "../define-check.js";

/** The proxy that variables name for a URL. */
export interface NamedProxy {
  /** The name of the variable. */
  readonly name: string;
  /** Undefined if the value is not a URL. Never shown whole: it may contain a password. */
  readonly url: URL | undefined;
}

type Env = DoctorFacts["env"];

/**
 * The proxy for a URL. Undefined if none is named, or NO_PROXY excludes it. Names in lower case
 * win.
 */
export function findProxy(env: Env, target: URL): NamedProxy | undefined {
  const names = target.protocol === "https:" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"];
  const name = names.find((one) => (env[one] ?? "") !== "");
  if (name === undefined || isExempt(env["no_proxy"] ?? env["NO_PROXY"] ?? "", target)) return undefined;
  const text = env[name] ?? "";
  return { name, url: URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? new URL(text) : undefined };
}

/**
 * A list of hosts: `.acme.com` and `*.acme.com` match subdomains, `host:port` one port, `*`
 * everything.
 */
function isExempt(list: string, { hostname, port, protocol }: URL): boolean {
  const actualPort = port || (protocol === "https:" ? "443" : "80");
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      const [, host = "", wanted] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (wanted !== undefined && wanted !== actualPort) return false;
      if (host === "*") return true;
      return /^\*?\./.test(host) ? hostname.endsWith(host.replace(/^\*/, "")) : hostname === host;
    });
}

/** Whether `fetch` is configured to use the variables. */
export function isSwitchedOn(env: Env): boolean {
  return env["NODE_USE_ENV_PROXY"] === "1" || /(^|\s)--use-env-proxy(\s|$)/.test(env["NODE_OPTIONS"] ?? "");
}

/** Whether this Node.js supports NODE_USE_ENV_PROXY: since 24.0, and 22.21. */
export function knowsSwitch(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  return major >= 24 || (major === 22 && minor >= 21);
}
