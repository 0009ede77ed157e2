// Code of the application that asks a guard in the middle of another check: room that checks share must not mix them up.
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { AuthError, createGuard, type Guard } from "../../src/index.js";
import { encode, signHmac } from "../support/forge.js";
import { audience, bearer, claims, ec, guardWith, issuer, jwks, options, stranger, token } from "../support/keys.js";

// With a secret, since its tokens never wait for the thread pool.
const secret = randomBytes(48);
const inner = createGuard(options({ keys: { secret } }));
const [good, bad] = [signWith(secret), signWith(randomBytes(48))];

function signWith(key: Buffer): string {
  const input = `${encode({ alg: "HS256" })}.${encode(claims({ sub: "inner" }))}`;
  return `${input}.${signHmac("HS256", key, input).toString("base64url")}`;
}

/** What a guard that is asked in between says, each time. */
let asked: string[] = [];

function ask(): void {
  for (const text of [good, bad, "no token"]) asked.push(verdictOf(inner.attempt(bearer(text))));
}

function verdictOf(outcome: unknown): string {
  if (outcome instanceof Promise) throw new Error("It is not decided at once");
  return outcome instanceof AuthError ? outcome.reason : "accepted";
}

/** What a guard says of a good token and an alien one by turns, while its application asks another guard at least once per check. */
async function sayings(guard: Guard<unknown>, own: string, alien: string): Promise<unknown[]> {
  asked = [];
  const verdicts = [];
  for (const text of [own, alien, own, own, alien, own]) verdicts.push(verdictOf(await guard.attempt(bearer(text))));
  const expected = ["accepted", "signature_invalid", "credentials_malformed"];
  expect(asked).toEqual(asked.map((_, index) => expected[index % 3]));
  return verdicts;
}

const own = token();
const alien = token({}, { key: { ...stranger, kid: ec.kid } });
const expected = ["accepted", "signature_invalid", "accepted", "accepted", "signature_invalid", "accepted"];

describe("Another guard may be asked", () => {
  test("by the function that tells tenants apart, between a token's characters and its signature, and when it comes again", async () => {
    const tenant = () => {
      ask();
      return undefined;
    };
    const resolve = (iss: string) => (iss === issuer ? { issuer, keys: { jwks } } : undefined);
    const { keys: _, ...rest } = options();
    const guard = createGuard({ ...rest, issuer: { resolve, tenant } });
    expect(await sayings(guard, own, alien)).toEqual(expected);
    expect(asked.length).toBeGreaterThanOrEqual(3 * expected.length);
    expect(guard.cacheCounts()?.hits).toBeGreaterThan(0);
  });

  test("by a schema", async () => {
    const validate = (value: unknown) => {
      ask();
      return { value };
    };
    const schema = { "~standard": { version: 1, vendor: "test", validate } } as const;
    expect(await sayings(createGuard(options({ claims: schema as never })), own, alien)).toEqual(expected);
    expect(asked).not.toEqual([]);
  });

  test("by a listener of decisions", async () => {
    expect(await sayings(guardWith({ onDecision: ask }), own, alien)).toEqual(expected);
    expect(asked.length).toBe(3 * expected.length);
  });

  test("by an introspecting function", async () => {
    const introspect = async (text: string) => {
      ask();
      return { active: text === "own", sub: "user|1", aud: audience, exp: 2_000_000_000, token_type: "Bearer" };
    };
    const verdicts = await sayings(guardWith({ introspection: introspect }), "own", "alien");
    expect(verdicts).toEqual(expected.map((one) => (one === "accepted" ? one : "token_inactive")));
    expect(asked).not.toEqual([]);
  });
});
