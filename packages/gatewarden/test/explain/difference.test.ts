// Near misses: what differs, in words, and from which character on.
import { describe, expect, test } from "vitest";
import { findDifference, findNearest } from "../../src/explain/difference.js";

describe("A near miss", () => {
  test.each([
    ["https://t.example/", "https://t.example", "the slash at the end", 17],
    ["https://t.example", "http://t.example", "the scheme (http or https)", 4],
    ["t.example", "https://t.example", "the scheme (http or https)", 0],
    ["https://T.example", "https://t.example", "capital letters", 8],
    ["api", " api", "blanks around it", 0],
    ["api://5b2f", "5b2f", "`api://` in front", 0],
    ["https://www.t.example", "https://t.example", "`www.` in front", 8],
    ["https://t.example/a%20b", "https://t.example/a b", "percent-encoding", 19],
    [
      "https://t.example/",
      "http://T.example",
      "the scheme (http or https) and the slash at the end and capital letters",
      4,
    ],
    ["https://acme.eu.auth0.com/", "https://acme.us.auth0.com/", "the region (`eu` or `us`)", 13],
    ["https://acme.auth0.com/", "https://acme.us.auth0.com/", "the region (none or `us`)", 13],
    ["https://acme.eu.auth0.com/", "https://acme-dev.eu.auth0.com/", "the tenant (`acme` or `acme-dev`)", 12],
    ["http://127.0.0.1:4400/", "http://127.0.0.1:4401/", "the port (4400 or 4401)", 20],
    [
      "http://localhost:8080/realms/a",
      "http://keycloak:8080/realms/a",
      "the host (`localhost:8080` or `keycloak:8080`)",
      7,
    ],
    ["http://localhost:4400/", "http://127.0.0.1:4400/", "the host (`localhost:4400` or `127.0.0.1:4400`)", 7],
    ["https://api.acme.com", "https://api.acne.com", "one character", 14],
    ["read:reports", "read:report", "one character", 11],
    ["read:reports", "raed:reports", "two characters", 1],
  ])("%s and %s: only %s", (expected, actual, what, at) => {
    expect(findDifference(expected, actual)).toMatchObject({ what, at });
  });

  test.each([
    ["", ""],
    ["a", "a"],
    ["a", "b"],
    ["", " "],
    ["api", "client"],
    ["https://issuer.example/", "https://other.test/"],
    ["https://t.example/realms/a", "https://t.example/realms/other"],
    ["https://acme.eu.auth0.com/", "https://acme.okta.com/"],
    ["x".repeat(600), `${"x".repeat(599)}y`],
  ])("is none between %j and %j", (expected, actual) => {
    expect(findDifference(expected, actual)).toBeUndefined();
  });

  test("is found among lists, and passes over what is not a string", () => {
    expect(findNearest(["other", "https://api"], [1, null, "https://api/"])).toEqual({
      kind: "spelling",
      what: "the slash at the end",
      at: 11,
      expected: "https://api",
      actual: "https://api/",
    });
    expect(findNearest(undefined, "x")).toBeUndefined();
  });
});
