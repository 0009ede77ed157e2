// Requirements are exact string sets: what grants, what does not, and what the 403 names.
import { describe, expect, test } from "vitest";
import {
  all,
  any,
  anyOrganization,
  claim,
  type GuardOptions,
  not,
  organization,
  permission,
  type Requirement,
  role,
  scope,
} from "../../src/index.js";
import { type Claims, guardWith, refusalOf, token, verdict } from "../support/keys.js";

const guard = guardWith();
const verdictFor = (requirement: Requirement, claims: Claims, options?: GuardOptions) =>
  verdict(options ? guardWith(options) : guard, token(claims), requirement);

const almost = [
  ...["read:admin2", "xread:admin", "read:admi", "read", "admin", "READ:ADMIN", "Read:Admin", "*", "read:*", ".*", ""],
  ...[
    " read:admin",
    "read:admin ",
    "read:admin\u0000",
    "read:admin\n",
    "read:\u200badmin",
    "reаd:admin",
    "read%3Aadmin",
  ],
];

describe("A permission", () => {
  test.each([[["read:admin"]], [["a", "read:admin"]], [["read:admin", "read:admin"]]])(
    "is granted by exactly that name in %j",
    async (permissions) => {
      expect(await verdictFor(permission("read:admin"), { permissions })).toBe("accepted");
    },
  );

  test.each(almost)("is not granted by %j", async (name) => {
    expect(await verdictFor(permission("read:admin"), { permissions: [name] })).toBe("permission_missing");
  });

  test.each([
    ["absent", undefined],
    ["empty", []],
    ["text", "read:admin"],
    ["text with blanks", "a read:admin b"],
    ["text with commas", "a,read:admin"],
    ["text that is JSON", '["read:admin"]'],
    ["an object", { "read:admin": true }],
    ["array-like", { 0: "read:admin", length: 1 }],
    ["nested", [["read:admin"]]],
    ["an object in a list", [{ name: "read:admin" }]],
    ["mixed with a number", ["read:admin", 1]],
    ["mixed with null", [null, "read:admin"]],
    ["joined in a list", ["a read:admin"]],
    ["null", null],
    ["true", true],
    ["a number", 1],
  ])("is not granted by permissions that are %s", async (_name, permissions) => {
    expect(await verdictFor(permission("read:admin"), { permissions })).toBe("permission_missing");
  });

  test.each(["__proto__", "constructor", "length", "toString", "0", "includes"])(
    "called %s is not inherited",
    async (name) => {
      expect(await verdictFor(permission(name), { permissions: ["a"] })).toBe("permission_missing");
    },
  );

  test("is not granted by a scope, a role or a claim of that name", async () => {
    const claims = { scope: "read:admin", roles: ["read:admin"], "read:admin": true };
    expect(await verdictFor(permission("read:admin"), claims)).toBe("permission_missing");
  });

  test("is not granted by permissions inside __proto__", async () => {
    const claims = JSON.parse('{"__proto__":{"permissions":["read:admin"]}}') as Claims;
    expect(await verdictFor(permission("read:admin"), claims)).toBe("permission_missing");
  });
});

describe("Two permissions, or two scopes", () => {
  test.each<[Requirement, Claims, string]>([
    [permission("a", "b"), { permissions: ["a", "b", "c"] }, "accepted"],
    [permission("a", "b"), { permissions: ["a"] }, "permission_missing"],
    [permission("a", "b"), { permissions: ["b"] }, "permission_missing"],
    [scope("a", "b"), { scope: "b a" }, "accepted"],
    [scope("a", "b"), { scope: "a" }, "scope_missing"],
    [scope("a", "b"), { scope: "b" }, "scope_missing"],
    [scope("a b"), { scope: "a b" }, "accepted"],
    [scope("a b"), { scope: "a" }, "scope_missing"],
    [role("a", "b"), { roles: ["a"] }, "role_missing"],
    [role("a", "b"), { roles: ["b", "a"] }, "accepted"],
  ])("are both enforced: %j with %j is %s", async (requirement, claims, expected) => {
    expect(await verdictFor(requirement, claims)).toBe(expected);
  });

  test("written with a blank mean the same as written apart", () => {
    expect(scope("a b")).toEqual(scope("a", "b"));
  });
});

describe("A scope", () => {
  test.each(["read:admin", "a read:admin", "read:admin a", "  a  read:admin  "])(
    "is granted by the text %j",
    async (text) => {
      expect(await verdictFor(scope("read:admin"), { scope: text })).toBe("accepted");
    },
  );

  const blanksAreSeparators = almost.filter((name) => ![" read:admin", "read:admin "].includes(name));

  test.each([
    ...blanksAreSeparators,
    ...["a,read:admin", "a\tread:admin", "a\nread:admin", "a+read:admin", '["read:admin"]'],
  ])("is not granted by the text %j", async (text) => {
    expect(await verdictFor(scope("read:admin"), { scope: text })).toBe("scope_missing");
  });

  test("in a list counts only where the provider is known to write lists", async () => {
    const claims = { scope: ["read:admin"] };
    expect(await verdictFor(scope("read:admin"), claims)).toBe("scope_missing");
    expect(await verdictFor(scope("read:admin"), claims, { scopeAsList: true })).toBe("accepted");
    expect(await verdictFor(scope("read:admin"), { scope: ["a read:admin"] }, { scopeAsList: true })).toBe(
      "scope_missing",
    );
    expect(await verdictFor(scope("read:admin"), { scope: "a read:admin" }, { scopeAsList: true })).toBe("accepted");
  });

  test("is not granted by a permission", async () => {
    expect(await verdictFor(scope("read:admin"), { permissions: ["read:admin"] })).toBe("scope_missing");
  });
});

describe("The configured claim names", () => {
  test.each<[Requirement, Claims, GuardOptions]>([
    [scope("a"), { scp: "a" }, { claimNames: { scope: "scp" } }],
    [scope("a"), { scp: ["a"] }, { claimNames: { scope: "scp" }, scopeAsList: true }],
    [permission("a"), { "https://acme.com/perms": ["a"] }, { claimNames: { permissions: "https://acme.com/perms" } }],
    [role("a"), { realm_access: { roles: ["a"] } }, { claimNames: { roles: ["realm_access", "roles"] } }],
    [role("a"), { "https://acme.com/roles": ["a"] }, { claimNames: { roles: "https://acme.com/roles" } }],
    [role("a"), { "a.b": ["a"] }, { claimNames: { roles: "a.b" } }],
    [organization("o"), { tenant: "o" }, { claimNames: { organization: "tenant" } }],
  ])("say where %j is found: %j", async (requirement, claims, options) => {
    expect(await verdictFor(requirement, claims, options)).toBe("accepted");
    expect(await verdictFor(requirement, claims)).not.toBe("accepted");
  });

  test.each<[Claims]>([
    [{ realm_access: "roles" }],
    [{ realm_access: ["roles"] }],
    [{ realm_access: null }],
    [{ realm_access: { roles: "a" } }],
    [{ "realm_access.roles": ["a"] }],
    [{ roles: ["a"] }],
  ])("that are a path find nothing in %j", async (claims) => {
    const options = { claimNames: { roles: ["realm_access", "roles"] } };
    expect(await verdictFor(role("a"), claims, options)).toBe("role_missing");
  });

  test("do not find what the path inherits", async () => {
    const options = { claimNames: { roles: ["constructor", "prototype"] } };
    expect(await verdictFor(role("a"), {}, options)).toBe("role_missing");
  });
});

describe("A claim", () => {
  test.each<[string | number | boolean, unknown, boolean]>([
    ["pro", "pro", true],
    ["pro", ["free", "pro"], true],
    ["pro", "Pro", false],
    ["pro", "prof", false],
    ["pro", { pro: true }, false],
    ["pro", undefined, false],
    ["pro", [["pro"]], false],
    ["", "", true],
    ["", undefined, false],
    [true, true, true],
    [true, "true", false],
    [true, 1, false],
    [false, undefined, false],
    [false, null, false],
    [false, false, true],
    [1, 1, true],
    [1, "1", false],
    [0, null, false],
    [0, -0, true],
  ])("that must be %j, and is %j: %s", async (value, actual, met) => {
    expect(await verdictFor(claim("plan", value), { plan: actual })).toBe(met ? "accepted" : "claim_mismatch");
  });

  test.each(["toString", "__proto__", "constructor"])("called %s is not inherited", async (name) => {
    expect(await verdictFor(claim(name, "x"), {})).toBe("claim_mismatch");
  });

  test("with dots and slashes in its name is taken as it stands", async () => {
    expect(await verdictFor(claim("https://acme.com/a.b", 1), { "https://acme.com/a.b": 1 })).toBe("accepted");
    expect(await verdictFor(claim("a.b", 1), { a: { b: 1 } })).toBe("claim_mismatch");
  });
});

describe("An organization", () => {
  test.each<[readonly string[], unknown, boolean]>([
    [["org_1"], "org_1", true],
    [["org_1", "org_2"], "org_2", true],
    [["org_1"], "org_11", false],
    [["org_1"], "ORG_1", false],
    [["org_1"], ["org_1"], false],
    [["org_1"], undefined, false],
    [["any"], "org_1", false],
    [["*"], "org_1", false],
  ])("of %j, and the token's is %j: %s", async (ids, org_id, met) => {
    expect(await verdictFor(organization(...ids), { org_id })).toBe(met ? "accepted" : "organization_mismatch");
  });

  test.each([
    ["org_9", true],
    ["any", true],
    [undefined, false],
    [null, false],
    ["", false],
    [["org_9"], false],
  ])("of any name, and the token's is %j: %s", async (org_id, met) => {
    expect(await verdictFor(anyOrganization(), { org_id })).toBe(met ? "accepted" : "organization_mismatch");
  });
});

describe("A composition", () => {
  const [a, b, c] = [permission("a"), permission("b"), permission("c")];

  test.each<[string, Requirement, string[], string]>([
    ["all of two, both there", all(a, b), ["a", "b"], "accepted"],
    ["all of two, one there", all(a, b), ["a"], "permission_missing"],
    ["any of two, one there", any(a, b), ["b"], "accepted"],
    ["any of two, none there", any(a, b), ["c"], "requirement_not_met"],
    ["not, and it is not there", not(a), ["b"], "accepted"],
    ["not, and it is there", not(a), ["a"], "requirement_not_met"],
    ["not not, and it is there", not(not(a)), ["a"], "accepted"],
    ["all with any", all(a, any(b, c)), ["a", "c"], "accepted"],
    ["all with any, the first missing", all(a, any(b, c)), ["c"], "permission_missing"],
    ["all with not", all(a, not(b)), ["a", "b"], "requirement_not_met"],
    ["any with all", any(all(a, b), c), ["a"], "requirement_not_met"],
    ["not any", not(any(a, b)), ["b"], "requirement_not_met"],
    ["not all", not(all(a, b)), ["b"], "accepted"],
  ])("%s", async (_name, requirement, permissions, expected) => {
    expect(await verdictFor(requirement, { permissions })).toBe(expected);
  });

  test.each<[string, Requirement, Record<string, unknown>]>([
    ["not of a role, where roles are text", not(role("suspended")), { roles: "suspended" }],
    ["not of a permission, where permissions are an object", not(permission("a")), { permissions: { 0: "a" } }],
    ["not of a scope, where scope is a list", not(scope("a")), { scope: ["a"] }],
    ["not of an organization, where org_id is a list", not(organization("org_1")), { org_id: ["org_1"] }],
    ["not of alternatives", not(any(role("suspended"), permission("b"))), { roles: "suspended" }],
  ])("is not met by a claim that cannot be read: %s", async (_name, requirement, changes) => {
    expect(await verdictFor(requirement, changes)).not.toBe("accepted");
    expect(await verdictFor(requirement, {})).toBe("accepted");
  });

  test("names all missing scopes in the challenge, each once", async () => {
    const requirement = all(permission("a"), scope("b", "c"), all(scope("c", "d")), role("r"));
    const error = await refusalOf(guard.verify(token(), requirement));
    expect([error.reason, error.scopes]).toEqual(["permission_missing", ["a", "b", "c", "d"]]);
  });

  test("names the scopes of one alternative, not of all", async () => {
    const error = await refusalOf(guard.verify(token(), any(role("r"), scope("a", "b"), scope("c"))));
    expect([error.reason, error.scopes]).toEqual(["requirement_not_met", ["a", "b"]]);
  });

  test("names no scope for what was ruled out", async () => {
    const error = await refusalOf(guard.verify(token({ scope: "a" }), not(scope("a"))));
    expect([error.reason, error.scopes]).toEqual(["requirement_not_met", []]);
  });
});
