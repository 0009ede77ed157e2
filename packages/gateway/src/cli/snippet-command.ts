// `gatewarden gateway snippet nginx`: the lines of a proxy's configuration that depend on the names
// of identity headers. Whole configurations are in the folder `deploy`.
import { loadConfig } from "../config.js";
import { type IdentityNames, listProtectedHeaders, requireIdentityNames } from "../identity/names.js";
import type { ProxyName } from "../proxy/kinds.js";
import type { CliIo } from "./io.js";

/** How the command was called. */
export interface SnippetFlags {
  readonly proxy: ProxyName;
  readonly rules: string | undefined;
}

/** Prints the lines. */
export function runSnippet({ proxy, rules }: SnippetFlags, io: CliIo): number {
  const standIn = {
    ISSUER: "https://issuer.example/",
    AUDIENCE: "https://api.example/",
    REDIS_URL: "redis://127.0.0.1:6379",
  };
  const identity =
    rules === undefined
      ? requireIdentityNames(undefined)
      : loadConfig(rules, { env: { ...standIn, ...io.env }, overrides: { proxy } }).policy.identity;
  io.out(`${writers[proxy](listPassed(identity)).join("\n")}\n`);
  return 0;
}

/** Every header that goes to the upstream. */
function listPassed(identity: IdentityNames): readonly string[] {
  const names = listProtectedHeaders(identity);
  return identity.token?.toLowerCase() === "authorization" ? [...names, "authorization"] : names;
}

const toVariable = (name: string) => name.replaceAll("-", "_");
const toPattern = (name: string) => name.replaceAll("-", "[-_]");

const writers: Readonly<Record<ProxyName, (names: readonly string[]) => readonly string[]>> = {
  // `proxy_set_header` replaces what the client sent; an empty value removes it. nginx drops other
  // spellings with underscores unless `underscores_in_headers` is on.
  nginx: (names) => [
    ...names.map((name) => `auth_request_set $gatewarden_${toVariable(name)} $upstream_http_${toVariable(name)};`),
    ...names.map((name) => `proxy_set_header ${name} $gatewarden_${toVariable(name)};`),
  ],
  caddy: (names) => [...names.map((name) => `request_header -${toVariable(name)}`), `copy_headers ${names.join(" ")}`],
  traefik: (names) => ["authResponseHeaders:", ...names.map((name) => `  - ${name}`)],
  haproxy: (names) => names.map((name) => `http-request del-header ^${toPattern(name)}$ -m reg`),
  apache: (names) => names.map((name) => `RequestHeader unset ${name} early`),
  envoy: (names) => ["allowed_upstream_headers:", "  patterns:", ...names.map((name) => `    - exact: ${name}`)],
};
