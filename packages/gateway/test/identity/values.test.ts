// The identity as headers: what is encoded, and what is refused.

import fc from "fast-check";
import type { Auth } from "gatewarden";
import { describe, expect, test } from "vitest";
import { requireIdentityNames } from "../../src/identity/names.js";
import { toIdentityHeaders } from "../../src/identity/values.js";
import { GatewayRefusal } from "../../src/refusals.js";

const names = requireIdentityNames(undefined);
const nothing = { scopes: [], permissions: [], roles: [], issuer: "" };

function headerOf(auth: Partial<Auth<unknown>>, name: string): string | undefined {
  return toIdentityHeaders(names, { ...nothing, ...auth } as unknown as Auth<unknown>).find(
    ([one]) => one === name,
  )?.[1];
}

describe("The actor (RFC 8693 §4.1)", () => {
  const subject = undefined;
  test.each<[string, Auth<unknown>["actor"], string]>([
    ["is named by its subject", { subject: "orders-api", clientId: "c", issuer: undefined }, "orders-api"],
    ["is named by its client id where it has no subject", { subject, clientId: "c", issuer: undefined }, "c"],
    ["without a name is not taken for none", { subject, clientId: undefined, issuer: undefined }, "unnamed"],
    ["with an empty name is not taken for none", { subject: "", clientId: "", issuer: undefined }, "unnamed"],
    ["is empty where nothing but the user acts", undefined, ""],
  ])("%s", (_name, actor, value) => {
    expect(headerOf({ actor }, "X-Auth-Actor")).toBe(value);
  });
});

describe("A value", () => {
  test.each([
    ["auth0|alice", "auth0|alice"],
    ["alice@example.com", "alice@example.com"],
    ["a b", "a%20b"],
    ["a,b", "a%2Cb"],
    ["100%", "100%25"],
    ["jürgen", "j%C3%BCrgen"],
    ["a\r\nX-Admin: 1", "a%0D%0AX-Admin:%201"],
    ["a\0b", "a%00b"],
    ["", ""],
  ])("%j is sent as %s (CWE-113)", (subject, value) => {
    expect(headerOf({ subject }, "X-Auth-Subject")).toBe(value);
  });

  test("is visible ASCII, and decodes to what the token says", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).filter((text) => !/\p{Cs}/u.test(text)),
        (subject) => {
          const value = headerOf({ subject }, "X-Auth-Subject") ?? "";
          return /^[\x21-\x7e]*$/.test(value) && decodeURIComponent(value) === subject;
        },
      ),
    );
  });

  test("of a list has each entry apart, whatever it contains", () => {
    const permissions = ["read:a", "with blank", "", "x"];
    const value = headerOf({ permissions: permissions.filter((one) => one !== "") }, "X-Auth-Permissions");
    expect(value).toBe("read:a with%20blank x");
    expect(value?.split(" ").map(decodeURIComponent)).toEqual(["read:a", "with blank", "x"]);
  });

  test.each([
    ["half of a character", { subject: "a\ud800" }, "identity_failed"],
    ["a value over 4 KiB", { subject: "a".repeat(4097) }, "identity_too_large"],
    ["a list over 4 KiB", { roles: Array.from({ length: 2000 }, () => "abc") }, "identity_too_large"],
    [
      "all together over 8 KiB",
      { subject: "a".repeat(4096), clientId: "b".repeat(4096), issuer: "c" },
      "identity_too_large",
    ],
  ])("refuses the request for %s", (_name, auth, reason) => {
    expect(() => headerOf(auth, "X-Auth-Subject")).toThrow(GatewayRefusal);
    try {
      headerOf(auth, "X-Auth-Subject");
    } catch (error) {
      expect((error as GatewayRefusal).reason).toBe(reason);
    }
  });
});

test("Without a token every header is there, and empty", () => {
  expect(toIdentityHeaders(names, undefined).map(([, value]) => value)).toEqual(Array.from({ length: 8 }, () => ""));
});
