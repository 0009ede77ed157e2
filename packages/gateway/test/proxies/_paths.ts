// Targets that a proxy, the gateway and an upstream could read as different resources.
import { type AttackCase, alice, bob, get } from "./_case.js";

/** An attack on the path: the bare target, without a token. */
function toCase([name, source, target, valid]: readonly [string, string, string, string]): AttackCase {
  return { name: `path: ${name}`, source, attack: get(target), outcome: "refused", valid: get(valid) };
}

const rows = [
  ["a plain dot segment", "RFC 3986 §5.2.4, CWE-22", "/public/../private/data", "/public/a..b/data"],
  ["a dot segment at the end", "RFC 3986 §5.2.4", "/public/../private/..", "/public/data..."],
  ["an encoded dot segment", "CVE-2021-41773", "/public/%2e%2e/private/data", "/public/%C3%A9/data"],
  ["a half encoded dot segment", "CVE-2021-42013", "/public/.%2e/private/data", "/public/.well/data"],
  ["a dot segment encoded twice", "CWE-174, CVE-2021-42013", "/public/%252e%252e/private/data", "/public/100%25/data"],
  ["an encoded slash", "CVE-2021-29492", "/public%2f..%2fprivate%2fdata", "/public/a-b/data"],
  ["an encoded slash after dots", "CVE-2021-29492", "/public/..%2fprivate/data", "/public/a+b/data"],
  ["an encoded slash in upper case", "CVE-2021-29492", "/public/..%2Fprivate/data", "/public/a%20b/data"],
  ["a slash encoded twice", "CWE-174", "/public/..%252fprivate/data", "/public/25%25/data"],
  ["a single encoded slash in a protected path", "RFC 3986 §2.2", "/%2fprivate/data", "/public/data/"],
  ["a double slash", "CVE-2021-32777, CWE-41", "//private/data", "/public/a?next=//private/data"],
  ["a double slash behind a public prefix", "CWE-41", "/public//../private/data", "/public/a/b/c"],
  ["many slashes", "CWE-41", "////private////data", "/public/a?//"],
  ["a backslash", "CWE-41, WHATWG URL", "/public/..\\private\\data", "/public/a?b=\\"],
  ["an encoded backslash", "CWE-41", "/public/..%5cprivate%5cdata", "/public/a?b=%5c"],
  ["a path parameter before dots", "CVE-2020-1957", "/public/..;/private/data", "/public/a?b;c"],
  ["a path parameter at the root", "CVE-2020-11989", "/;/private/data", "/public/a?;"],
  ["an encoded path parameter", "CVE-2020-11989", "/public/..%3b/private/data", "/public/a?%3b"],
  ["upper case", "CWE-178", "/PRIVATE/data", "/public/DATA"],
  ["mixed case of a public prefix", "CWE-178", "/Public/../private/data", "/public/Data"],
  ["an encoded letter", "RFC 3986 §6.2.2.2", "/%70rivate/data", "/public/%E2%82%AC"],
  ["an encoded NUL", "CWE-626", "/public/%00/../private/data", "/public/0/data"],
  ["a NUL after a public suffix", "CWE-626", "/private/data%00.css", "/public/data.css"],
  ["an encoded line end", "CWE-113", "/private/data%0d%0aX-Auth-Subject:%20mallory", "/public/a?q=%0a"],
  ["a trailing encoded blank", "CWE-41", "/private/data%20", "/public/data%20x"],
  ["a trailing dot", "CWE-41", "/private./data", "/public/v1.0/data"],
  ["a trailing slash", "CWE-41", "/private/", "/public/data/"],
  ["an overlong dot", "RFC 3629 §10, CVE-2008-2938", "/public/%c0%ae%c0%ae/private/data", "/public/%c3%a9"],
  ["an overlong slash", "RFC 3629 §10", "/public/..%c0%afprivate/data", "/public/%e2%82%ac"],
  ["invalid UTF-8", "RFC 3629 §3", "/public/%ff/../private/data", "/public/%f0%9f%94%91"],
  ["a full-width dot", "CWE-176", "/public/%ef%bc%8e%ef%bc%8e/../private/data", "/public/%ef%bc%a1"],
  ["a malformed encoding", "RFC 3986 §2.1", "/public/%2/../private/data", "/public/%7B"],
  ["an encoding of another kind", "CWE-173", "/public/%u002e%u002e/private/data", "/public/u002e"],
  ["a fragment", "GHSA-pxq7-h93f-9jrg", "/private/data#/public/a", "/public/a?x=y"],
  ["an encoded fragment", "GHSA-pxq7-h93f-9jrg, CVE-2026-41059", "/private/data%23/public/a", "/public/data%23"],
  ["a query that looks public", "GHSA-7rh7-c77v-6434", "/private/data?/public/a", "/public/data?/private/a"],
  ["an encoded question mark", "RFC 3986 §2.2", "/private/data%3f/public/a", "/public/data%3F"],
  ["the absolute form", "RFC 9112 §3.2.2", "http://api.example.com/private/data", "/public/http:/"],
  ["the absolute form with a public authority", "RFC 9112 §3.2.2", "http://public/private/data", "/public/a:b"],
  ["a scheme of another kind", "RFC 9112 §3.2.2", "file:///private/data", "/public/file"],
  ["a relative target", "RFC 9112 §3.2", "private/data", "/public/private"],
  ["no path", "RFC 9112 §3.2", "?/private/data", "/public?/private/data"],
  ["a path without a rule", "CWE-276 (default deny)", "/elsewhere", "/public/elsewhere"],
  ["the root", "CWE-276 (default deny)", "/", "/public"],
  ["a prefix that continues", "CWE-184", "/publicity", "/public/icity"],
  ["a blank in the target", "RFC 9112 §3", "/public/ /../private/data", "/public/a%20/b"],
  ["a tabulator in the target", "RFC 9112 §3", "/public/\t/../private/data", "/public/a%20b"],
  ["raw bytes beyond ASCII", "RFC 3986 §2", "/public/\xe9/../private/data", "/public/%C3%A9"],
] as const;

const tooLong = `/public/${"a".repeat(9000)}`;

/** Path confusion, CWE-436. */
export const pathCases: readonly AttackCase[] = [
  ...rows.map(toCase),
  {
    name: "path: a dot segment from what bob may read to what he may not",
    source: "RFC 3986 §5.2.4, CWE-863",
    attack: get("/private/../admin/users", bob),
    outcome: "refused",
    valid: get("/private/admin/users", bob),
  },
  {
    name: "path: an encoded dot segment from what bob may read to what he may not",
    source: "CVE-2021-41773, CWE-863",
    attack: get("/private/%2e%2e/admin/users", bob),
    outcome: "refused",
    valid: get("/private/%C3%A9/admin", bob),
  },
  {
    name: "path: a parameter from what bob may read to what he may not",
    source: "CVE-2020-1957, CWE-863",
    attack: get("/private/..;/admin/users", bob),
    outcome: "refused",
    valid: get("/private/a?..;/admin", bob),
  },
  {
    name: "path: a path that is longer than any server takes",
    source: "RFC 9110 §4.1, CWE-770",
    attack: get(`${tooLong}/../../private/data`),
    outcome: "refused",
    valid: get(`/private/${"a".repeat(2000)}`, alice),
  },
];
