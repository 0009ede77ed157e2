// What decides is what was signed, whatever foreign code does with the claims it is given (CWE-471).
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Auth,
  claim,
  createGuard,
  type GuardOptions,
  permission,
  role,
  type StandardSchema,
} from "../../src/index.js";
import { bearer, guardWith as guardOver, options, token, verdict } from "../support/keys.js";
import {
  createSender,
  guardWith,
  issue,
  prove,
  proven,
  requestWith,
  type Sender,
  verdictOf,
} from "../support/senders.js";

type Change = (claims: Record<string, unknown>) => unknown;

/** A schema that calls foreign code with the claims, and returns what that returns. */
function schemaOf(change: Change, isAsync = false): StandardSchema<unknown> {
  const validate = (value: unknown) => {
    const result = { value: change(value as Record<string, unknown>) };
    return isAsync ? new Promise<typeof result>((resolve) => setImmediate(resolve, result)) : result;
  };
  return { "~standard": { version: 1, vendor: "test", validate } };
}

const changes: readonly (readonly [string, Change])[] = [
  [
    "deletes cnf",
    (claims) => {
      delete claims["cnf"];
      return claims;
    },
  ],
  [
    "empties cnf",
    (claims) => {
      for (const name of Object.keys(claims["cnf"] as object)) delete (claims["cnf"] as Record<string, unknown>)[name];
      return claims;
    },
  ],
  [
    "binds to another key",
    (claims) => {
      Object.assign(claims["cnf"] as object, { jkt: "A".repeat(43) });
      return claims;
    },
  ],
  ["returns claims without cnf", ({ cnf, ...claims }) => claims],
];

describe.each([false, true])("A schema (asynchronous: %s)", (isAsync) => {
  let sender: Sender;
  let bound: string;
  beforeAll(async () => {
    sender = await createSender();
    bound = await issue({ cnf: { jkt: sender.jkt } });
  });

  describe.each(changes)("that %s", (_name, change) => {
    const setting: GuardOptions = { dpop: { mode: "allowed" }, claims: schemaOf(change, isAsync) };

    test("makes no bearer token of a bound one", async () => {
      const stolen = requestWith({ authorization: `Bearer ${bound}` });
      expect(await verdictOf(guardWith(setting), stolen)).toBe("binding_unproven");
      expect(await verdictOf(guardWith({ claims: schemaOf(change, isAsync) }), stolen)).toBe("binding_unproven");
    });

    test("still lets in the holder of the key, however often the token comes", async () => {
      const guard = guardWith(setting);
      for (let turn = 0; turn < 3; turn++) {
        expect(await verdictOf(guard, proven(bound, prove(sender, bound)))).toBe("accepted");
      }
    });

    test("does so for opaque tokens too", async () => {
      const described = { active: true, sub: "user|1", aud: "https://api.example.com", exp: 1_900_000_000 };
      const introspect = async () => ({ ...described, token_type: "DPoP", cnf: { jkt: sender.jkt } });
      const guard = guardWith({ ...setting, introspection: introspect });
      for (let turn = 0; turn < 3; turn++) {
        expect(await verdictOf(guard, requestWith({ authorization: "Bearer opaque" }))).toBe("binding_unproven");
        expect(await verdictOf(guard, proven("opaque", prove(sender, "opaque")))).toBe("accepted");
      }
    });
  });

  test("that adds to permissions and roles grants nothing", async () => {
    const grow: Change = (claims) => {
      (claims["permissions"] as string[]).push("admin");
      return Object.assign(claims, { roles: ["admin"], plan: "pro" });
    };
    const guard = createGuard(options({ claims: schemaOf(grow, isAsync) }));
    const made = token({ permissions: ["read"] });
    for (let turn = 0; turn < 3; turn++) {
      expect(await verdict(guard, made, permission("read"))).toBe("accepted");
      expect(await verdict(guard, made, permission("admin"))).toBe("permission_missing");
      expect(await verdict(guard, made, role("admin"))).toBe("role_missing");
      expect(await verdict(guard, made, claim("plan", "pro"))).toBe("claim_mismatch");
    }
  });

  test("that fills in defaults in its input does so, and handlers find them", async () => {
    const fill: Change = (claims) => Object.assign(claims, { plan: claims["plan"] ?? "free" });
    const guard = createGuard(options({ claims: schemaOf(fill, isAsync) }));
    const made = token({ address: { city: "Oslo" } });
    for (let turn = 0; turn < 3; turn++) {
      expect(await guard.verify(made)).toMatchObject({
        claims: { plan: "free", sub: "user|1", address: { city: "Oslo" } },
      });
    }
  });

  test("whose output hides a member hands none out that another request could have changed", async () => {
    const hide: Change = (claims) => Object.defineProperty({ ...claims }, "meta", { value: { count: 0 } });
    const guard = createGuard(options({ claims: schemaOf(hide, isAsync) }));
    const made = token();
    for (let turn = 0; turn < 3; turn++) {
      const { claims } = (await guard.check(bearer(made))) as { claims: { meta: { count: number } } };
      expect(claims.meta.count++).toBe(0);
    }
  });

  test("that keeps its input cannot change what the next request finds", async () => {
    const kept: Record<string, unknown>[] = [];
    const guard = createGuard(options({ claims: schemaOf((claims) => kept[kept.push(claims) - 1], isAsync) }));
    const made = token({ permissions: ["read"] });
    expect(await verdict(guard, made)).toBe("accepted");
    expect(await verdict(guard, made)).toBe("accepted");
    // What was handed out may be frozen by now; what was not is changed.
    for (const claims of kept) Reflect.set(claims, "sub", "mallory") && Reflect.set(claims, "permissions", ["admin"]);
    expect(await verdict(guard, made, permission("admin"))).toBe("permission_missing");
    expect(await guard.verify(made)).toMatchObject({ subject: "user|1" });
  });
});

describe("What a handler is given", () => {
  const made = token({ permissions: ["read"], nested: { list: ["a"] } });
  type Insides = Auth & { readonly tokenClaims: Record<string, unknown> };

  test.each<[string, (auth: Insides) => unknown]>([
    ["claims", ({ claims }) => (claims["permissions"] as string[]).push("admin")],
    ["a list among tokenClaims", ({ tokenClaims }) => (tokenClaims["permissions"] as string[]).push("admin")],
    ["tokenClaims", ({ tokenClaims }) => Object.assign(tokenClaims, { permissions: ["admin"] })],
    [
      "what is nested in tokenClaims",
      ({ tokenClaims }) => (tokenClaims["nested"] as { list: string[] }).list.push("b"),
    ],
    ["permissions", ({ permissions }) => (permissions as string[]).push("admin")],
    ["the fields of Auth", (auth) => Object.assign(auth, { permissions: ["admin"] })],
  ])("cannot be changed for the next request: %s", async (_name, change) => {
    const guard = guardOver();
    for (let turn = 0; turn < 3; turn++) {
      const auth = (await guard.check(bearer(made))) as Insides;
      expect(() => change(auth)).toThrow(TypeError);
    }
    expect(await verdict(guard, made, permission("admin"))).toBe("permission_missing");
    expect(await verdict(guard, made, permission("read"))).toBe("accepted");
  });
});
