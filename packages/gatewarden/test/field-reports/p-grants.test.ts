// Kind P: where and in what shape providers write grants. The issuer's terms say it; a claim in
// another shape grants nothing, and the refusal says what stands there.
import { describe, expect, test } from "vitest";
import {
  all,
  type ClaimFormats,
  type ClaimNames,
  createGuard,
  type GuardOptions,
  not,
  organization,
  permission,
  type Requirement,
  role,
  scope,
} from "../../src/index.js";
import { createClock } from "../support/clock.js";
import { type Claims, guardWith, jwks, refusalOf, token, verdict } from "../support/keys.js";

interface Situation {
  readonly claims: Claims;
  readonly requirement: Requirement;
  readonly names?: Partial<ClaimNames>;
  readonly formats?: Partial<ClaimFormats>;
}

const optionsOf = ({ names, formats }: Situation): GuardOptions => ({
  ...(names && { claimNames: names }),
  ...(formats && { claimFormats: formats }),
});
const rows = (situations: Readonly<Record<string, Situation>>) => Object.entries(situations);
const verdictOf = (one: Situation) => verdict(guardWith(optionsOf(one)), token(one.claims), one.requirement);

const zitadel = "urn:zitadel:iam:org:project:roles";
const [asText, asKeys] = [{ roles: "text" } as const, { roles: "keys" } as const];

describe("A grant is found where the issuer's terms say that it stands", () => {
  const situations: Readonly<Record<string, Situation>> = {
    // https://www.keycloak.org/docs/latest/server_admin/: a client's roles are in resource_access.
    "permissions below a path": {
      claims: { resource_access: { "orders-api": { roles: ["read:orders"] } } },
      names: { permissions: ["resource_access", "orders-api", "roles"] },
      requirement: permission("read:orders"),
    },
    "roles below a path": {
      claims: { realm_access: { roles: ["admin"] } },
      names: { roles: ["realm_access", "roles"] },
      requirement: role("admin"),
    },
    "a scope below a path": {
      claims: { grant: { scope: "openid read" } },
      names: { scope: ["grant", "scope"] },
      requirement: scope("read"),
    },
    // https://clerk.com/docs/guides/sessions/session-tokens: the organization is `o.id`.
    "an organization below a path": {
      claims: { o: { id: "org_1", rol: "admin" } },
      names: { organization: ["o", "id"], roles: ["o", "rol"] },
      formats: asText,
      requirement: all(organization("org_1"), role("admin")),
    },
    "a path of one name with dots": {
      claims: { "a.b": ["admin"] },
      names: { roles: ["a.b"] },
      requirement: role("admin"),
    },
    // https://supabase.com/docs/guides/auth/jwt-fields: `role` is one text.
    "one role as text": {
      claims: { role: "service_role" },
      names: { roles: "role" },
      formats: asText,
      requirement: role("service_role"),
    },
    // https://github.com/wundergraph/cosmo/pull/3251: .NET writes one value as text, several as a list.
    "several roles as a list, where one would be text": {
      claims: { role: ["a", "b"] },
      names: { roles: "role" },
      formats: asText,
      requirement: role("a", "b"),
    },
    "one role that holds a blank and a comma": {
      claims: { role: "Head of Sales, EMEA" },
      names: { roles: "role" },
      formats: asText,
      requirement: role("Head of Sales, EMEA"),
    },
    // https://zitadel.com/docs/guides/integrate/retrieve-user-roles
    "roles as keys": {
      claims: { [zitadel]: { admin: { "1": "acme.com" }, editor: { "1": "acme.com", "2": "b.com" } } },
      names: { roles: zitadel },
      formats: asKeys,
      requirement: role("admin", "editor"),
    },
    "permissions as flags": {
      claims: { permissions: { "read:a": true, "write:a": false } },
      formats: { permissions: "keys" },
      requirement: all(permission("read:a"), not(permission("write:a"))),
    },
    "a scope with commas": {
      claims: { scope: "read,write, admin" },
      formats: { scope: "commas" },
      requirement: scope("read", "write", "admin"),
    },
    // https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/
    "a scope as a list": {
      claims: { scp: ["read", "write"] },
      names: { scope: "scp" },
      formats: { scope: "list" },
      requirement: scope("read", "write"),
    },
    "a scope as text, where it may be a list": {
      claims: { scope: "read write" },
      formats: { scope: "list" },
      requirement: scope("write"),
    },
    "an empty shape grants nothing, and shows that": {
      claims: { roles: {}, permissions: "", scope: "" },
      formats: { roles: "keys", permissions: "text", scope: "commas" },
      requirement: all(not(role("a")), not(permission("a")), not(scope("a"))),
    },
  };

  test.each(rows(situations))("%s", async (_name, situation) => {
    expect(await verdictOf(situation)).toBe("accepted");
  });
});

describe("A hostile neighbour is granted nothing", () => {
  const situations: Readonly<Record<string, Situation>> = {
    "text with the name in it": { claims: { roles: "admin,user" }, formats: asText, requirement: role("admin") },
    "text with blanks": { claims: { roles: "user admin" }, formats: asText, requirement: role("admin") },
    "text in another spelling": { claims: { roles: "Admin" }, formats: asText, requirement: role("admin") },
    "text that looks like a list": { claims: { roles: '["admin"]' }, formats: asText, requirement: role("admin") },
    "a list with something else": { claims: { roles: ["admin", 1] }, formats: asText, requirement: role("admin") },
    "a list in a list": { claims: { roles: [["admin"]] }, formats: asText, requirement: role("admin") },
    "a list of objects": { claims: { roles: [{ name: "admin" }] }, formats: asText, requirement: role("admin") },
    "an object, where text is expected": {
      claims: { roles: { admin: true } },
      formats: asText,
      requirement: role("admin"),
    },
    "text, where a list is expected": { claims: { roles: "admin" }, requirement: role("admin") },
    "keys, where a list is expected": { claims: { roles: { admin: true } }, requirement: role("admin") },
    "a list, where keys are expected": { claims: { roles: ["admin"] }, formats: asKeys, requirement: role("admin") },
    "text, where keys are expected": { claims: { roles: "admin" }, formats: asKeys, requirement: role("admin") },
    "a key that is false": { claims: { roles: { admin: false } }, formats: asKeys, requirement: role("admin") },
    "a key that is null": { claims: { roles: { admin: null } }, formats: asKeys, requirement: role("admin") },
    "a key without anything": { claims: { roles: { admin: {} } }, formats: asKeys, requirement: role("admin") },
    "a key with an empty list": { claims: { roles: { admin: [] } }, formats: asKeys, requirement: role("admin") },
    "a key that says no in words": { claims: { roles: { admin: "no" } }, formats: asKeys, requirement: role("admin") },
    "a key that is 0": { claims: { roles: { admin: 0 } }, formats: asKeys, requirement: role("admin") },
    "a good key beside one that cannot be read": {
      claims: { roles: { admin: true, editor: "x" } },
      formats: asKeys,
      requirement: role("admin"),
    },
    "an inherited key": { claims: { roles: {} }, formats: asKeys, requirement: role("toString") },
    "commas, where blanks are expected": { claims: { scope: "read,write" }, requirement: scope("read") },
    "blanks, where commas are expected": {
      claims: { scope: "read write" },
      formats: { scope: "commas" },
      requirement: scope("read"),
    },
    "another blank than a space": {
      claims: { scope: "read,\twrite" },
      formats: { scope: "commas" },
      requirement: scope("write"),
    },
    "a list, where commas are expected": {
      claims: { scope: ["read"] },
      formats: { scope: "commas" },
      requirement: scope("read"),
    },
    "the claim of another name": {
      claims: { permissions: ["a"] },
      names: { permissions: ["x", "y"] },
      requirement: permission("a"),
    },
    "a name with dots for a path": {
      claims: { "x.y": ["a"] },
      names: { permissions: ["x", "y"] },
      requirement: permission("a"),
    },
    "a path through a list": {
      claims: { x: [["a"]] },
      names: { permissions: ["x", "0"] },
      requirement: permission("a"),
    },
    "a path through text": { claims: { x: "a" }, names: { permissions: ["x", "0"] }, requirement: permission("a") },
    "a path to what is inherited": {
      claims: { x: {} },
      names: { permissions: ["x", "constructor", "name"] },
      formats: { permissions: "text" },
      requirement: permission("Object"),
    },
    "an organization that is a list": {
      claims: { o: { id: ["org_1"] } },
      names: { organization: ["o", "id"] },
      requirement: organization("org_1"),
    },
  };

  test.each(rows(situations))("%s", async (_name, situation) => {
    expect(await verdictOf(situation)).toMatch(/^(permission|scope|role)_missing$|^organization_mismatch$/);
  });
});

// CWE-636: what cannot be read does not show that something is absent.
describe("A claim that cannot be read does not satisfy `not`", () => {
  test.each<[string, Situation]>([
    ["text, where a list is expected", { claims: { roles: "suspended" }, requirement: not(role("suspended")) }],
    [
      "flags with a null",
      { claims: { roles: { suspended: null } }, formats: asKeys, requirement: not(role("suspended")) },
    ],
    [
      "a key without anything",
      { claims: { roles: { suspended: {} } }, formats: asKeys, requirement: not(role("suspended")) },
    ],
    [
      "a path that ends in text",
      { claims: { x: "suspended" }, names: { roles: ["x", "y"] }, requirement: not(role("suspended")) },
    ],
    [
      "a path that ends in null",
      { claims: { x: null }, names: { roles: ["x", "y"] }, requirement: not(role("suspended")) },
    ],
    [
      "a path that ends in a list",
      { claims: { x: ["suspended"] }, names: { roles: ["x", "y"] }, requirement: not(role("suspended")) },
    ],
  ])("%s", async (_name, situation) => {
    expect(await verdictOf(situation)).toBe("role_missing");
  });

  test("and a path to nothing does: the claim is absent", async () => {
    const names = { roles: ["x", "y"] };
    const requirement = not(role("suspended"));
    expect(await verdictOf({ claims: {}, names, requirement })).toBe("accepted");
    expect(await verdictOf({ claims: { x: {} }, names, requirement })).toBe("accepted");
  });
});

describe("A refusal says what stands there, and no value of it", () => {
  const secret = "s3cret";

  test.each<[string, Situation, string, string, string]>([
    [
      "text",
      { claims: { roles: secret }, requirement: role("a") },
      "roles",
      "is text, not a list",
      '{ roles: "text" }',
    ],
    [
      "text in permissions",
      { claims: { permissions: secret }, requirement: permission("a") },
      "permissions",
      "is text, not a list",
      '{ permissions: "text" }',
    ],
    [
      "an object",
      { claims: { [zitadel]: { [secret]: { o: secret } } }, names: { roles: zitadel }, requirement: role("a") },
      zitadel,
      "is an object, not a list",
      '{ roles: "keys" }',
    ],
    [
      "a list with a number",
      { claims: { roles: [secret, 1] }, requirement: role("a") },
      "roles",
      "is a list with values that cannot be read",
      "expected shape",
    ],
    ["null", { claims: { roles: null }, requirement: role("a") }, "roles", "is null, not a list", "expected shape"],
    [
      "a number",
      { claims: { roles: 7 }, requirement: role("a") },
      "roles",
      "is a number, not a list",
      "expected shape",
    ],
    [
      "a list, not keys",
      { claims: { roles: [secret] }, formats: asKeys, requirement: role("a") },
      "roles",
      "is a list, not an object whose keys are names",
      '{ roles: "list" }',
    ],
    [
      "a path through text",
      { claims: { x: secret }, names: { roles: ["x", "y"] }, requirement: role("a") },
      "x.y",
      "stands below a claim that is not an object",
      "expected shape",
    ],
    [
      "a scope",
      { claims: { scope: [secret] }, requirement: scope("a") },
      "scope",
      "is a list, not text",
      "scopeAsList",
    ],
    [
      "an organization",
      { claims: { org_id: [secret] }, requirement: organization("o") },
      "org_id",
      "is a list, not text",
      "expected shape",
    ],
  ])("%s", async (_name, situation, name, problem, fix) => {
    const guard = guardWith(optionsOf(situation));
    const text = token(situation.claims);
    const refusal = await refusalOf(guard.verify(text, situation.requirement));
    expect([refusal.status, refusal.details]).toEqual([403, expect.objectContaining({ name, problem })]);
    expect(JSON.stringify([guard.refusal(refusal), refusal.message, refusal.details.problem])).not.toContain(secret);
    const [finding] = await guard.explain(text, situation.requirement);
    expect(finding?.message).toContain(`[${name} ${problem}]`);
    expect(finding?.fix).toContain(fix);
  });

  test("nothing of the kind where the claim can be read, or is absent", async () => {
    for (const changes of [{}, { roles: [] }, { roles: ["user"] }]) {
      const { details } = await refusalOf(guardWith().verify(token(changes), role("admin")));
      expect([details.name, details.problem]).toEqual(["roles", undefined]);
    }
  });
});

describe("Formats are the issuer's own", () => {
  const [one, other] = ["https://one.test/", "https://other.test/"];
  const make = (options: GuardOptions) =>
    createGuard({ audience: "https://api.test", now: createClock().now, env: {}, ...options });

  test("and those of the guard hold where an issuer says nothing", async () => {
    const guard = make({
      issuer: [
        { issuer: one, keys: { jwks }, claimFormats: { roles: "keys" } },
        { issuer: other, keys: { jwks }, scopeAsList: false },
      ],
      claimFormats: { roles: "text" },
      scopeAsList: true,
    });
    const of = (iss: string, changes: Claims, requirement: Requirement) =>
      verdict(guard, token({ iss, ...changes }), requirement);
    expect(await of(one, { roles: { a: true } }, role("a"))).toBe("accepted");
    expect(await of(one, { roles: "a" }, role("a"))).toBe("role_missing");
    expect(await of(other, { roles: "a" }, role("a"))).toBe("accepted");
    expect(await of(other, { roles: { a: true } }, role("a"))).toBe("role_missing");
    expect(await of(one, { scope: ["a"] }, scope("a"))).toBe("accepted");
    expect(await of(other, { scope: ["a"] }, scope("a"))).toBe("scope_missing");
  });

  test("what was read is frozen, and read once", async () => {
    const guard = guardWith({ claimFormats: { roles: "keys", scope: "commas", permissions: "text" } });
    const auth = await guard.verify(token({ roles: { a: true }, scope: "a,b", permissions: "p" }));
    expect([auth.roles, auth.scopes, auth.permissions]).toEqual([["a"], ["a", "b"], ["p"]]);
    for (const names of [auth.roles, auth.scopes, auth.permissions]) expect(Object.isFrozen(names)).toBe(true);
    expect(auth.roles).toBe(auth.roles);
  });
});

describe("Explain names the format that reads the claim as it stands", () => {
  const fixOf = async (claims: Claims, requirement: Requirement, options: GuardOptions = {}) => {
    const findings = await guardWith(options).explain(token(claims), requirement);
    return findings.find(({ code }) => code.endsWith("_missing"))?.fix;
  };

  test.each<[string, Claims, Requirement, string]>([
    ["one role as text", { roles: "admin" }, role("admin"), 'claimFormats: { roles: "text" }'],
    ["roles as keys", { roles: { admin: true } }, role("admin"), 'claimFormats: { roles: "keys" }'],
    ["one permission as text", { permissions: "a" }, permission("a"), 'claimFormats: { permissions: "text" }'],
    ["scopes as a list", { scope: ["a"] }, scope("a"), 'claimFormats: { scope: "list" }'],
    ["scopes with commas", { scope: "a,b" }, scope("a"), 'claimFormats: { scope: "commas" }'],
  ])("%s", async (_name, claims, requirement, option) => {
    expect(await fixOf(claims, requirement)).toContain(option);
  });

  test.each<[string, Claims, Requirement]>([
    ["a list of numbers", { roles: [1] }, role("admin")],
    ["an object that grants nothing", { roles: { admin: {} } }, role("admin")],
    ["another role in a list", { roles: ["user"] }, role("admin")],
    ["another scope", { scope: "b c" }, scope("a")],
    ["no scope", {}, scope("a")],
  ])("and none where no format would: %s", async (_name, claims, requirement) => {
    expect(await fixOf(claims, requirement)).not.toContain("claimFormats: {");
  });

  test("and looks where the issuer's terms say that grants stand", async () => {
    const options: GuardOptions = { claimNames: { roles: ["realm", "role"] } };
    const found = await fixOf({ roles: ["x"], realm: { role: "admin" } }, role("admin"), options);
    expect(found).toContain('claimFormats: { roles: "text" }');
  });
});
