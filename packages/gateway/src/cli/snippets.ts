// The lines of each proxy's configuration that depend on the names of identity headers. A client's
// own header of such a name is removed in every spelling that CGI, WSGI or PHP read as that name.
import type { ProxyName } from "../proxy/kinds.js";

/** The headers that go to the upstream, in lower case. */
export interface PassedHeaders {
  /** No client may send these. */
  readonly own: readonly string[];
  /** Whether the internal token takes the place of the client's in `Authorization`. */
  readonly replacesAuthorization: boolean;
}

const authorization = "authorization";
const listAll = ({ own, replacesAuthorization }: PassedHeaders) =>
  replacesAuthorization ? [...own, authorization] : own;

const toVariable = (name: string) => name.replaceAll("-", "_");
const toAnySpelling = (name: string) => name.replaceAll("-", "[^a-z0-9]");

/** Every spelling that differs from the name itself, as patterns: a separator each. */
function toOtherSpellings(name: string): readonly string[] {
  const parts = name.split("-");
  return parts.slice(1).map((_, index) => {
    const [before, after] = [parts.slice(0, index + 1), parts.slice(index + 1)];
    return `^${before.join("-")}[^a-z0-9-]${after.join("[^a-z0-9]")}$`;
  });
}

/**
 * Caddy knows `*` at the end only. A spelling differs first at one of the separators, and is
 * matched by what stands before that and one part after it.
 */
function toCaddyPrefixes(name: string): readonly string[] {
  const parts = name.split("-");
  return parts.slice(1).flatMap((part, index) => {
    const before = parts.slice(0, index + 1).join("-");
    return ["_", "."].map((separator) => `${before}${separator}${part}*`);
  });
}

/** In Caddy 2.6 a header that did not come has the name of its placeholder. */
const caddyEmpty = "`^$|^\\{http\\.reverse_proxy\\.`";

/** The lines of each proxy. */
export const snippets: Readonly<Record<ProxyName, (passed: PassedHeaders) => readonly string[]>> = {
  // `proxy_set_header` replaces what the client sent; an empty value removes it. nginx drops other
  // spellings with underscores unless `underscores_in_headers` is on.
  nginx: (passed) => [
    ...listAll(passed).map(
      (name) => `auth_request_set $gatewarden_${toVariable(name)} $upstream_http_${toVariable(name)};`,
    ),
    ...listAll(passed).map((name) => `proxy_set_header ${name} $gatewarden_${toVariable(name)};`),
  ],
  caddy: (passed) => [
    "# before forward_auth",
    ...passed.own.flatMap((name) => [name, ...toCaddyPrefixes(name)]).map((name) => `request_header -${name}`),
    "# in forward_auth",
    `copy_headers ${listAll(passed).join(" ")}`,
    "# after forward_auth",
    ...listAll(passed).flatMap((name) => [
      `@no_${toVariable(name)} header_regexp ${name} ${caddyEmpty}`,
      `request_header @no_${toVariable(name)} -${name}`,
    ]),
  ],
  traefik: (passed) => [`authResponseHeadersRegex: (?i)^(${listAll(passed).map(toAnySpelling).join("|")})$`],
  haproxy: (passed) => [
    "# haproxy.cfg, before lua.gatewarden",
    ...passed.own.map((name) => `http-request del-header ^${toAnySpelling(name)}$ -m reg`),
    "# gatewarden.lua",
    `local identity = { ${listAll(passed)
      .map((name) => `"${name}"`)
      .join(", ")} }`,
  ],
  apache: (passed) => [
    "# before RewriteEngine",
    ...passed.own.flatMap(toOtherSpellings).map((pattern) => `SetEnvIfNoCase "${pattern}" "." gatewarden_spoofed`),
    '# in <Location "/">',
    ...listAll(passed).map((name) => `RequestHeader unset ${name}`),
    ...listAll(passed).map((name) => {
      const variable = toVariable(name).toUpperCase();
      return `RequestHeader set ${name} "%{${variable}}e" env=${variable}`;
    }),
  ],
  envoy: (passed) => [
    "# in header_mutation",
    ...passed.own.map((name) => `- remove: ${name}`),
    "# in authorization_response",
    "allowed_upstream_headers:",
    "  patterns:",
    ...listAll(passed).map((name) => `    - exact: ${name}`),
  ],
  // What goes to the upstream is in the gateway's answer, which replaces and removes by itself.
  "envoy-grpc": (passed) => ["# in header_mutation", ...passed.own.map((name) => `- remove: ${name}`)],
};
