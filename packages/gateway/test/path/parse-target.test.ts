// What is refused of a request-target, and the nearest neighbours that pass.
import { describe, expect, test } from "vitest";
import { parseTarget } from "../../src/path/parse-target.js";
import { GatewayRefusal } from "../../src/refusals.js";

function reasonOf(target: string): string | undefined {
  try {
    parseTarget(target);
    return undefined;
  } catch (error) {
    if (error instanceof GatewayRefusal) return error.reason;
    throw error;
  }
}

describe("A target is refused", () => {
  test.each([
    ["an encoded slash (RFC 3986 §2.2)", "/a%2Fb", "path_encoded_separator"],
    ["an encoded slash in lower case", "/a%2fb", "path_encoded_separator"],
    ["a backslash", "/a\\b", "path_encoded_separator"],
    ["an encoded backslash", "/a%5Cb", "path_encoded_separator"],
    ["a dot segment (RFC 3986 §5.2.4)", "/public/../admin", "path_dot_segment"],
    ["a dot segment at the end", "/public/..", "path_dot_segment"],
    ["a single dot", "/./admin", "path_dot_segment"],
    ["an encoded dot segment", "/public/%2e%2e/admin", "path_encoded_plain"],
    ["a half encoded dot segment", "/public/.%2E/admin", "path_encoded_plain"],
    ["a dot segment that is encoded twice (CWE-174)", "/public/%252e%252e/admin", "path_encoded_twice"],
    ["an overlong dot (RFC 3629 §10)", "/public/%c0%ae%c0%ae/admin", "path_not_utf8"],
    ["an overlong slash", "/a%c0%afb", "path_not_utf8"],
    ["a byte that is not UTF-8", "/a%ff", "path_not_utf8"],
    ["half a character", "/a%E2%82", "path_not_utf8"],
    ["a surrogate in UTF-8", "/a%ED%A0%80", "path_not_utf8"],
    ["an empty segment", "/a//b", "path_empty_segment"],
    ["an empty first segment", "//admin", "path_empty_segment"],
    ["a parameter (CVE-2020-1957)", "/admin;x=1", "path_parameter"],
    ["a parameter after dots", "/public/..;/admin", "path_parameter"],
    ["an encoded semicolon", "/admin%3Bx", "path_parameter"],
    ["NUL (CWE-626)", "/admin%00.html", "path_control"],
    ["an encoded line end (CWE-113)", "/a%0d%0ax:y", "path_control"],
    ["an encoded control beyond ASCII", "/a%C2%85", "path_control"],
    ["a percent sign without digits", "/100%", "path_encoding"],
    ["a percent sign with one digit", "/a%4", "path_encoding"],
    ["%u encoding of IIS", "/a%u002e", "path_encoding"],
    ["an encoded letter (RFC 3986 §6.2.2.2)", "/%61dmin", "path_encoded_plain"],
    ["an encoded tilde", "/%7Ealice", "path_encoded_plain"],
    ["absolute form (RFC 9112 §3.2.2)", "http://other.example/admin", "target_malformed"],
    ["the asterisk (RFC 9112 §3.2.4)", "*", "target_malformed"],
    ["an authority (RFC 9112 §3.2.3)", "example.com:443", "target_malformed"],
    ["nothing", "", "target_malformed"],
    ["a fragment", "/admin#x", "target_malformed"],
    ["a fragment behind the query", "/admin?x#y", "target_malformed"],
    ["a blank", "/a b", "target_malformed"],
    ["a tab", "/a\tb", "target_malformed"],
    ["bytes beyond ASCII", "/caf\u00c3\u00a9", "target_malformed"],
    ["a line end in the query", "/a?x\r\ny", "target_malformed"],
    ["a quotation mark", '/a"b', "path_character"],
    ["angle brackets", "/<a>", "path_character"],
    ["a brace", "/{a}", "path_character"],
    ["a length over 8 KiB", `/${"a".repeat(8192)}`, "target_too_long"],
    ["more than 128 segments", "/a".repeat(129), "target_too_long"],
  ])("with %s", (_name, target, reason) => {
    expect(reasonOf(target)).toBe(reason);
  });
});

describe("A target passes", () => {
  test.each([
    ["the root", "/", [""]],
    ["plain names", "/reports/2026", ["reports", "2026"]],
    ["a final slash", "/reports/", ["reports", ""]],
    ["dots within names", "/v1.2/a..b/.well-known/...c", ["v1.2", "a..b", ".well-known", "...c"]],
    ["an encoded blank", "/my%20file", ["my file"]],
    ["a plus", "/a+b", ["a+b"]],
    ["a tilde", "/~alice", ["~alice"]],
    ["UTF-8", "/caf%C3%A9", ["café"]],
    ["UTF-8 in lower case", "/caf%c3%a9", ["café"]],
    ["an emoji", "/%F0%9F%98%80", ["😀"]],
    ["an encoded at sign", "/users/alice%40example.com", ["users", "alice@example.com"]],
    ["characters that need no encoding", "/a@b:c,d=e&f$g!h'i(j)*k", ["a@b:c,d=e&f$g!h'i(j)*k"]],
    ["an encoded percent sign", "/100%25", ["100%"]],
    ["an encoded percent sign before text", "/100%25%20off", ["100% off"]],
    ["an encoded question mark", "/What%3F", ["What?"]],
    ["brackets, which browsers send as they are", "/a[0]|b", ["a[0]|b"]],
    ["any query", "/a?b=../..;//%2e%zz{}\\&c=http://x/", ["a"]],
    ["an empty query", "/a?", ["a"]],
    ["128 segments", "/a".repeat(128), Array.from({ length: 128 }, () => "a")],
  ])("with %s", (_name, target, segments) => {
    expect(parseTarget(target).segments).toEqual(segments);
  });
});
