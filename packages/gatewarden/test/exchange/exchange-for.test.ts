// `guard.exchange`: what it needs, and what it checks again before it asks.
import { describe, expect, test } from "vitest";
import {
  type Auth,
  AuthError,
  ConfigError,
  createGuard,
  createRevocationList,
  type ExchangeTarget,
  type GuardOptions,
  type OutboundToken,
  type OutgoingCall,
  type SubjectToken,
  type TokenExchange,
} from "../../src/index.js";
import { createClock, start } from "../support/clock.js";
import { issuer, options, token } from "../support/keys.js";
import { exchangeAt, refuses, startTokenServer } from "./client/_token-server.js";

/** Records what it is asked. */
function createFake() {
  const asked: [SubjectToken, ExchangeTarget][] = [];
  const forgotten: string[] = [];
  const exchange: TokenExchange = {
    exchange: async (subject, target) => {
      asked.push([subject, target]);
      return { value: "next" } as OutboundToken;
    },
    forget: async (one) => void forgotten.push(one),
  };
  return { asked, forgotten, exchange };
}

function setUp(changes: GuardOptions = {}) {
  const clock = createClock();
  const fake = createFake();
  const guard = createGuard(options({ now: clock.now, exchange: fake.exchange, ...changes }));
  return { clock, guard, ...fake };
}

const target = { audience: "stock" };

describe("guard.exchange", () => {
  test("exchanges the token that the guard accepted, and says when it ends", async () => {
    const { guard, asked } = setUp();
    const made = token();
    expect((await guard.exchange(await guard.verify(made), target)).value).toBe("next");
    expect(asked).toEqual([[{ token: made, issuer, expiresAt: start + 300 }, target]]);
  });

  test("does so for a known token and with a schema's output too", async () => {
    const claims = {
      "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value: { value } }) },
    };
    const { guard, asked } = setUp({ claims: claims as never });
    const made = token();
    for (const _presentation of ["first", "second", "known"]) await guard.exchange(await guard.verify(made), target);
    expect(asked).toHaveLength(3);
  });

  test("needs the option, and says so", async () => {
    const guard = createGuard(options());
    const asking = guard.exchange(await guard.verify(token()), target);
    await expect(asking).rejects.toThrow(/^exchange is left out.*createTokenExchange\(\{/);
    await expect(asking).rejects.toBeInstanceOf(ConfigError);
  });

  test("works on a guard whose options are read later", async () => {
    const { exchange, asked } = createFake();
    const guard = createGuard(() => options({ exchange }));
    await guard.exchange(await guard.verify(token()), target);
    await guard.exchange(await guard.verify(token()), target);
    expect(asked).toHaveLength(2);
    const broken = createGuard(() => options({ audience: "" }));
    await expect(broken.exchange({} as Auth, target)).rejects.toBeInstanceOf(ConfigError);
  });

  test.each<[string, unknown]>([
    ["a token as text", token()],
    ["an object of the same form (CWE-441)", { token: token(), expiresAt: start + 300, claims: {} }],
    ["undefined, of a route without a token", undefined],
    ["null", null],
    ["an object with a getter that throws", Object.defineProperty({}, "token", { get: () => expect.fail() })],
  ])("takes nothing but what a guard returned: %s", async (_name, auth) => {
    const { guard, asked } = setUp();
    await expect(guard.exchange(auth as Auth, target)).rejects.toThrow("`auth` that a guard returned");
    expect(asked).toEqual([]);
  });
});

describe("A guard that trusts several issuers", () => {
  const other = "https://partner.test/";
  const { keys, ...shared } = options();
  const both = {
    ...shared,
    issuer: [
      { issuer, keys },
      { issuer: other, keys },
    ],
  } as GuardOptions;

  test("must say whose tokens are sent to the server (CWE-441)", () => {
    const { exchange } = createFake();
    expect(() => createGuard({ ...both, exchange })).toThrow(/subjectIssuers.*more than one issuer/);
    expect(() => createGuard({ ...shared, issuer: () => undefined, exchange } as GuardOptions)).toThrow(
      /subjectIssuers/,
    );
    createGuard({ ...both, exchange: { ...exchange, subjectIssuers: [issuer] } });
    createGuard(options({ exchange }));
  });

  test("sends no token of another one", async () => {
    const server = await startTokenServer();
    const client = exchangeAt(server, { subjectIssuers: [issuer] });
    const guard = createGuard({ ...both, exchange: client });
    const asking = guard.exchange(await guard.verify(token({ iss: other })), target);
    await expect(asking).rejects.toMatchObject({ code: "issuer_not_listed", status: 502 });
    expect(server.asked).toEqual([]);
    expect((await guard.exchange(await guard.verify(token()), target)).value).toBe("granted-1");
  });
});

test("Calls to the server can be traced: those that are made, not what is kept", async () => {
  const server = await startTokenServer();
  const guard = createGuard(options({ exchange: exchangeAt(server) }));
  const calls: [OutgoingCall, unknown][] = [];
  guard.listen({ onCall: async (call, begin) => void calls.push([call, await begin()]) });
  const auth = await guard.verify(token());
  for (const _time of [1, 2]) await guard.exchange(auth, target);
  server.answer(refuses("invalid_scope", { error_description: auth.token }));
  await expect(guard.exchange(auth, { audience: "billing" })).rejects.toMatchObject({ code: "invalid_scope" });
  await expect.poll(() => calls.length).toBe(2);
  expect(calls).toEqual([
    [{ kind: "exchange", issuer }, undefined],
    [{ kind: "exchange", issuer }, expect.objectContaining({ name: "TokenRequestError", code: "invalid_scope" })],
  ]);
});

describe("What may have changed since the token was accepted", () => {
  test("it expired: refused as the guard would", async () => {
    const { clock, guard, asked } = setUp();
    const auth = await guard.verify(token());
    clock.advance(304);
    await guard.exchange(auth, target);
    clock.advance(1);
    const asking = guard.exchange(auth, target);
    await expect(asking).rejects.toBeInstanceOf(AuthError);
    await expect(asking).rejects.toMatchObject({ reason: "expired" });
    expect(asked).toHaveLength(1);
  });

  test("it was revoked: refused, and what it was exchanged for is forgotten", async () => {
    const clock = createClock();
    const revocation = createRevocationList({ now: clock.now });
    const { guard, asked, forgotten } = setUp({ revocation, now: clock.now });
    const made = token({ jti: "one" });
    const auth = await guard.verify(made);
    await guard.exchange(auth, target);
    revocation.revoke({ issuer: auth.issuer, jti: "one", expiresAt: auth.expiresAt });
    await expect(guard.exchange(auth, target)).rejects.toMatchObject({ reason: "token_revoked" });
    expect({ asked: asked.length, forgotten }).toEqual({ asked: 1, forgotten: [made] });
    const other = await guard.verify(token({ jti: "two" }));
    expect((await guard.exchange(other, target)).value).toBe("next");
  });

  test("the deny list cannot answer: refused, and nothing is forgotten (CWE-636)", async () => {
    let isDown = false;
    const isRevoked = () => {
      if (isDown) throw new Error("down");
      return false;
    };
    const { guard, asked, forgotten } = setUp({ revocation: { isRevoked } });
    const auth = await guard.verify(token());
    isDown = true;
    await expect(guard.exchange(auth, target)).rejects.toMatchObject({ reason: "revocation_unavailable" });
    expect({ asked, forgotten }).toEqual({ asked: [], forgotten: [] });
  });
});

test.each<[string, unknown]>([
  ["a function", () => undefined],
  ["an object without forget", { exchange: () => undefined }],
  ["the options of one", { issuer: "https://login.acme.test/", clientId: "a" }],
])("The option is refused at start-up if it is %s", (_name, exchange) => {
  expect(() => createGuard(options({ exchange: exchange as TokenExchange }))).toThrow(
    expect.objectContaining({ name: "ConfigError", option: "exchange" }),
  );
});
