// AuthError → status, WWW-Authenticate, body: always parseable, never with anything that the caller sent.
import { describe, expect, test } from "vitest";
import { AuthError, type Reason } from "../../src/index.js";
import { toRefusal } from "../../src/request/challenge.js";
import { parseChallenge } from "../support/challenge.js";

const policy = (realm: string) => ({ realm, metadataUrl: undefined, dpop: undefined });

const challengeOf = (error: AuthError, realm = "api") => {
  const values = toRefusal(error, policy(realm)).headers["www-authenticate"];
  expect(values).toHaveLength(1);
  return parseChallenge(String(values?.[0]));
};

describe("A challenge", () => {
  test.each<Reason>(["credentials_missing", "scheme_unsupported"])("holds no error code for %s", (reason) => {
    expect(challengeOf(new AuthError(reason))).toEqual({ scheme: "Bearer", parameters: { realm: "api" } });
  });

  test("names the scopes that would do", () => {
    const error = new AuthError("scope_missing", { scopes: ["read:a", "write:a"] });
    expect(challengeOf(error).parameters).toMatchObject({ error: "insufficient_scope", scope: "read:a write:a" });
  });

  test.each([
    ['a "quoted" realm', 'a "quoted" realm'],
    ["back\\slash", "back\\slash"],
    ['\\"', '\\"'],
    ['x", error="none', 'x", error="none'],
    ["line\r\nSet-Cookie: a=b", "lineSet-Cookie: a=b"],
    ["nul\u0000 tab\t del\u007f", "nul tab del"],
    ["zoë 日本", "zo "],
  ])("keeps the realm %j within its quotes", (realm, expected) => {
    expect(challengeOf(new AuthError("expired"), realm).parameters["realm"]).toBe(expected);
  });

  test("can be sent as a header whatever the realm is", () => {
    const { headers } = toRefusal(new AuthError("expired"), policy("a\r\nb\u0000c😀"));
    expect(() => new Headers({ "www-authenticate": String(headers["www-authenticate"]) })).not.toThrow();
  });
});

describe("A refusal", () => {
  test("is never stored by a cache", () => {
    expect(toRefusal(new AuthError("expired"), policy("api")).headers["cache-control"]).toBe("no-store");
  });

  test("says when to try again, and challenges nobody, when keys are unavailable", () => {
    const { status, headers, body } = toRefusal(new AuthError("keys_unavailable", { retryAfter: 7 }), policy("api"));
    expect({ status, headers, error: body.error }).toEqual({
      status: 503,
      headers: { "cache-control": "no-store", "retry-after": "7" },
      error: "temporarily_unavailable",
    });
  });

  test("holds nothing of the details", () => {
    const details = { name: "SECRET-1", problem: "SECRET-2", expected: "SECRET-3", actual: "SECRET-4" };
    const error = new AuthError("audience_mismatch", { details, cause: new Error("SECRET-5") });
    expect(JSON.stringify(toRefusal(error, policy("api")))).not.toContain("SECRET");
  });
});
