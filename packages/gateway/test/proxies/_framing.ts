// Requests that two servers would cut in different places, upgrades, and methods.
import { type AttackCase, alice, bob, get, toRequest } from "./_case.js";

const hidden = "GET /private/hidden HTTP/1.1\r\nHost: api.example.com\r\n\r\n";
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
const post = (headers: readonly string[], body: string) => toRequest("POST", "/public/a", headers, body);
const chunked = "Transfer-Encoding: chunked";
const smuggling = "RFC 9112 §6.1, CWE-444";

/** A second request in the body of the first must not become one of its own. */
function toSmuggling(name: string, attack: string): AttackCase {
  return {
    name: `framing: ${name}`,
    source: smuggling,
    attack,
    outcome: "harmless",
    valid: post([chunked], chunk("abc")),
  };
}

const smuggled = [
  toSmuggling(
    "Content-Length and Transfer-Encoding",
    post([`Content-Length: ${hidden.length + 5}`, chunked], `0\r\n\r\n${hidden}`),
  ),
  toSmuggling(
    "Transfer-Encoding and Content-Length",
    post([chunked, "Content-Length: 4"], `5c\r\n${hidden}\r\n0\r\n\r\n`),
  ),
  toSmuggling("two lengths", post(["Content-Length: 0", `Content-Length: ${hidden.length}`], hidden)),
  toSmuggling("two lengths in one header", post([`Content-Length: 0, ${hidden.length}`], hidden)),
  toSmuggling("a length with a sign", post([`Content-Length: +${hidden.length}`], hidden)),
  toSmuggling("a length that is not a number", post(["Content-Length: 0x0"], hidden)),
  toSmuggling("an unknown coding", post(["Transfer-Encoding: xchunked", "Content-Length: 0"], hidden)),
  toSmuggling("chunked before another coding", post(["Transfer-Encoding: chunked, identity"], `0\r\n\r\n${hidden}`)),
  toSmuggling(
    "a blank before the colon",
    post(["Transfer-Encoding : chunked", "Content-Length: 0"], `0\r\n\r\n${hidden}`),
  ),
  toSmuggling(
    "a tabulator in the coding",
    post(["Transfer-Encoding:\tchunked", `Content-Length: ${hidden.length + 5}`], `0\r\n\r\n${hidden}`),
  ),
  toSmuggling("the coding in two headers", post([chunked, "Transfer-Encoding: identity"], `0\r\n\r\n${hidden}`)),
  toSmuggling(
    "a coding with an underscore",
    post(["Transfer_Encoding: chunked", "Content-Length: 0"], `0\r\n\r\n${hidden}`),
  ),
  toSmuggling("a chunk extension with a line feed", post([chunked], `3;a=b\nc\r\nabc\r\n0\r\n\r\n${hidden}`)),
  toSmuggling("a chunk size that overflows", post([chunked], `10000000000000003\r\nabc\r\n0\r\n\r\n${hidden}`)),
  toSmuggling("a body of a GET", toRequest("GET", "/public/a", [`Content-Length: ${hidden.length}`], hidden)),
  toSmuggling(
    "Upgrade to HTTP/2 in the clear",
    get("/public/a", "Connection: Upgrade, HTTP2-Settings, close", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"),
  ),
];

const framing: readonly AttackCase[] = [
  ...smuggled,
  {
    name: "framing: a second request on an authorized connection",
    source: "CWE-384",
    attack: `${get("/private/first", alice, "Connection: keep-alive")}${get("/private/second")}`,
    outcome: "harmless",
    valid: `${get("/private/first", alice, "Connection: keep-alive")}${get("/private/second", alice)}`,
  },
  {
    name: "framing: a folded header",
    source: "RFC 9112 §5.2",
    attack: get("/private/data", "X-A: b\r\n Authorization: Bearer {alice}"),
    outcome: "refused",
    valid: get("/private/data", "X-A: b", alice),
  },
  {
    name: "framing: a token behind a bare carriage return",
    source: "RFC 9112 §2.2",
    attack: get("/private/data", "X-A: b\rAuthorization: Bearer {alice}"),
    outcome: "refused",
    valid: get("/private/data", "X-A:   b  ", alice),
  },
  {
    name: "framing: a NUL in a header",
    source: "RFC 9110 §5.5",
    attack: get("/private/data", "Authorization: Bearer \0{alice}"),
    outcome: "refused",
    valid: get("/private/data", "Authorization: Bearer   {alice}"),
  },
  {
    name: "framing: HTTP/0.9",
    source: "RFC 9112 §2.3",
    attack: "GET /private/data\r\n\r\n",
    outcome: "refused",
    valid: get("/public/a"),
  },
  {
    name: "framing: HTTP/1.0 without a host",
    source: "RFC 9112 §3.2",
    attack: "GET /private/data HTTP/1.0\r\n\r\n",
    outcome: "refused",
    valid: "GET /public/a HTTP/1.0\r\nHost: api.example.com\r\n\r\n",
  },
  {
    name: "framing: headers that are too large",
    source: "RFC 6585 §5, CWE-770",
    attack: get("/private/data", `X-Large: ${"a".repeat(70_000)}`, alice),
    outcome: "refused",
    valid: get("/private/data", `X-Large: ${"a".repeat(4000)}`, alice),
  },
];

const webSocket = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

const upgrades: readonly AttackCase[] = [
  {
    name: "upgrade: a WebSocket without a token",
    source: "RFC 6455 §10.5",
    attack: get("/private/socket", ...webSocket),
    outcome: "refused",
    valid: get("/private/socket", ...webSocket, alice),
  },
  {
    name: "upgrade: a WebSocket that drops the identity",
    source: "RFC 9110 §7.6.1",
    attack: get("/private/socket", "Connection: Upgrade, X-Auth-Subject", ...webSocket.slice(1), alice),
    outcome: "harmless",
    valid: get("/public/socket", ...webSocket),
  },
  {
    name: "upgrade: a WebSocket with a body that is a request",
    source: "CWE-444",
    attack: `${get("/public/socket", "Connection: close", "Upgrade: websocket", "Sec-WebSocket-Version: 777")}${hidden}`,
    outcome: "harmless",
    valid: get("/public/socket"),
  },
];

const preflight = ["Origin: https://app.example.com", "Access-Control-Request-Method: GET"];

const methods: readonly AttackCase[] = [
  {
    name: "methods: HEAD without a token",
    source: "RFC 9110 §9.3.2",
    attack: toRequest("HEAD", "/private/data"),
    outcome: "refused",
    valid: toRequest("HEAD", "/private/data", [alice]),
  },
  {
    name: "methods: OPTIONS that is not a preflight",
    source: "Fetch §3.2.2",
    attack: toRequest("OPTIONS", "/private/data"),
    outcome: "refused",
    valid: toRequest("OPTIONS", "/public/data", preflight),
  },
  {
    name: "methods: a preflight to a path without a rule",
    source: "Fetch §3.2.2, CWE-276",
    attack: toRequest("OPTIONS", "/elsewhere", preflight),
    outcome: "refused",
    valid: toRequest("OPTIONS", "/public/elsewhere", preflight),
  },
  {
    name: "methods: a GET with the headers of a preflight",
    source: "Fetch §3.2.2",
    attack: get("/private/data", ...preflight),
    outcome: "refused",
    valid: get("/private/data", ...preflight, alice),
  },
  {
    name: "methods: TRACE",
    source: "RFC 9110 §9.3.8, CWE-693",
    attack: toRequest("TRACE", "/private/data", [alice]),
    outcome: "refused",
    valid: get("/private/TRACE", alice),
  },
  {
    name: "methods: CONNECT",
    source: "RFC 9110 §9.3.6",
    attack: toRequest("CONNECT", "127.0.0.1:80", [alice]),
    outcome: "refused",
    valid: get("/private/CONNECT", alice),
  },
  {
    name: "methods: CONNECT with a path",
    source: "RFC 9110 §9.3.6",
    attack: toRequest("CONNECT", "/private/data", [alice]),
    outcome: "refused",
    valid: get("/private/data", alice),
  },
  {
    name: "methods: an unknown one without a token",
    source: "RFC 9110 §9.1",
    attack: toRequest("PURGE", "/private/data"),
    outcome: "refused",
    valid: toRequest("PURGE", "/private/data", [alice]),
  },
  {
    name: "methods: lower case",
    source: "RFC 9110 §9.1, CWE-178",
    attack: toRequest("get", "/private/data"),
    outcome: "refused",
    valid: toRequest("PUT", "/private/data", [bob, "Content-Length: 2"], "ok"),
  },
  {
    name: "methods: the asterisk form",
    source: "RFC 9112 §3.2.4",
    attack: toRequest("OPTIONS", "*"),
    outcome: "refused",
    valid: toRequest("DELETE", "/private/data", [alice]),
  },
];

const doors = [
  "/authorize",
  "/_gatewarden/decision",
  "/@gatewarden_refused",
  "/healthz",
  "/metrics",
  "/ping",
  "/robots.txt",
];

const ownDoors = doors.map(
  (target): AttackCase => ({
    name: `doors: ${target} is no way in`,
    source: "GHSA-5hvv-m4w4-gf6v, CWE-552",
    attack: get(target, "X-Original-URI: /public/a", "X-Original-Method: GET", "X-Forwarded-Uri: /public/a"),
    outcome: "refused",
    valid: get(`/public${target}`),
  }),
);

/** Smuggled requests, upgrades, methods, and paths that belong to the machinery. */
export const framingCases: readonly AttackCase[] = [...framing, ...upgrades, ...methods, ...ownDoors];
