// What the table of requests cannot show: callbacks that answer twice, late or never, and copies.
import { describe, expect, test } from "vitest";
import { ExtractJwt, Strategy, type VerifyCallback } from "../../../src/compat/passport/passport.js";
import { plain, secret } from "../_kit.js";

type Told = readonly [action: "success" | "fail" | "error", first: unknown];

const jwtFromRequest = ExtractJwt.fromAuthHeaderAsBearerToken();
const create = (verify: VerifyCallback, changes: object = {}) =>
  new Strategy({ jwtFromRequest, secretOrKey: secret, ...changes } as never, verify);

/** As Passport calls a strategy: a copy of it, with the actions. */
async function authenticate(strategy: Strategy, token: string | null = plain()): Promise<readonly Told[]> {
  const told: Told[] = [];
  const note = (action: Told[0]) => (first: unknown) => void told.push([action, first]);
  const copy = Object.assign(Object.create(strategy), {
    success: note("success"),
    fail: note("fail"),
    error: note("error"),
  }) as Strategy;
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  copy.authenticate({ method: "GET", url: "/", headers, rawHeaders: [] });
  await new Promise((resolve) => setTimeout(resolve, 5));
  return told;
}

const failure = new Error("the database is down");

describe("The callback", () => {
  test("is called in the same turn where the key is at hand", () => {
    let isCalled = false;
    const strategy = create((_payload, done) => {
      isCalled = true;
      done(null, false);
    });
    Object.assign(strategy, { fail: () => undefined });
    strategy.authenticate({ headers: { authorization: `Bearer ${plain()}` }, rawHeaders: [] });
    expect(isCalled).toBe(true);
  });

  test("counts once", async () => {
    const verify: VerifyCallback = (_payload, done) => {
      done(null, "first");
      done(null, "second");
      done(failure);
    };
    expect(await authenticate(create(verify))).toEqual([["success", "first"]]);
  });

  test("that is async and rejects is an error, not an unhandled rejection (CWE-248)", async () => {
    const verify: VerifyCallback = async () => {
      throw failure;
    };
    expect(await authenticate(create(verify))).toEqual([["error", failure]]);
  });

  test("that is async and answers admits the user", async () => {
    const verify: VerifyCallback = async (payload, done) => done(null, payload.sub);
    expect(await authenticate(create(verify))).toEqual([["success", "u1"]]);
  });

  test("is never called for a token that is not valid", async () => {
    let calls = 0;
    const verify: VerifyCallback = (_payload, done) => done(null, ++calls);
    for (const token of [plain({ exp: 1 }), plain({}, { key: `${secret}!` }), "", null])
      expect(await authenticate(create(verify), token)).toEqual([["fail", expect.any(Error)]]);
    expect(calls).toBe(0);
  });

  test("gets a copy of the claims: a change does not reach the next request (CWE-471)", async () => {
    const strategy = create((payload, done) => {
      const roles = [...payload.roles];
      payload.roles.push("admin");
      done(null, roles);
    });
    const token = plain({ roles: ["user"] });
    for (let count = 0; count < 3; count++)
      expect(await authenticate(strategy, token)).toEqual([["success", ["user"]]]);
  });

  test("that succeeds keeps its answer when what follows throws", async () => {
    const strategy = create((_payload, done) => done(null, "user"));
    const errors: unknown[] = [];
    const throwing = () => {
      throw failure;
    };
    Object.assign(strategy, { success: throwing, error: (error: unknown) => errors.push(error) });
    const request = { headers: { authorization: `Bearer ${plain()}` }, rawHeaders: [] };
    expect(() => strategy.authenticate(request)).toThrow(failure);
    expect(errors).toEqual([]);
  });
});

describe("A provider of keys", () => {
  const asProvider = (secretOrKeyProvider: unknown) =>
    create((payload, done) => done(null, payload.sub), { secretOrKey: undefined, secretOrKeyProvider });
  type Done = (error: unknown, key?: unknown) => void;

  test("that answers twice counts once", async () => {
    const strategy = asProvider((_request: unknown, _token: unknown, done: Done) => {
      done(null, `${secret} of another`);
      done(null, secret);
    });
    expect(await authenticate(strategy)).toEqual([["fail", expect.objectContaining({ name: "JsonWebTokenError" })]]);
  });

  test("that throws is an error", async () => {
    const strategy = asProvider(() => {
      throw failure;
    });
    expect(await authenticate(strategy)).toEqual([["error", failure]]);
  });

  test("that is async and rejects is a 503, not an unhandled rejection (CWE-248)", async () => {
    const strategy = asProvider(async () => {
      throw failure;
    });
    expect(await authenticate(strategy)).toEqual([["error", expect.objectContaining({ status: 503 })]]);
  });

  test("that is async and answers is heard", async () => {
    const strategy = asProvider(async (_request: unknown, _token: unknown, done: Done) => done(null, secret));
    expect(await authenticate(strategy)).toEqual([["success", "u1"]]);
  });

  test("whose error has a status of its own keeps it; any other becomes a 503", async () => {
    const own = Object.assign(new Error("gone"), { status: 410 });
    const fail = (error: unknown) => asProvider((_request: unknown, _token: unknown, done: Done) => done(error));
    expect(await authenticate(fail(own))).toEqual([["error", own]]);
    expect(await authenticate(fail(failure))).toEqual([
      ["error", expect.objectContaining({ status: 503, reason: "keys_unavailable", expose: true })],
    ]);
  });

  test.each([undefined, null])("without a key (%s) refuses the token", async (key) => {
    const strategy = asProvider((_request: unknown, _token: unknown, done: Done) => done(null, key));
    expect(await authenticate(strategy)).toEqual([["fail", expect.objectContaining({ name: "JsonWebTokenError" })]]);
  });

  test.each(["", 0, false, {}, [], () => secret])("with what is not a key (%s) is an error of the API", async (key) => {
    const strategy = asProvider((_request: unknown, _token: unknown, done: Done) => done(null, key));
    expect(await authenticate(strategy)).toEqual([["error", expect.objectContaining({ name: "ConfigError" })]]);
  });
});

describe("An error about a token", () => {
  test("says why in `cause`, and prints no claim (CWE-532)", async () => {
    const strategy = create((_payload, done) => done(null, true));
    const [[, info] = []] = await authenticate(strategy, plain({ exp: 1_000_000_007, sub: "private" }));
    expect(info).toMatchObject({ name: "TokenExpiredError", message: "jwt expired", cause: { reason: "expired" } });
    expect((info as { expiredAt: Date }).expiredAt).toEqual(new Date(1_000_000_007_000));
    expect(JSON.stringify(info)).not.toMatch(/1000000007|2001|private/);
  });
});
