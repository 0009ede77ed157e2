// Which rule decides, and that no other spelling of a path gets another one.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTarget } from "../../src/path/parse-target.js";
import { GatewayRefusal } from "../../src/refusals.js";
import { requireRule } from "../../src/rules/find-rule.js";
import { parseRules } from "../../src/rules/parse-rules.js";
import type { Rule } from "../../src/rules/rule.js";
import { upstreams } from "./_upstreams.js";

function toRules(...lines: readonly string[]): readonly Rule[] {
  return parseRules(`rules:\n${lines.map((line) => `  - ${line}\n`).join("")}`).rules;
}

function findName(rules: readonly Rule[], target: string, { method = "GET", host = "api.example.com" } = {}): string {
  try {
    return requireRule(rules, { method, host, path: parseTarget(target) }).pattern.text;
  } catch (error) {
    if (error instanceof GatewayRefusal) return error.reason;
    throw error;
  }
}

const guarded = toRules(
  "{ path: /admin, permission: admin }",
  "{ path: /admin/**, permission: admin }",
  "{ path: /users/@me, authenticated: true }",
  "{ path: /users/*, permission: read:users }",
  "{ path: /docs/, public: true }",
  "{ path: /**, public: true }",
);

describe("The rule for a path", () => {
  test.each([
    ["/admin", "/admin"],
    ["/admin/", "/admin/**"],
    ["/admin/a/b", "/admin/**"],
    ["/users/alice", "/users/*"],
    ["/users/Alice", "/users/*"],
    ["/users/alice%40example.com", "/users/*"],
    ["/users/@me", "/users/@me"],
    ["/users/a/b", "/**"],
    ["/docs/", "/docs/"],
    ["/", "/**"],
    ["/administrator", "/**"],
    ["/wiki/What%3F", "/**"],
    ["/Wiki/ISO%20%26%20co", "/**"],
  ])("%s is %s", (target, pattern) => {
    expect(findName(guarded, target)).toBe(pattern);
  });

  test.each([
    ["another case (CWE-178)", "/Admin"],
    ["another case below", "/ADMIN/x"],
    ["a compatible letter of Unicode", "/%EF%BD%81dmin"],
    ["a long s, which is an S in capitals", toEncoded("/u\u017fers/@me")],
    ["a cut at an encoded question mark (CWE-436)", "/admin%3F"],
    ["a cut at an encoded number sign", "/admin%23x"],
    ["a dot at the end (CWE-42)", "/admin."],
    ["a blank at the end (CWE-46)", "/admin%20"],
    ["a blank at the beginning (CVE-2016-5007)", "/%20admin"],
    ["a blank that is compatible with one", "/%C2%A0admin"],
    ["several at once", "/ADMIN.%20%3Fx/"],
    ["an encoded character of a literal", "/users/%40me"],
    ["a compatible slash of Unicode", "/x/..%EF%BC%8Fadmin"],
    ["a compatible slash at the beginning", "/%EF%BC%8Fadmin"],
    ["compatible dots of Unicode", "/x/%E2%80%A5/admin"],
    ["a name of dots alone", "/.../admin"],
  ])("is refused for %s", (_name, target) => {
    expect(findName(guarded, target)).toMatch(/^path_(ambiguous|dot_segment|empty_segment)$/);
  });

  test("is none where no rule covers it: default deny", () => {
    expect(findName(toRules("{ path: /a/*, public: true }"), "/a")).toBe("rule_missing");
    expect(findName(toRules("{ path: /a/*, public: true }"), "/a/")).toBe("rule_missing");
    expect(findName(toRules("{ path: /a/*, public: true }"), "/a/b/c")).toBe("rule_missing");
  });

  test("is the first that covers it", () => {
    expect(findName(toRules("{ path: /**, public: true }", "{ path: /a, deny: true }"), "/a")).toBe("/**");
  });

  test("with a final slash is refused if the path without it has another rule", () => {
    const rules = toRules("{ path: /secret, permission: admin }", "{ path: /**, public: true }");
    expect(findName(rules, "/secret/")).toBe("path_ambiguous");
    expect(findName(rules, "/secret")).toBe("/secret");
    expect(findName(rules, "/other/")).toBe("/**");
  });

  test("may be written in Unicode, or encoded", () => {
    expect(findName(toRules("{ path: /café, public: true }"), "/caf%C3%A9")).toBe("/café");
    expect(findName(toRules("{ path: /caf%c3%a9, public: true }"), "/caf%C3%A9")).toBe("/caf%c3%a9");
  });

  test("may name a segment", () => {
    expect(findName(toRules("{ path: '/users/{id}/keys', public: true }"), "/users/7/keys")).toBe("/users/{id}/keys");
  });
});

function toEncoded(text: string): string {
  return encodeURI(text);
}

describe("The rule for a method and a host", () => {
  const rules = toRules(
    "{ path: /a, methods: GET, public: true }",
    "{ path: /b, methods: [POST, PUT], public: true }",
    "{ path: /c, hosts: admin.example.com, public: true }",
  );

  test("for GET covers HEAD too (RFC 9110 §9.3.2), and nothing else", () => {
    expect(findName(rules, "/a", { method: "HEAD" })).toBe("/a");
    expect(findName(rules, "/a", { method: "POST" })).toBe("rule_missing");
  });

  test("covers every method of a list", () => {
    expect(findName(rules, "/b", { method: "PUT" })).toBe("/b");
    expect(findName(rules, "/b")).toBe("rule_missing");
  });

  test("covers a host with any port, and no other host", () => {
    expect(findName(rules, "/c", { host: "admin.example.com:8443" })).toBe("/c");
    expect(findName(rules, "/c", { host: "example.com" })).toBe("rule_missing");
  });
});

describe("An upstream", () => {
  const rules = toRules(
    "{ path: /admin/**, permission: admin }",
    "{ path: /a/b, permission: admin }",
    "{ path: /**, public: true }",
  );
  const piece = fc.constantFrom(
    ...["/", "//", "\\", ".", "..", "/../", "/./", ";", ";x=1", "%2f", "%2F", "%5c", "%2e", "%2E%2e", "%252e", "%25"],
    ...["%252f", "%c0%ae", "%c0%af", "%00", "%20", "%3f", "%23", "%3b", "?", "#", "+", "~", "%7e", "%40", "@", "%61"],
    ...[
      "admin",
      "ADMIN",
      "Admin",
      "a",
      "b",
      "A",
      "%EF%BD%81dmin",
      "adm\u0131n",
      "%C4%B1",
      "x",
      "%EF%BC%8F",
      "%E2%80%A5",
      "%",
    ],
  );
  const target = fc.array(piece, { maxLength: 8 }).map((parts) => `/${parts.join("")}`);

  test.each(Object.entries(upstreams))(
    "that reads paths as %s never sees a guarded one that passed as public",
    (_name, read) => {
      fc.assert(
        fc.property(target, (text) => {
          if (findName(rules, text) !== "/**") return true;
          const seen = read(text.replace(/\?.*$/s, ""));
          return !/^\/admin(\/|$)/.test(seen) && seen !== "/a/b";
        }),
        { numRuns: 3000 },
      );
    },
  );

  test("sees every ordinary path: any text, encoded as JavaScript does, passes", () => {
    const isOrdinary = (text: string) =>
      text !== "" &&
      !/[\p{Cc}\p{Cs}/\\;]|%[0-9a-f]{2}/iu.test(text) &&
      !/[. ]$/.test(text) &&
      !/[/\\]|^\.+$/.test(text.normalize("NFKC"));
    const segment = fc.string({ unit: "grapheme", maxLength: 12 }).filter(isOrdinary);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        const path = `/files/${segments.map(encodeURIComponent).join("/")}`;
        return findName(toRules("{ path: /files/**, public: true }"), path) === "/files/**";
      }),
    );
  });
});
