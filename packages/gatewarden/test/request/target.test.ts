// The URL that the client used: from the socket and Host, a trusted proxy, or the configured origin; never from a guess.
import { describe, expect, test } from "vitest";
import { AuthError, type Connection, type GuardOptions, type GuardRequest } from "../../src/index.js";
import { normaliseUrl } from "../../src/request/uri.js";
import { createSender, guardWith, issue, prove, requestWith } from "../support/senders.js";

const plain: Connection = { isEncrypted: false, address: "10.1.2.3" };
const sender = await createSender();
const token = await issue({ cnf: { jkt: sender.jkt } });

/** What the guard takes the URL for: `accepted`, or the reason and the URL that it held against a proof's. */
async function targetOf(
  options: GuardOptions,
  changes: Partial<GuardRequest>,
  headers: Record<string, string | string[] | undefined> = {},
): Promise<unknown> {
  const dpop = prove(sender, token, { claims: { htu: "https://no.such.example/" } });
  const request = requestWith({ authorization: `DPoP ${token}`, dpop, ...headers }, { url: "/a?b", ...changes });
  const outcome = await guardWith(options).attempt(request);
  if (!(outcome instanceof AuthError)) throw new Error("It was accepted");
  return outcome.reason === "dpop_target_mismatch" ? outcome.details.expected : outcome.reason;
}

describe("Without a proxy", () => {
  test("is the socket's scheme and Host", async () => {
    expect(await targetOf({}, {})).toBe("https://api.example.com/a");
    expect(await targetOf({}, { connection: plain })).toBe("http://api.example.com/a");
  });
  test.each([
    ["API.Example.com:443", "https://api.example.com/a"],
    ["api.example.com:8443", "https://api.example.com:8443/a"],
    ["[::1]:3000", "https://[::1]:3000/a"],
    ["api.example.com:", "https://api.example.com/a"],
  ])("Host %s", async (host, expected) => expect(await targetOf({}, {}, { host })).toBe(expected));

  test.each([
    ["absent", undefined],
    ["empty", ""],
    ["twice", ["api.example.com", "evil.example"]],
    ["with a path", "api.example.com/x"],
    ["with a query", "api.example.com?x"],
    ["with a fragment", "api.example.com#x"],
    ["with a user name", "user@api.example.com"],
    ["with a blank", "api example.com"],
    ["with a comma in front", ",api.example.com:1:2"],
    ["with a port that is none", "api.example.com:99999"],
    ["with a port of letters", "api.example.com:http"],
    ["with a backslash", "api.example.com\\x"],
    ["with an open bracket", "[::1"],
  ])("a Host that is %s fails closed", async (_name, host) => {
    expect(await targetOf({}, {}, { host })).toBe("target_unknown");
  });

  test.each(["*", "", "api.example.com:443", "a/b", "ftp://api.example.com/a", "/a%", "/a%zz", "/a\\b", "/ä"])(
    "the request target %j fails closed",
    async (url) => expect(await targetOf({}, { url })).toBe("target_unknown"),
  );

  test("a whole URL as request target must name the same host", async () => {
    expect(await targetOf({}, { url: "https://api.example.com/a" })).toBe("https://api.example.com/a");
    expect(await targetOf({}, { url: "https://evil.example/a" })).toBe("target_unknown");
  });
  test.each([
    ["https://api.example.com/a", "api.example.com:443", "https://api.example.com/a"],
    ["https://api.example.com:443/a", "API.example.com", "https://api.example.com/a"],
    ["https://api.example.com/a", "api.example.com:80", "target_unknown"],
    ["https://api.example.com/a", "api.example.com:", "https://api.example.com/a"],
    ["https://api.example.com/a", "api.example.com?x", "target_unknown"],
    ["https://api.example.com/a", "api.example.com/", "target_unknown"],
    ["https://a,b/a", "a b", "target_unknown"],
    ["https://a b/a", "c d", "target_unknown"],
  ])("%s at Host %s, whose default port may be left out, is %s", async (url, host, expected) => {
    expect(await targetOf({}, { url }, { host })).toBe(expected);
  });
  test("a whole URL as request target does not choose the scheme", async () => {
    expect(await targetOf({}, { url: "https://api.example.com/a", connection: plain })).toBe(
      "http://api.example.com/a",
    );
  });
  test("a whole URL is all there is without a socket", async () => {
    const request = {
      method: "GET",
      url: "https://api.example.com/a?b",
      headers: new Headers({ authorization: `DPoP ${token}`, dpop: prove(sender, token) }),
    };
    const outcome = await guardWith().attempt(request);
    expect(outcome).toMatchObject({ details: { expected: "https://api.example.com/a" } });
  });
  test("a path without a socket fails closed", async () => {
    const { connection: _, ...request } = requestWith({ authorization: `DPoP ${token}`, dpop: prove(sender, token) });
    expect(await guardWith().attempt(request)).toMatchObject({ reason: "target_unknown", status: 400 });
  });
  test("HTTP/2 has :authority instead of Host", async () => {
    expect(await targetOf({}, {}, { host: undefined, ":authority": "h2.example" })).toBe("https://h2.example/a");
    expect(await targetOf({}, {}, { ":authority": "h2.example" })).toBe("target_unknown");
  });
});

describe("Behind a proxy", () => {
  const said = { "x-forwarded-proto": "https", "x-forwarded-host": "public.example" };
  const behind = { connection: plain };

  test("nothing is believed unless configured", async () => {
    expect(await targetOf({}, behind, { ...said, forwarded: "proto=https;host=f.example" })).toBe(
      "http://api.example.com/a",
    );
    expect(await targetOf({ trustProxy: false }, behind, said)).toBe("http://api.example.com/a");
  });
  test.each([
    ["proto and host", said, "https://public.example/a"],
    ["only proto", { "x-forwarded-proto": "https" }, "https://api.example.com/a"],
    ["only host", { "x-forwarded-host": "public.example:81" }, "http://public.example:81/a"],
    ["a port beside the host", { ...said, "x-forwarded-port": "8443" }, "https://public.example:8443/a"],
    ["the default port", { ...said, "x-forwarded-port": "443" }, "https://public.example/a"],
    [
      "the host's own port first",
      { ...said, "x-forwarded-host": "public.example:1", "x-forwarded-port": "2" },
      "https://public.example:1/a",
    ],
    ["capitals", { ...said, "x-forwarded-proto": "HTTPS" }, "https://public.example/a"],
  ])("%s", async (_name, headers, expected) => {
    expect(await targetOf({ trustProxy: true }, behind, headers)).toBe(expected);
  });
  test.each([
    ["two values of proto", { "x-forwarded-proto": "https, http" }],
    ["two values of host", { "x-forwarded-host": "evil.example, public.example" }],
    ["two host headers", { "x-forwarded-host": ["evil.example", "public.example"] }],
    ["two values without a blank", { "x-forwarded-host": "evil.example,public.example" }],
    ["an empty host", { "x-forwarded-host": "" }],
    ["a host with a path", { "x-forwarded-host": "public.example/a/../.." }],
    ["a host with a user name", { "x-forwarded-host": "a@public.example" }],
    ["a port that is a path", { ...said, "x-forwarded-port": "443/x" }],
    ["another scheme", { "x-forwarded-proto": "javascript" }],
  ])("%s: fails closed", async (_name, headers) => {
    expect(await targetOf({ trustProxy: true }, behind, headers)).toBe("target_unknown");
  });

  test("Attack: spoofed headers from another address than the proxy's", async () => {
    const trustProxy = { addresses: ["10.0.0.0/8", "2001:db8::/32", "::1"] };
    const from = (address: string | undefined) =>
      targetOf({ trustProxy }, { connection: { isEncrypted: false, address } }, said);
    const believed = "https://public.example/a";
    const ignored = "http://api.example.com/a";
    expect(await from("10.9.9.9")).toBe(believed);
    expect(await from("::ffff:10.9.9.9")).toBe(believed);
    expect(await from("2001:db8::7")).toBe(believed);
    expect(await from("::1")).toBe(believed);
    expect(await from("11.0.0.1")).toBe(ignored);
    expect(await from("::ffff:11.0.0.1")).toBe(ignored);
    expect(await from("2001:db9::7")).toBe(ignored);
    expect(await from("fe80::1%eth0")).toBe(ignored);
    expect(await from("10.0.0.1, 1.1.1.1")).toBe(ignored);
    expect(await from(undefined)).toBe(ignored);
  });
  test("Attack: a header that the proxy does not set, and so passes on", async () => {
    const trustProxy = { headers: ["x-forwarded-proto"] as const };
    expect(
      await targetOf({ trustProxy }, behind, { ...said, "x-forwarded-host": "evil.example", "x-forwarded-port": "1" }),
    ).toBe("https://api.example.com/a");
  });
  test("Attack: Forwarded beside the X-Forwarded-* that the proxy sets", async () => {
    expect(await targetOf({ trustProxy: true }, behind, { ...said, forwarded: "host=evil.example;proto=http" })).toBe(
      "https://public.example/a",
    );
  });

  const forwarded = { trustProxy: { headers: ["forwarded"] as const } };
  test.each([
    ["proto=https;host=f.example", "https://f.example/a"],
    ['for="[2001:db8::1]:4711";Proto=HTTPS; Host="f.example:8443"', "https://f.example:8443/a"],
    ["for=1.2.3.4", "http://api.example.com/a"],
  ])("Forwarded: %s", async (value, expected) =>
    expect(await targetOf(forwarded, behind, { ...said, forwarded: value })).toBe(expected),
  );
  test.each([
    "host=a.example, host=b.example",
    "host=a.example;host=b.example",
    "host",
    'host="a',
    "host=a b",
    "=;",
    "host=;proto=https",
  ])("Forwarded: %s fails closed", async (value) =>
    expect(await targetOf(forwarded, behind, { forwarded: value })).toBe("target_unknown"),
  );
});

describe("With a configured origin", () => {
  test("no header decides it", async () => {
    const options = { resource: "https://Public.example:443/v1", trustProxy: true };
    const headers = { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http" };
    expect(await targetOf(options, { connection: plain }, headers)).toBe("https://public.example/a");
    expect(await targetOf(options, { connection: plain, url: "http://evil.example/a" }, headers)).toBe(
      "https://public.example/a",
    );
    expect(await targetOf(options, {}, { host: undefined })).toBe("https://public.example/a");
  });
  test("needs no socket", async () => {
    const { connection: _, ...request } = requestWith({
      authorization: `DPoP ${token}`,
      dpop: prove(sender, token, { claims: { htu: "https://public.example/orders" } }),
    });
    expect(await guardWith({ resource: "https://public.example" }).attempt(request)).toHaveProperty("subject");
  });
});

describe("The normal form of RFC 3986 §6.2", () => {
  test.each([
    ["HTTP://Example.COM", "http://example.com/"],
    ["http://example.com:80/", "http://example.com/"],
    ["http://example.com:080/", "http://example.com/"],
    ["http://example.com:443/", "http://example.com:443/"],
    ["https://example.com/%7Euser/%c3%A9/%2f", "https://example.com/~user/%C3%A9/%2F"],
    ["https://example.com/a/./b/../c/%2E%2e/d", "https://example.com/a/d"],
    ["https://example.com/../../a", "https://example.com/a"],
    ["https://example.com/a/..", "https://example.com/"],
    ["https://example.com/a/.", "https://example.com/a/"],
    ["https://example.com//a//b", "https://example.com//a//b"],
    ["https://example.com/a?b#c", "https://example.com/a"],
    ["https://example.com?b", "https://example.com/"],
    ["https://example.com/a;b=1,2", "https://example.com/a;b=1,2"],
  ])("%s → %s", (text, expected) => expect(normaliseUrl(text)).toBe(expected));

  test.each([
    "",
    "/",
    "example.com",
    "ftp://example.com/",
    "https:/example.com",
    "https:example.com",
    "https:///a",
    "https://:80/",
    "https://a:b@c/",
    " https://a/",
    "https://a\t/",
    "https://a/\u0000",
    "https://a:70000/",
    "https://ä/",
    "https://a%2eb/",
  ])("%j has none", (text) => expect(normaliseUrl(text)).toBeUndefined());

  // So long that work which grew with the square of the length would not end while anybody waits.
  test.each([
    ["dot segments", `https://a/${"b/../".repeat(100_000)}`, "https://a/"],
    ["encoded characters", `https://a/${"%41".repeat(100_000)}`, `https://a/${"A".repeat(100_000)}`],
    ["characters in a host", `https://${"a".repeat(300_000)}`, `https://${"a".repeat(300_000)}/`],
  ])("may have a great many %s", (_what, text, normal) => {
    expect(normaliseUrl(text) === normal).toBe(true);
  });
});

describe("Normal forms", () => {
  test("are the same for whatever came before, and after thousands of others", () => {
    const numbers = Array.from({ length: 2500 }, (_, index) => index);
    const [long, query] = ["b".repeat(300), "?q=HTTP://x/../y"];
    for (let time = 0; time < 2; time++) {
      const found = numbers.map((index) => normaliseUrl(`HTTPS://API.test:443/x/../%7e${index}${query}${time}#f?g`));
      expect(found).toEqual(numbers.map((index) => `https://api.test/~${index}`));
      expect(normaliseUrl(`HTTP://a.test/${long}`)).toBe(`http://a.test/${long}`);
      expect(normaliseUrl("ftp://a.test/")).toBeUndefined();
      expect(normaliseUrl("http://a.test?x")).toBe("http://a.test/");
    }
  });
});
