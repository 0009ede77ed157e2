// RFC 9396: one entry of authorization_details must be of the type and have the members.
import { describe, expect, test } from "vitest";
import {
  all,
  any,
  ConfigError,
  type DetailsRequirement,
  details,
  not,
  permission,
  toOpenApiSecurity,
} from "../../src/index.js";
import { bearer, guardWith, refusalOf, token, verdict } from "../support/keys.js";

const payment = {
  type: "payment_initiation",
  locations: ["https://bank.test/payments"],
  actions: ["initiate", "status", "cancel"],
  instructedAmount: { currency: "EUR", amount: "123.50" },
  urgent: false,
};
const account = { type: "account_information", actions: ["list_accounts"], datatypes: ["balance"] };

const verdictFor = (requirement: DetailsRequirement, authorization_details: unknown) =>
  verdict(guardWith(), token({ authorization_details }), requirement);

describe("Authorization details are met by an entry", () => {
  test.each<[string, DetailsRequirement]>([
    ["of the type", details("payment_initiation")],
    ["whose list holds every value named", details("payment_initiation", { actions: ["cancel", "initiate"] })],
    ["with an equal member", details("payment_initiation", { urgent: false })],
    [
      "with an equal object, in whatever order",
      details("payment_initiation", { instructedAmount: { amount: "123.50", currency: "EUR" } }),
    ],
    [
      "with all of these",
      details("payment_initiation", { actions: ["status"], locations: ["https://bank.test/payments"] }),
    ],
  ])("%s", async (_name, requirement) => {
    expect(await verdictFor(requirement, [account, payment])).toBe("accepted");
  });
});

describe("Authorization details are not met by an entry", () => {
  test.each<[string, DetailsRequirement]>([
    ["of a longer type", details("payment")],
    ["of a type in other letters", details("PAYMENT_INITIATION")],
    ["whose list lacks one value", details("payment_initiation", { actions: ["initiate", "refund"] })],
    ["whose value only begins alike", details("payment_initiation", { actions: ["init"] })],
    ["without the member", details("payment_initiation", { privileges: ["admin"] })],
    ["whose member is merely inherited", details("payment_initiation", { constructor: true })],
    ["with another value", details("payment_initiation", { urgent: true })],
    ["with a value of another kind", details("payment_initiation", { urgent: 0 })],
    ["with an object that says more", details("payment_initiation", { instructedAmount: { currency: "EUR" } })],
    [
      "with an object that says less",
      details("payment_initiation", { instructedAmount: { amount: "123.50", currency: "EUR", fee: "0" } }),
    ],
    ["with text where a list is wanted", details("account_information", { actions: ["list_accounts", "l"] })],
  ])("%s", async (_name, requirement) => {
    expect(await verdictFor(requirement, [account, payment])).toBe("details_missing");
  });

  test("of the type and another one with the members: two grants do not add up (RFC 9396 §2)", async () => {
    const requirement = details("a", { actions: ["write"], locations: ["x"] });
    const entries = [
      { type: "a", actions: ["write"], locations: ["y"] },
      { type: "a", actions: ["read"], locations: ["x"] },
      { type: "b", actions: ["write"], locations: ["x"] },
    ];
    expect(await verdictFor(requirement, entries)).toBe("details_missing");
  });

  test("whose object holds __proto__ instead of the member (CWE-1321)", async () => {
    const entries = JSON.parse('[{"type":"a","amount":{"__proto__":{}}}]');
    expect(await verdictFor(details("a", { amount: { currency: "EUR" } }), entries)).toBe("details_missing");
  });

  test.each([
    ["absent", undefined],
    ["empty", []],
  ])("when the claim is %s", async (_name, claim) => {
    expect(await verdictFor(details("a"), claim)).toBe("details_missing");
  });
});

describe("A malformed authorization_details claim (RFC 9396 §9.1)", () => {
  const malformed: [string, unknown][] = [
    ["an object", { type: "a" }],
    ["text", '[{"type":"a"}]'],
    ["null", null],
    ["a list with text", [{ type: "a" }, "a"]],
    ["a list with null", [{ type: "a" }, null]],
    ["an entry without type", [{ type: "a" }, { actions: ["x"] }]],
    ["an entry whose type is not a string", [{ type: "a" }, { type: ["a"] }]],
  ];

  test.each(malformed)("that is %s makes the token invalid", async (_name, claim) => {
    expect(await verdictFor(details("a"), claim)).toBe("claim_invalid");
  });

  test.each(malformed)("that is %s does not satisfy a `not` either", async (_name, claim) => {
    expect(await verdict(guardWith(), token({ authorization_details: claim }), not(details("b")))).toBe(
      "claim_invalid",
    );
  });

  test.each(malformed)("that is %s does not satisfy a `not` around other parts either", async (_name, claim) => {
    const made = token({ authorization_details: claim });
    const [wanted, granted] = [details("b"), permission("p")];
    for (const hidden of [not(any(wanted)), not(any(granted, wanted)), not(all(granted, wanted)), not(all(wanted))]) {
      expect(await verdict(guardWith(), made, hidden)).not.toBe("accepted");
      expect(await verdict(guardWith(), made, any(hidden, granted))).not.toBe("accepted");
      expect(await verdict(guardWith(), made, not(not(hidden)))).not.toBe("accepted");
    }
  });

  test("that is well formed satisfies a `not` around what it does not grant", async () => {
    const made = token({ authorization_details: [{ type: "a" }] });
    for (const absent of [not(any(details("b"))), not(any(permission("p"), details("b"))), not(all(details("b")))]) {
      expect(await verdict(guardWith(), made, absent)).toBe("accepted");
    }
    expect(await verdict(guardWith(), made, not(any(details("a"))))).toBe("requirement_not_met");
    expect(await verdict(guardWith(), token(), not(any(details("b"))))).toBe("accepted");
  });
});

test("The refusal is 403 insufficient_scope and says nothing of what was granted", async () => {
  const guard = guardWith();
  const claims = { authorization_details: [{ type: "a", iban: "SECRET" }] };
  const error = await refusalOf(guard.check(bearer(token(claims)), details("a", { iban: "WANTED" })));
  const { status, headers, body } = guard.refusal(error);
  expect({ status, error: body.error }).toEqual({ status: 403, error: "insufficient_scope" });
  expect(JSON.stringify({ headers, body })).not.toMatch(/SECRET|WANTED/);
});

describe("Authorization details are refused at start-up when they", () => {
  test.each<[string, unknown, unknown]>([
    ["have no type", "", {}],
    ["have a type that is not a string", 1, {}],
    ["have an empty list, which every list holds", "a", { actions: [] }],
    ["name the type twice", "a", { type: "b" }],
    ["have a function", "a", { amount: () => true }],
    ["have undefined", "a", { amount: undefined }],
    ["have NaN", "a", { amount: Number.NaN }],
    ["have a date", "a", { until: new Date(0) }],
    ["have a list as members", "a", ["x"]],
    ["have null as members", "a", null],
    ["have a Map as members", "a", new Map([["currency", "EUR"]])],
    ["have a date as members", "a", new Date(0)],
    ["inherit their members", "a", Object.create({ currency: "EUR" })],
    ["have a hidden member", "a", Object.defineProperty({}, "currency", { value: "EUR" })],
    [
      "have a getter",
      "a",
      {
        get currency() {
          return "EUR";
        },
      },
    ],
  ])("%s", (_name, type, having) => {
    expect(() => details(type as string, having as Record<string, unknown>)).toThrow(ConfigError);
  });

  test("but not when they merely have no prototype", () => {
    expect(details("a", Object.assign(Object.create(null), { currency: "EUR" })).having).toEqual({ currency: "EUR" });
  });

  test("cannot be changed once they were checked", () => {
    const requirement = details("a", Object.freeze({ actions: ["read"], deep: { list: ["x"] } }));
    expect(() => (requirement.having["actions"] as string[]).pop()).toThrow(TypeError);
    expect(() => (requirement.having["deep"] as { list: string[] }).list.pop()).toThrow(TypeError);
  });
});

test("Authorization details survive JSON, as every requirement does", async () => {
  const requirement = JSON.parse(JSON.stringify(details("payment_initiation", { actions: ["initiate"] })));
  expect(await verdictFor(requirement, [payment])).toBe("accepted");
});

test("Authorization details have no scope in the OpenAPI document", () => {
  expect(toOpenApiSecurity(details("a"), "oauth2")).toEqual([{ oauth2: [] }]);
});
