// What each kind of proxy must say, and that nothing is guessed where it does not.
import { describe, expect, test } from "vitest";
import { toSentHeaders } from "../../src/proxy/headers.js";
import { type ProxyName, proxyKinds } from "../../src/proxy/kinds.js";
import { parseOriginalRequest } from "../../src/proxy/original-request.js";
import { GatewayRefusal } from "../../src/refusals.js";

const original = {
  "X-Original-Method": "POST",
  "X-Original-URI": "/a?b",
  "X-Original-Host": "API.example.com:8443",
  "X-Original-Proto": "https",
  "X-Original-Address": "192.0.2.1",
};
const forwarded = {
  "X-Forwarded-Method": "POST",
  "X-Forwarded-Uri": "/a?b",
  "X-Forwarded-Host": "API.example.com:8443",
  "X-Forwarded-Proto": "https",
  "X-Forwarded-For": "203.0.113.9, 192.0.2.1",
};
const itself = {
  Host: "API.example.com:8443",
  "X-Forwarded-Proto": "https",
  "X-Forwarded-For": "203.0.113.9,192.0.2.1",
};
const said: Readonly<Record<ProxyName, Readonly<Record<string, string>>>> = {
  nginx: original,
  haproxy: original,
  apache: original,
  caddy: forwarded,
  traefik: forwarded,
  envoy: itself,
  "envoy-grpc": { Host: "API.example.com:8443", "X-Original-Proto": "https", "X-Original-Address": "192.0.2.1" },
};
const kinds = Object.keys(proxyKinds) as ProxyName[];
/** These proxies may come without the client's address. */
const addressOf: Partial<Record<ProxyName, string>> = { envoy: "X-Forwarded-For", "envoy-grpc": "X-Original-Address" };

function parse(kind: ProxyName, headers: readonly string[]): unknown {
  try {
    return parseOriginalRequest(proxyKinds[kind], { method: "POST", target: "/a?b", headers: toSentHeaders(headers) });
  } catch (error) {
    if (error instanceof GatewayRefusal) return error.reason;
    throw error;
  }
}

const toRaw = (headers: Readonly<Record<string, string | undefined>>) =>
  Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));

describe.each(kinds)("Beside %s", (kind) => {
  const right = said[kind];

  test("the request is what the proxy says", () => {
    expect(parse(kind, toRaw(right))).toEqual({
      method: "POST",
      target: "/a?b",
      host: "api.example.com:8443",
      scheme: "https",
      address: "192.0.2.1",
    });
  });

  const required = Object.keys(right).filter((name) => name !== addressOf[kind]);

  test.each(required)("a missing %s is refused, never replaced", (name) => {
    expect(parse(kind, toRaw({ ...right, [name]: undefined }))).toBe("proxy_header_missing");
  });

  test.each(required)("an empty %s is refused", (name) => {
    expect(parse(kind, toRaw({ ...right, [name]: "" }))).toBe("proxy_header_missing");
  });

  test.each(required.filter((name) => name !== "X-Forwarded-For"))(
    "a %s that came twice is refused (CWE-444)",
    (name) => {
      expect(parse(kind, [...toRaw(right), name.toLowerCase(), right[name] ?? ""])).toBe("proxy_header_repeated");
    },
  );

  test("what another kind of proxy would say is not read (CVE-2026-40575)", () => {
    const others = kinds.filter((other) => proxyKinds[other].target !== proxyKinds[kind].target || kind === "envoy");
    for (const other of others) {
      const foreign = Object.entries(said[other]).filter(([name]) => !(name in right));
      const changed = foreign.flatMap(([name]) => [name, "/public"]);
      expect(parse(kind, [...toRaw(right), ...changed])).toMatchObject({ target: "/a?b", method: "POST" });
    }
  });

  test.each(["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])(
    "%s is refused unless it names the method",
    (name) => {
      expect(parse(kind, [...toRaw(right), name, "DELETE"])).toBe("method_overridden");
      expect(parse(kind, [...toRaw(right), name, "POST", name, "DELETE"])).toBe("method_overridden");
      expect(parse(kind, [...toRaw(right), name, "POST"])).toMatchObject({ method: "POST" });
    },
  );

  test.each(["X-Original-URL", "X-Rewrite-URL"])("%s is refused (CVE-2018-14773)", (name) => {
    expect(parse(kind, [...toRaw(right), name, "/admin"])).toBe("target_rewritten");
  });
});

describe("A host is refused", () => {
  test.each([
    ["with a user name", "a@api.example.com"],
    ["with a path", "api.example.com/x"],
    ["with a dot at the end", "api.example.com."],
    ["with two dots", "api..example.com"],
    ["with a dot at the beginning", ".example.com"],
    ["with a blank", "api.example.com x"],
    ["with a comma", "a.example,b.example"],
    ["with a port that is none", "api.example.com:http"],
    ["beyond ASCII", "api.ex\u00e4mple.com"],
    ["that is too long", `${"a".repeat(254)}.com`],
  ])("%s", (_name, host) => {
    expect(parse("nginx", toRaw({ ...original, "X-Original-Host": host }))).toBe("host_malformed");
  });

  test.each([
    "localhost",
    "api.example.com",
    "a_b.example",
    "192.0.2.1:80",
    "[2001:db8::1]:443",
    "xn--bcher-kva.example",
  ])("but not %s", (host) => {
    expect(parse("nginx", toRaw({ ...original, "X-Original-Host": host }))).toMatchObject({ host });
  });
});

describe("A method is refused", () => {
  test.each([
    ["get", "method_malformed"],
    ["GET /x", "method_malformed"],
    ["G\u00cbT", "method_malformed"],
    ["A".repeat(40), "method_malformed"],
    ["TRACE", "method_refused"],
    ["CONNECT", "method_refused"],
  ])("%s", (method, reason) => {
    expect(parse("nginx", toRaw({ ...original, "X-Original-Method": method }))).toBe(reason);
  });

  test.each(["GET", "M-SEARCH", "PROPFIND", "OPTIONS"])("but not %s", (method) => {
    expect(parse("nginx", toRaw({ ...original, "X-Original-Method": method }))).toMatchObject({ method });
  });
});

describe("The client's address", () => {
  test.each([["localhost"], ["192.0.2.1, 192.0.2.2"], ["192.0.2.1:80"]])("is refused as %s", (address) => {
    expect(parse("nginx", toRaw({ ...original, "X-Original-Address": address }))).toBe("proxy_header_malformed");
  });

  test("is unknown over a Unix socket", () => {
    expect(parse("nginx", toRaw({ ...original, "X-Original-Address": "unix:" }))).toMatchObject({ address: undefined });
  });

  test("is what the proxy appended, not what the client sent before", () => {
    const raw = [...toRaw({ ...forwarded, "X-Forwarded-For": "203.0.113.9" }), "X-Forwarded-For", "192.0.2.7"];
    expect(parse("caddy", raw)).toMatchObject({ address: "192.0.2.7" });
  });

  test("may be missing where the proxy need not send it", () => {
    expect(parse("envoy", toRaw({ ...itself, "X-Forwarded-For": undefined }))).toMatchObject({ address: undefined });
  });
});
