// Headers by which a client pretends to be another one, or to have asked for something else.
import { type AttackCase, alice, bob, get, toRequest } from "./_case.js";

/** Without a token: a header alone must not open a protected path. */
function toOpening(name: string, source: string, header: string): AttackCase {
  return {
    name: `headers: ${name}`,
    source,
    attack: get("/private/data", header),
    outcome: "refused",
    valid: get("/private/data", alice),
  };
}

const uri = "GHSA-7x63-xv5r-3p2x (CVE-2026-40575)";
const agent = "GHSA-5hvv-m4w4-gf6v (CVE-2026-34457)";
const override = "CVE-2018-14773";

const openings = [
  toOpening("a spoofed X-Forwarded-Uri", uri, "X-Forwarded-Uri: /public/mallory"),
  toOpening("a spoofed X-Forwarded-URI in other case", uri, "x-FORWARDED-uri: /public/mallory"),
  toOpening("a spoofed X-Forwarded_Uri", uri, "X_Forwarded_Uri: /public/mallory"),
  toOpening("X-Forwarded-Uri twice", uri, "X-Forwarded-Uri: /public/mallory\r\nX-Forwarded-Uri: /public/mallory"),
  toOpening("a spoofed X-Original-URI", uri, "X-Original-URI: /public/mallory"),
  toOpening("X-Original-URI twice", uri, "X-Original-URI: /public/mallory\r\nX-Original-URI: /public/mallory"),
  toOpening("a spoofed X_Original_URI", uri, "X_Original_URI: /public/mallory"),
  toOpening("a spoofed X-Forwarded-Method", uri, "X-Forwarded-Method: OPTIONS"),
  toOpening("a spoofed X-Original-Method", uri, "X-Original-Method: OPTIONS"),
  toOpening(
    "everything spoofed at once",
    uri,
    "X-Original-URI: /public/mallory\r\nX-Forwarded-Uri: /public/mallory\r\nX-Original-Method: GET",
  ),
  toOpening("X-Original-URL", override, "X-Original-URL: /public/mallory"),
  toOpening("X-Rewrite-URL", override, "X-Rewrite-URL: /public/mallory"),
  toOpening("the user agent of Google's health checks", agent, "User-Agent: GoogleHC/1.0"),
  toOpening("the user agent of Kubernetes' probes", agent, "User-Agent: kube-probe/1.31"),
  toOpening("the user agent of AWS' health checks", agent, "User-Agent: ELB-HealthChecker/2.0"),
  toOpening("a spoofed client address", "CWE-290", "X-Forwarded-For: 127.0.0.1"),
  toOpening(
    "a spoofed address of loopback in three ways",
    "CWE-290",
    "X-Real-IP: 127.0.0.1\r\nForwarded: for=127.0.0.1\r\nX-Original-Address: 127.0.0.1",
  ),
  toOpening("a spoofed scheme", "CWE-290", "X-Forwarded-Proto: https\r\nX-Original-Proto: https"),
  toOpening("a spoofed host", "CWE-290", "X-Forwarded-Host: public\r\nX-Original-Host: public"),
  toOpening("a spoofed status of the gateway", "CWE-290", "X-Gatewarden-Status: 200"),
  toOpening("a spoofed internal token", "CWE-290", "X-Gatewarden-Token: mallory"),
  toOpening("an identity without a token", "CWE-290", "X-Auth-Subject: mallory"),
  toOpening("Proxy-Authorization instead of Authorization", "RFC 9110 §11.7.2", "Proxy-Authorization: Bearer {alice}"),
  toOpening("the token in X-Authorization", "RFC 6750 §2.1", "X-Authorization: Bearer {alice}"),
  toOpening("the token in X-Forwarded-Authorization", "RFC 6750 §2.1", "X-Forwarded-Authorization: Bearer {alice}"),
  toOpening("the token in a cookie", "RFC 6750 §2", "Cookie: access_token={alice}; authorization=Bearer {alice}"),
];

/** With a token: another identity, method or path must not arrive beside it. */
function toSpoof(name: string, source: string, ...headers: readonly string[]): AttackCase {
  return {
    name: `headers: ${name}`,
    source,
    attack: get("/private/data", bob, ...headers),
    outcome: "harmless",
    valid: get("/private/data", bob, "X-Request-Id: 1", "Accept: */*"),
  };
}

const caddy = "GHSA-7r4p-vjf4-gxv4";
const underscore = "GHSA-f59h-q822-g45g";
const hop = "RFC 9110 §7.6.1, CVE-2024-45410";

const spoofs = [
  toSpoof("another subject", "CWE-290", "X-Auth-Subject: mallory"),
  toSpoof("another subject in lower case", "CWE-290", "x-auth-subject: mallory"),
  toSpoof("another subject twice", "CWE-290", "X-Auth-Subject: mallory", "X-Auth-Subject: mallory"),
  toSpoof("an organization that the token does not have", caddy, "X-Auth-Organization: mallory"),
  toSpoof("a role that the token does not have", caddy, "X-Auth-Roles: mallory"),
  toSpoof("an actor that the token does not have", caddy, "X-Auth-Actor: mallory"),
  toSpoof("more permissions", caddy, "X-Auth-Permissions: mallory"),
  toSpoof("an internal token", caddy, "X-Gatewarden-Token: mallory"),
  toSpoof("underscores for hyphens", underscore, "X_Auth_Subject: mallory"),
  toSpoof("one underscore at the front", underscore, "X_Auth-Subject: mallory"),
  toSpoof("one underscore at the end", underscore, "X-Auth_Subject: mallory"),
  toSpoof("underscores in an absent fact", underscore, "X_Auth_Organization: mallory"),
  toSpoof("underscores in the internal token", underscore, "X_Gatewarden_Token: mallory"),
  toSpoof("dots for hyphens", underscore, "X.Auth.Subject: mallory"),
  toSpoof("an empty identity", "CWE-290", "X-Auth-Subject:"),
  toSpoof("dropping the identity by Connection", hop, "Connection: close, X-Auth-Subject"),
  toSpoof("dropping the identity on a connection that stays", hop, "Connection: keep-alive, X-Auth-Subject"),
  toSpoof(
    "dropping every fact by Connection",
    hop,
    "Connection: close, X-Auth-Subject, X-Auth-Permissions, X-Auth-Client, X-Auth-Issuer",
  ),
  toSpoof(
    "dropping what the proxy says by Connection",
    hop,
    "Connection: close, X-Forwarded-Uri, X-Forwarded-Method, X-Forwarded-Host, X-Original-URI",
  ),
  toSpoof(
    "dropping by Keep-Alive and Proxy-Connection",
    hop,
    "Proxy-Connection: X-Auth-Subject",
    "Keep-Alive: X-Auth-Subject",
  ),
  toSpoof("another method by override", "CWE-436", "X-HTTP-Method-Override: mallory"),
  toSpoof("another method by X-HTTP-Method", "CWE-436", "X-HTTP-Method: mallory"),
  toSpoof("another method by X-Method-Override", "CWE-436", "X-Method-Override: mallory"),
  toSpoof("another method with underscores", "CWE-436", "X_HTTP_Method_Override: mallory"),
  toSpoof("another path by X-Original-URL", override, "X-Original-URL: /admin/mallory"),
  toSpoof("another path by X-Rewrite-URL", override, "X-Rewrite-URL: /admin/mallory"),
  toSpoof("another prefix", "CWE-436", "X-Forwarded-Prefix: /admin/mallory"),
  toSpoof("another host", "CWE-290", "X-Forwarded-Host: mallory"),
  toSpoof("another address", "CWE-290", "X-Forwarded-For: mallory", "Forwarded: for=mallory"),
];

const credentials: readonly AttackCase[] = [
  {
    name: "credentials: Authorization twice, bob and alice",
    source: "RFC 6750 §3.1, CWE-444",
    attack: get("/admin/users", bob, alice),
    outcome: "refused",
    valid: get("/admin/users", alice),
  },
  {
    name: "credentials: Authorization twice, alice and bob",
    source: "RFC 6750 §3.1, CWE-444",
    attack: get("/admin/users", alice, bob),
    outcome: "refused",
    valid: get("/private/data", "Authorization: bearer {alice}"),
  },
  {
    name: "credentials: two in one header",
    source: "RFC 9110 §11.6.2",
    attack: get("/private/data", "Authorization: Bearer {bob}, Bearer {alice}"),
    outcome: "refused",
    valid: get("/private/data", "Authorization: BEARER {bob}"),
  },
  {
    name: "credentials: Basic",
    source: "RFC 9110 §11.1",
    attack: get("/private/data", "Authorization: Basic {alice}"),
    outcome: "refused",
    valid: get("/private/data", "authorization: Bearer {alice}"),
  },
  {
    name: "credentials: the token in the query",
    source: "RFC 6750 §2.3, RFC 9700 §4.3.2",
    attack: get("/private/data?access_token={alice}"),
    outcome: "refused",
    valid: get("/private/data?access_token=x", alice),
  },
  {
    name: "credentials: the token in a form",
    source: "RFC 6750 §2.2",
    attack: toRequest(
      "POST",
      "/private/data",
      ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 14"],
      "access_token=x",
    ),
    outcome: "refused",
    valid: toRequest("POST", "/private/data", [alice, "Content-Length: 14"], "access_token=x"),
  },
  {
    name: "credentials: no permission",
    source: "CWE-862",
    attack: get("/admin/users", bob),
    outcome: "refused",
    valid: get("/admin/users", alice),
  },
  {
    name: "credentials: a signature that was cut off",
    source: "RFC 7515 §5.2",
    attack: get("/private/data", "Authorization: Bearer {alice}x"),
    outcome: "refused",
    valid: get("/private/data", alice),
  },
  {
    name: "hosts: Host twice",
    source: "RFC 9112 §3.2",
    attack: get("/private/data", "Host: api.example.com", "Host: mallory"),
    outcome: "refused",
    valid: get("/private/data", "Host: api.example.com:8443", alice),
  },
  {
    name: "hosts: a host with a path",
    source: "RFC 9112 §3.2",
    attack: get("/private/data", "Host: api.example.com/public/a?"),
    outcome: "refused",
    valid: get("/public/a", "Host: api.example.com"),
  },
  {
    name: "hosts: no host",
    source: "RFC 9112 §3.2",
    attack: "GET /private/data HTTP/1.1\r\nConnection: close\r\n\r\n",
    outcome: "refused",
    valid: get("/public/a", "Host: [2001:db8::1]"),
  },
];

/** Header smuggling, forged identities and credentials in wrong places. */
export const headerCases: readonly AttackCase[] = [...openings, ...spoofs, ...credentials];
