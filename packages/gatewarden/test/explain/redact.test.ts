// What is shown of what came: no token, nor the beginning of one.
import { describe, expect, test } from "vitest";
import { redact } from "../../src/explain/redact.js";

describe("A value that is shown", () => {
  test.each([
    ["a token", "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"],
    ["a token whose header begins with a blank", "eyAiYWxnIjoiRVMyNTYifQ.eyJzdWIiOiJhIn0.c2ln"],
    ["a token that was cut off in its header", "eyJhbGciOiJFUzI1NiJ9"],
  ])("does not hold %s", (_what, token) => {
    expect(redact({ list: [`before ${token} after`] })).toEqual({ list: ["before ey… after"] });
  });

  test("holds all else as it is", () => {
    expect(redact(["https://api.acme.com/eye", "eyJ", 1, null])).toEqual(["https://api.acme.com/eye", "eyJ", 1, null]);
  });
});
