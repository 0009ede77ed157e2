// RFC 8693 §4.1: the current actor alone decides, and a claim that cannot be read decides nothing.
import { describe, expect, test } from "vitest";
import {
  type ActorTerms,
  actor,
  all,
  any,
  anyActor,
  ConfigError,
  isMet,
  not,
  permission,
  type Requirement,
  toOpenApiSecurity,
} from "../../src/index.js";
import { bearer, type Claims, guardWith, issuer, refusalOf, token, verdict } from "../support/keys.js";

const guard = guardWith();
const orders = { sub: "orders-api" };
const verdictFor = (requirement: Requirement, act: unknown, more: Claims = {}) =>
  verdict(guard, token({ act, ...more }), requirement);

describe("The current actor is the one required", () => {
  test.each<[string, ActorTerms, unknown]>([
    ["by subject", { subject: "orders-api" }, orders],
    ["by client id", { clientId: "orders-api" }, { client_id: "orders-api" }],
    ["by both", { subject: "agent", clientId: "orders-api" }, { sub: "agent", client_id: "orders-api" }],
    ["after others that acted before", { subject: "orders-api" }, { ...orders, act: { sub: "evil" } }],
    ["of the token's own issuer, which it repeats", { subject: "orders-api" }, { ...orders, iss: issuer }],
    ["of the token's own issuer, which is required", { subject: "orders-api", issuer }, orders],
    ["of another issuer", { subject: "agent", issuer: "https://b.test/" }, { sub: "agent", iss: "https://b.test/" }],
    ["with members that mean nothing here", { subject: "orders-api" }, { ...orders, exp: 1, aud: "x" }],
  ])("%s", async (_name, terms, act) => {
    expect(await verdictFor(actor(terms), act)).toBe("accepted");
    expect(await verdictFor(not(actor(terms)), act)).toBe("requirement_not_met");
  });
});

describe("An `act` as servers write it is taken", () => {
  test.each<[string, unknown, ActorTerms]>([
    // https://auth0.com/docs/secure/call-apis-on-users-behalf/on-behalf-of-token-exchange
    ["Auth0", { sub: "orders-client", act: { sub: "spa-client" } }, { subject: "orders-client" }],
    // keycloak/keycloak, TokenExchangeDelegationProvider: a copy of `may_act`, with the prior `act`.
    [
      "Keycloak's delegation",
      { sub: "u-1", client_id: "agent", act: { sub: "u-2", client_id: "b" } },
      { clientId: "agent" },
    ],
    ["Keycloak's impersonation", { sub: "u-helpdesk", preferred_username: "helpdesk" }, { subject: "u-helpdesk" }],
    // https://docs.airlock.com/iam/latest: "a claim set containing sub and iss".
    ["Airlock IAM", { sub: "agent", iss: issuer, act: { sub: "b", iss: issuer } }, { subject: "agent" }],
    ["a server that writes null for what is missing", { sub: "agent", iss: null, act: null }, { subject: "agent" }],
  ])("%s", async (_name, act, terms) => {
    expect(await verdictFor(actor(terms), act)).toBe("accepted");
    expect(await verdictFor(not(anyActor()), act)).toBe("requirement_not_met");
  });
});

describe("The current actor is not the one required", () => {
  test.each<[string, ActorTerms, unknown]>([
    ["where it only acted before: prior actors do not count", { subject: "orders-api" }, { sub: "b", act: orders }],
    ["where the token names none", { subject: "orders-api" }, undefined],
    ["where `act` is null", { subject: "orders-api" }, null],
    ["where it has no such name", { clientId: "orders-api" }, orders],
    ["where it only begins alike", { subject: "orders" }, orders],
    ["where one of two names differs", { subject: "orders-api", clientId: "b" }, { ...orders, client_id: "c" }],
    ["of that name at another issuer", { subject: "orders-api" }, { ...orders, iss: "https://evil.test/" }],
    ["of the token's issuer, where another is required", { subject: "orders-api", issuer: "https://b.test/" }, orders],
    [
      "whose name is merely inherited (CWE-1321)",
      { subject: "orders-api" },
      JSON.parse('{"__proto__":{"sub":"orders-api"}}'),
    ],
  ])("%s", async (_name, terms, act) => {
    expect(await verdictFor(actor(terms), act)).toBe("actor_mismatch");
    expect(await verdictFor(not(actor(terms)), act)).toBe("accepted");
  });
});

describe("Delegation", () => {
  test("can be required, and can be ruled out", async () => {
    expect(await verdictFor(anyActor(), orders)).toBe("accepted");
    expect(await verdictFor(anyActor(), undefined)).toBe("actor_mismatch");
    expect(await verdictFor(not(anyActor()), undefined)).toBe("accepted");
    expect(await verdictFor(not(anyActor()), null)).toBe("accepted");
    expect(await verdictFor(not(anyActor()), orders)).toBe("requirement_not_met");
  });

  test("by an actor without a name is delegation", async () => {
    expect(await verdictFor(not(anyActor()), {})).toBe("requirement_not_met");
    expect(await verdictFor(not(anyActor()), { email: "agent@acme.test" })).toBe("requirement_not_met");
  });

  test("may be open to users themselves and to one API for them", async () => {
    const either = any(not(anyActor()), actor({ subject: "orders-api" }));
    expect(await verdictFor(either, undefined)).toBe("accepted");
    expect(await verdictFor(either, orders)).toBe("accepted");
    expect(await verdictFor(either, { sub: "evil", act: orders })).toBe("requirement_not_met");
  });

  test("goes together with what the user was granted", async () => {
    const both = all(actor({ subject: "orders-api" }), permission("read:a"));
    expect(await verdictFor(both, orders, { permissions: ["read:a"] })).toBe("accepted");
    expect(await verdictFor(both, orders)).toBe("permission_missing");
    expect(await verdictFor(both, { sub: "evil" }, { permissions: ["read:a"] })).toBe("actor_mismatch");
  });
});

describe("A malformed `act`", () => {
  const malformed = ["orders-api", ["orders-api"], { sub: 1 }, { sub: "orders-api", act: "x" }];

  test.each(malformed)("refuses the token, required or not: %j", async (act) => {
    expect(await verdict(guard, token({ act }))).toBe("claim_invalid");
    for (const requirement of [anyActor(), not(anyActor()), not(any(actor({ subject: "b" }), permission("p")))]) {
      expect(await verdictFor(requirement, act)).toBe("claim_invalid");
    }
  });

  test.each(malformed)("in an opaque token's description refuses it: %j", async (act) => {
    const introspection = async () => ({ active: true, aud: "https://api.test", exp: 1_900_000_000, sub: "u", act });
    expect(await verdict(guardWith({ introspection }), "opaque")).toBe("claim_invalid");
    const good = async () => ({ active: true, aud: "https://api.test", exp: 1_900_000_000, sub: "u", act: orders });
    expect(await verdict(guardWith({ introspection: good }), "opaque", actor({ subject: "orders-api" }))).toBe(
      "accepted",
    );
  });

  test("in a description that runs in a circle ends", async () => {
    const act: { sub: string; act?: unknown } = { sub: "a" };
    act.act = act;
    const introspection = async () => ({ active: true, aud: "https://api.test", exp: 1_900_000_000, act });
    expect(await verdict(guardWith({ introspection }), "opaque")).toBe("claim_invalid");
  });
});

test("A known token is held against the requirement every time", async () => {
  const made = token({ act: orders });
  for (const _presentation of ["first", "second", "known"]) {
    expect(await verdict(guard, made, actor({ subject: "orders-api" }))).toBe("accepted");
    expect(await verdict(guard, made, actor({ subject: "other" }))).toBe("actor_mismatch");
  }
});

test("The refusal is 403 and names no actor", async () => {
  const error = await refusalOf(guard.check(bearer(token({ act: { sub: "SECRET" } })), actor({ subject: "WANTED" })));
  const { status, headers, body } = guard.refusal(error);
  expect({ status, error: body.error }).toEqual({ status: 403, error: "insufficient_scope" });
  expect(JSON.stringify({ headers, body })).not.toMatch(/SECRET|WANTED/);
});

test("`explain` says which actor was expected and which one came", async () => {
  const made = token({ act: { sub: "evil", act: orders } });
  const [finding] = await guard.explain(made, actor({ subject: "orders-api" }));
  expect(finding).toMatchObject({
    code: "actor_mismatch",
    expected: { subject: "orders-api" },
    actual: { sub: "evil" },
  });
});

test("`explain` says who acts with a token that is accepted", async () => {
  const [finding] = await guard.explain(token({ act: orders }));
  expect(finding?.message).toContain("the user `user|1`; the actor is `orders-api`");
});

test("`isMet` answers for menus", async () => {
  const auth = await guard.verify(token({ act: orders }));
  expect(isMet(actor({ subject: "orders-api" }), auth)).toBe(true);
  expect(isMet(not(anyActor()), auth)).toBe(false);
});

test("An actor survives JSON, and has no scope in the OpenAPI document", async () => {
  const requirement = JSON.parse(JSON.stringify(actor({ subject: "orders-api" })));
  expect(await verdictFor(requirement, orders)).toBe("accepted");
  expect(toOpenApiSecurity(all(actor({ subject: "a" }), permission("p")), "oauth2")).toEqual([{ oauth2: ["p"] }]);
});

describe("An actor is refused at start-up when its terms", () => {
  test.each<[string, unknown]>([
    ["are absent", undefined],
    ["are text", "orders-api"],
    ["are null", null],
    ["are empty", {}],
    ["name an issuer alone", { issuer }],
    ["have an undefined name", { subject: "a", clientId: undefined }],
    ["have an empty name", { subject: "" }],
    ["have a list", { subject: ["a", "b"] }],
    ["have an unknown name", { subject: "a", sub: "b" }],
    ["are inherited", Object.create({ subject: "a" })],
  ])("%s", (_name, terms) => {
    expect(() => actor(terms as ActorTerms)).toThrow(ConfigError);
  });
});
