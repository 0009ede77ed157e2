// The configurations of Apache and HAProxy.
import { existsSync } from "node:fs";

/** @typedef {import("./nginx.mjs").Placed} Placed */

const apacheFolder = process.env["APACHE_MODULES"] ?? "/usr/lib/apache2/modules";
const apacheModules = ["mpm_event", "authn_core", "authz_core", "authz_user", "proxy", "proxy_http"];

/** @param {readonly string[]} names Such as `oauth2`. */
export function listMissingApacheModules(names) {
  return names.map((name) => `mod_${name}.so`).filter((name) => !existsSync(`${apacheFolder}/${name}`));
}

/**
 * One process with a thread per connection.
 * @param {Placed} placed
 * @param {{ readonly modules?: readonly string[], readonly server?: string, readonly location?: string }} [parts]
 */
export function toApache({ port, application }, { modules = [], server = "", location = "Require all granted" } = {}) {
  const loaded = [...apacheModules, ...modules].map(
    (name) => `LoadModule ${name}_module ${apacheFolder}/mod_${name}.so`,
  );
  return `ServerRoot .
ServerName localhost
PidFile apache.pid
DefaultRuntimeDir .
Mutex file:. default
ErrorLog error.log
LogLevel crit
StartServers 1
ServerLimit 1
ThreadLimit 256
ThreadsPerChild 256
MaxRequestWorkers 256
MinSpareThreads 1
MaxSpareThreads 256
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 60
Listen 127.0.0.1:${port}
${loaded.join("\n")}
${server}
ProxyPass "/" "http://127.0.0.1:${application}/" enablereuse=On
<Location "/">
  ${location}
</Location>
`;
}

/** @param {Placed} placed */
export function toModOauth2(placed) {
  const { jwk, issuer, audience } = placed.setting;
  const key = JSON.stringify(jwk).replaceAll('"', '\\"');
  return toApache(placed, {
    modules: ["oauth2"],
    location: `AuthType oauth2
  OAuth2TokenVerify jwk "${key}" verify.exp=required
  <RequireAll>
    Require oauth2_claim iss:${issuer}
    Require oauth2_claim aud:${audience}
  </RequireAll>`,
  });
}

/** The key is in the file `public.pem`. @param {Placed} placed */
export function toModAuthOpenidc(placed) {
  const { jwk, issuer, audience } = placed.setting;
  return toApache(placed, {
    modules: ["auth_openidc"],
    server: `OIDCOAuthVerifyCertFiles ${jwk["kid"]}#public.pem`,
    location: `AuthType oauth20
  <RequireAll>
    Require claim iss:${issuer}
    Require claim aud:${audience}
  </RequireAll>`,
  });
}

/** @param {Placed} placed @param {{ readonly isChecking: boolean }} options */
export function toHaproxy({ port, application, setting: { issuer, audience } }, { isChecking }) {
  const check = `
  http-request set-var(txn.token) http_auth_bearer
  http-request set-var(txn.alg) var(txn.token),jwt_header_query('$.alg')
  http-request deny deny_status 401 unless { var(txn.alg) -m str RS256 }
  http-request deny deny_status 401 unless { var(txn.token),jwt_verify(txn.alg,"public.pem") -m int 1 }
  http-request deny deny_status 401 unless { var(txn.token),jwt_payload_query('$.iss') -m str ${issuer} }
  http-request deny deny_status 401 unless { var(txn.token),jwt_payload_query('$.aud[0]') -m str ${audience} }
  http-request set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 unless { var(txn.exp),sub(txn.now) -m int gt 0 }`;
  return `global
  nbthread 1
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
frontend clients
  bind 127.0.0.1:${port}${isChecking ? check : ""}
  default_backend application
backend application
  server application 127.0.0.1:${application}
`;
}
