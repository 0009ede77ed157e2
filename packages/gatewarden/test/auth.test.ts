// What a handler receives: facts from the token, frozen, and nothing that a logger could spill.
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { type Auth, AuthError, ConfigError } from "../src/index.js";
import { bearer, type Claims, claims, guardWith, refusalOf, token } from "./support/keys.js";

const guard = guardWith();
const authFor = (claims: Claims) => guard.check(bearer(token(claims)));

const toActor = (subject: string | undefined, more: object = {}) => ({
  subject,
  clientId: undefined,
  issuer: undefined,
  ...more,
});

describe("Auth", () => {
  test("holds the facts of the token", async () => {
    const made = token({
      azp: "app",
      scope: "openid read:a",
      permissions: ["read:a"],
      roles: ["admin"],
      org_id: "org_1",
      org_name: "acme",
      act: { sub: "agent", act: { sub: "service" } },
    });
    const auth = await guard.verify(made);
    expect({
      subject: auth.subject,
      clientId: auth.clientId,
      scopes: auth.scopes,
      permissions: auth.permissions,
      roles: auth.roles,
      issuer: auth.issuer,
      expiresAt: auth.expiresAt,
      organization: auth.organization,
      actor: auth.actor,
      isMachine: auth.isMachine,
      isToken: auth.token === made,
    }).toEqual({
      subject: "user|1",
      clientId: "app",
      scopes: ["openid", "read:a"],
      permissions: ["read:a"],
      roles: ["admin"],
      issuer: "https://issuer.test/",
      expiresAt: 1_800_000_300,
      organization: { id: "org_1", name: "acme" },
      actor: toActor("agent", { actor: toActor("service") }),
      isMachine: false,
      isToken: true,
    });
  });

  test("names every actor, the current one first (RFC 8693 §4.1)", async () => {
    const innermost = { client_id: "first", iss: "https://other.test/" };
    const { actor, actors } = await authFor({ act: { sub: "third", act: { sub: "second", act: innermost } } });
    expect(actors.map(({ subject, clientId, issuer }) => [subject, clientId, issuer])).toEqual([
      ["third", undefined, undefined],
      ["second", undefined, undefined],
      [undefined, "first", "https://other.test/"],
    ]);
    expect(actor).toEqual(actors[0]);
    expect((await authFor({ act: null })).actors).toEqual([]);
  });

  test("names an actor without `sub`, so that nothing hides that somebody acts", async () => {
    expect((await authFor({ act: { email: "agent@acme.test" } })).actor).toEqual(toActor(undefined));
  });

  test("holds the JOSE header whole, whether the token is new or known (RFC 7515 §4)", async () => {
    const header = { alg: "ES256", kid: "ec", typ: "at+jwt", x5c: ["chain"], "urn:acme": { region: "eu" } };
    const made = token({}, { header });
    for (const presentation of ["first", "second", "known"]) {
      const auth = await guard.verify(made);
      expect([presentation, auth.header]).toEqual([presentation, header]);
    }
  });

  test("holds no header of an opaque token", async () => {
    const { sub, iat, exp, aud } = claims();
    const introspection = async () => ({ active: true, token_type: "Bearer", sub, iat, exp, aud });
    expect((await guardWith({ introspection }).verify("opaque")).header).toBeUndefined();
    expect((await guardWith({ introspection }).verify("opaque.of-two-parts")).header).toBeUndefined();
  });

  test("hands out a header that nothing can change, for this request or the next", async () => {
    const made = token({}, { header: { alg: "ES256", kid: "ec", nested: { region: "eu" } } });
    const { header } = await guard.verify(made);
    expect(() => Object.assign(header ?? {}, { kid: "other" })).toThrow(TypeError);
    expect(() => Object.assign((header?.["nested"] as object | undefined) ?? {}, { region: "us" })).toThrow(TypeError);
    expect((await guard.verify(made)).header).toMatchObject({ kid: "ec", nested: { region: "eu" } });
  });

  test("holds nothing where the token says nothing", async () => {
    const { subject, clientId, scopes, permissions, roles, organization, actor, isMachine } = await authFor({
      sub: undefined,
    });
    const facts = { subject, clientId, scopes, permissions, roles, organization, actor, isMachine };
    expect(facts).toEqual({ scopes: [], permissions: [], roles: [], isMachine: false });
  });

  test.each<[Claims, boolean]>([
    [{ gty: "client-credentials" }, true],
    [{ sub: "app@clients", azp: "app" }, true],
    [{ sub: "app", client_id: "app" }, true],
    [{ sub: "app@clients", azp: "other" }, false],
    [{ sub: "app@clients" }, false],
    [{ sub: "user|1", azp: "app" }, false],
    [{ sub: "user|1", azp: "app", gty: "password" }, false],
    [{ sub: undefined, azp: undefined }, false],
  ])("of %j is a machine's: %s", async (claims, expected) => {
    expect((await authFor(claims)).isMachine).toBe(expected);
  });

  // Claims of another form refuse the token: `token/_claims-cases.ts`.
  test.each<[unknown, unknown]>([
    [null, undefined],
    [{ act: { sub: "a" } }, toActor(undefined, { actor: toActor("a") })],
    [{ sub: "a", act: null }, toActor("a")],
    [{ sub: "a", extra: 1 }, toActor("a")],
  ])("reads the actor %j as %j", async (act, expected) => {
    expect((await authFor({ act })).actor).toEqual(expected);
  });

  test("is the client that client_id names, before azp", async () => {
    expect((await authFor({ client_id: "a", azp: "b" })).clientId).toBe("a");
  });

  test("cannot be changed, at any depth", async () => {
    const auth = (await authFor({ scope: "a", permissions: ["a"], deep: { list: [{ x: 1 }] } })) as Auth;
    const deep = auth.claims["deep"] as { list: { x: number }[] };
    const changes: (() => void)[] = [
      () => Object.assign(auth, { extra: 1 }),
      () => Object.assign(auth, { subject: "admin" }),
      () => Object.assign(auth.claims, { sub: "admin" }),
      () => void (auth.permissions as string[]).push("admin"),
      () => void (auth.scopes as string[]).push("admin"),
      () => void (auth.roles as string[]).push("admin"),
      () => void (auth.claims["permissions"] as string[]).push("admin"),
      () => void deep.list.push({ x: 2 }),
      () => Object.assign(deep.list[0] ?? {}, { x: 2 }),
    ];
    for (const change of changes) expect(change).toThrow(TypeError);
    expect([auth.subject, auth.permissions, auth.scopes]).toEqual(["user|1", ["a"], ["a"]]);
  });

  test.each<[string, (auth: unknown) => string]>([
    ["JSON.stringify", (auth) => JSON.stringify(auth)],
    ["JSON.stringify of a request", (auth) => JSON.stringify({ req: { auth } })],
    ["util.inspect", (auth) => inspect(auth, { depth: 10, getters: false, showHidden: true })],
    ["a template", (auth) => `${auth}`],
    ["its own properties", (auth) => JSON.stringify([Object.keys(auth as object), { ...(auth as object) }])],
    [
      "a for-in loop",
      (auth) => {
        const seen = [];
        for (const name in auth as object) seen.push(name, String((auth as Claims)[name]));
        return seen.join();
      },
    ],
  ])("shows no token and no custom claim through %s", async (_name, print) => {
    const header = { alg: "ES256", kid: "ec", x5c: ["SECRET-CHAIN"] };
    const made = token({ email: "SECRET@acme.com", scope: "SECRET-SCOPE" }, { header });
    const printed = print(await guard.verify(made));
    for (const part of made.split(".")) expect(printed).not.toContain(part);
    expect(printed).not.toContain("SECRET");
  });
});

describe("A printed error", () => {
  const secretive = { aud: "SECRET-AUD", iss: undefined, sub: "SECRET-SUB" };
  const enumerate = (error: Error): string => {
    // As pino's serializer does it: the usual members, then whatever else is enumerable, and the same for causes.
    const copy: Record<string, unknown> = { type: error.name, message: error.message, stack: error.stack };
    for (const name in error) copy[name] = (error as unknown as Record<string, unknown>)[name];
    return JSON.stringify(copy) + (error.cause instanceof Error ? enumerate(error.cause) : "");
  };

  test.each<[string, (error: Error) => string]>([
    ["util.inspect", (error) => inspect(error, { depth: 10, showHidden: true })],
    ["JSON.stringify", (error) => JSON.stringify(error)],
    ["a logger's enumeration", enumerate],
    ["a template", (error) => `${error} ${error.stack}`],
  ])("shows no claim values through %s", async (_name, print) => {
    const cases = [
      token({ ...secretive, iss: "https://issuer.test/" }),
      token({ ...secretive, iss: "https://SECRET.test/" }),
      token({ sub: { SECRET: 1 } }),
      token({}, { header: { alg: "ES256", kid: "SECRET" } }),
      token({}, { header: { alg: "ES256", kid: "ec", typ: "SECRET" } }),
    ];
    for (const made of cases) {
      const error = await refusalOf(guard.verify(made));
      const printed = print(error);
      expect(printed).not.toContain("SECRET");
      expect(printed).not.toContain(made.split(".")[1]);
      expect(JSON.stringify(error.details)).not.toContain(made);
    }
  });

  test("gives its reason, status and code as properties", () => {
    const error = new AuthError("expired");
    expect([error.name, error.reason, error.code, error.status, error.statusCode, error.error]).toEqual([
      "AuthError",
      "expired",
      "expired",
      401,
      401,
      "invalid_token",
    ]);
    expect(error.message).toBe("The access token expired");
    expect([error.details, error.scopes, error.retryAfter, error.cause]).toEqual([{}, [], undefined, undefined]);
  });

  test("keeps its cause", () => {
    const cause = new Error("why");
    expect(new AuthError("check_failed", { cause }).cause).toBe(cause);
    expect(new ConfigError({ option: "a", problem: "b", example: "c" }, { cause })).toMatchObject({
      cause,
      option: "a",
      message: "a b. For example: c",
    });
  });
});
