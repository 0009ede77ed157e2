// Attacks on what every HTTP server reads: credentials, hosts, proxies' headers, targets, methods,
// bodies.

import { type Attack, bearer, post, request, type Shot, type Target, toShots } from "./_attack.js";
import { anyJson, smallJson, toLabel } from "./_json.js";
import { openWire } from "./_wire.js";

const encode = (text: string) => Buffer.from(text).toString("base64url");

/** Header lines, not values: a name that code reads by accident is as odd as a value. */
export const credentialLines = ({ good, bound }: Target): readonly (readonly string[])[] => [
  ...["", " ", "Bearer", "Bearer ", "bearer x", "Basic YTpi", "DPoP x", "DPoP", ",", ",,,", "Bearer a, DPoP b"].map(
    (value) => [`Authorization: ${value}`],
  ),
  ...["\xe9\xff\x80", "é中", "__proto__", "\t\t", "=", "eyJ", "ey..", "ey.ey.ey.ey.ey", "%00", '{"a":1}'].map(
    (value) => [bearer(value)],
  ),
  [bearer("a".repeat(15_000))],
  [bearer(`ey${".".repeat(12_000)}`)],
  [bearer(good), bearer(good)],
  ["Authorization:", bearer(good)],
  [`Authorization: DPoP ${good}`],
  [`Authorization: DPoP ${bound}`],
];

/** Tokens whose header, or payload, is JSON of each type. */
export const tokenLines: readonly (readonly string[])[] = smallJson.flatMap((json) => [
  [bearer(`${encode(json)}.${encode("{}")}.AAAA`)],
  [bearer(`${encode('{"alg":"ES256","kid":"x"}')}.${encode(json)}.AAAA`)],
  [bearer(`${encode(`{"alg":${json},"kid":${json},"typ":${json}}`)}.${encode(`{"iss":${json},"aud":${json}}`)}.AAAA`)],
]);

const proofLines = ({ bound }: Target): readonly (readonly string[])[] =>
  [
    ...["", ",", "x", "a,b", "\xe9", "a".repeat(14_000), "__proto__"],
    ...smallJson.map((json) => `${encode(json)}.${encode("{}")}.AAAA`),
    ...smallJson.map((json) => `${encode(`{"typ":"dpop+jwt","alg":"ES256","jwk":${json}}`)}.${encode("{}")}.AAAA`),
    ...smallJson.map((json) => {
      const jwk = `{"kty":"EC","crv":"P-256","x":${json},"y":${json}}`;
      return `${encode(`{"typ":"dpop+jwt","alg":"ES256","jwk":${jwk}}`)}.${encode(`{"jti":${json}}`)}.AAAA`;
    }),
  ].map((proof) => [`Authorization: DPoP ${bound}`, `DPoP: ${proof}`]);

const odd = ["", " ", ",", "a, b", "\xe9\xff", "__proto__", "null", "[::", "a:99999999", "a b", "/", "?", "%", "a@b"];
const namesOfHosts = ["X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-For", "Forwarded"];
const oddNames = ["__proto__", "constructor", "get", "toString", "hasOwnProperty", "then", "length", "raw", "has"];

const targets = [
  ...["//", "//other.test/private", "/%", "/%00", "/%ff", "/private%", "/private#x", "/..%2f", "/\\", "/private;x"],
  ...["http://other.test/private", "http://", "http://[::/private", "https:///private", "ftp://a/", "*", "x", "?"],
  ...["/private?%", "/private?a[__proto__]=1&__proto__=1", "/private?access_token[toString]=1", "/private?input=%"],
  ...["/__proto__", "/constructor", "/private?url=//", `/${"a/".repeat(6000)}`, "/\xe9\xff", "/private?\xe9"],
];

/**
 * What every HTTP server reads. `path` is protected; `usual` are lines that each request needs to
 * get there.
 */
export function httpAttacks(path: string, usual: readonly string[] = []): readonly Attack[] {
  const at = (lines: readonly (readonly string[])[], options?: object) =>
    lines.map((some) => request(path, [...usual, ...some], options));
  const authorized = ({ good }: Target, lines: readonly string[]) => [bearer(good), ...usual, ...lines];
  const attack = (position: string, texts: (target: Target) => readonly string[]): Attack => ({
    position,
    shots: (target) => toShots(target, texts(target)),
  });
  return [
    attack("the Authorization header", (target) => at(credentialLines(target))),
    attack("a token's header and claims", () => at(tokenLines)),
    attack("a signed token's claims", ({ odd }) => at(odd.map((token) => [bearer(token)]))),
    attack("the DPoP header", (target) => at(proofLines(target))),
    attack("Host", (target) => {
      const hosts = [...odd.map((host) => [`Host: ${host}`]), ["Host: a", "Host: b"], ["Host;"]];
      const proof = [`Authorization: DPoP ${target.bound}`, "DPoP: x"];
      return hosts.flatMap((host) => [request(path, authorized(target, host)), request(path, [...proof, ...host])]);
    }),
    attack("what proxies write", (target) => {
      const lines = namesOfHosts.flatMap((name) => odd.map((value) => [`${name}: ${value}`]));
      return at([...lines, ...lines.map(([line = ""]) => [line, line])].map((some) => authorized(target, some)));
    }),
    attack("Origin, and preflights", (target) => {
      const asked = "Access-Control-Request-Method: GET";
      const origins = [...odd.map((value) => [`Origin: ${value}`]), ["Origin: a", "Origin: b"]];
      const options = { method: "OPTIONS" };
      return [
        ...at(origins),
        ...at(origins, options),
        ...at(
          origins.map((some) => [...some, asked]),
          options,
        ),
        ...at(
          origins.map((some) => authorized(target, [...some, asked])),
          options,
        ),
      ];
    }),
    attack("names of headers", (target) =>
      at([
        ...oddNames.map((name) => [`${name}: x`]),
        ...oddNames.map((name) => authorized(target, [`${name}: x`, `${name}: y`])),
        oddNames.map((name) => `${name}: x`),
      ]),
    ),
    attack("the target", (target) =>
      targets.flatMap((one) => [request(one), request(one, authorized(target, [])), post(one, "{}")]),
    ),
    attack("the method", (target) =>
      ["OPTIONS", "HEAD", "TRACE", "CONNECT", "PUT", "DELETE", "QUERY", "FOO", "PRI"].flatMap((method) => [
        ...at([[], authorized(target, [])], { method }),
        request("*", authorized(target, []), { method }),
        request(path, authorized(target, ["Upgrade: websocket", "Connection: Upgrade"]), { method }),
      ]),
    ),
    attack("a body of JSON", (target) =>
      anyJson.flatMap((json) => [post(path, json), post(path, json, authorized(target, []))]),
    ),
    { position: "the end of the connection", shots: (target) => toLeavers(path, target) },
  ];
}

/** Something else answers while the guard still looks: what the adapter writes comes too late. */
export function hurriedAttack(path: string): Attack {
  return {
    position: "an answer that something else gave before",
    shots: (target) => {
      const tokens = [target.good, target.forged, target.bound, "x", "y"];
      const texts = tokens.map((token) => request(`${path}?hurried`, [bearer(token)]));
      return toShots(target, [request(`${path}?hurried`), ...texts]);
    },
  };
}

/** Clients that go away: before the head has come, before the body has, before the answer has. */
function toLeavers(path: string, { good, forged }: Target): readonly Shot[] {
  const texts = [undefined, good, forged, "x"].flatMap((token) => {
    const whole = request(path, token === undefined ? [] : [bearer(token)]);
    const body = request(path, ["Content-Type: application/json", ...(token ? [bearer(token)] : [])], {
      ...{ method: "POST", body: "[".repeat(1000) },
    });
    return [whole, whole.slice(0, -10), body.slice(0, -500), whole.replace("Connection: close", "X: y").repeat(20)];
  });
  return texts.map((text) => ({
    label: `leaves after ${toLabel(text.replaceAll(good, "<good>"))}`,
    fire: async ({ port }) => {
      const wire = await openWire(port);
      await new Promise((resolve) => wire.socket.write(Buffer.from(text, "latin1"), resolve));
      wire.socket.resetAndDestroy();
      await wire.closed;
    },
  }));
}
