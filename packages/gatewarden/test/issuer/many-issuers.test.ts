// A list of issuers, each on its own terms: nothing of one serves another.
import { ConfigError, createGuard, type Guard, type GuardOptions } from "gatewarden";
import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { createClock, start } from "../support/clock.js";
import { createKey, forge } from "../support/forge.js";
import { startIssuer } from "../support/issuer-server.js";
import { audience, guardWith, verdict } from "../support/keys.js";

const one = createKey("ES256", "same-kid");
const two = createKey("ES256", "same-kid");
const payload = { sub: "user|1", aud: audience, exp: start + 300 };

function tokenOf(issuer: string, key = one, claims: object = {}): string {
  return forge({ header: { alg: "ES256", kid: key.kid }, payload: { ...payload, iss: issuer, ...claims }, key });
}

function guardOf(issuer: GuardOptions["issuer"], others: GuardOptions = {}) {
  return createGuard({ issuer, audience, now: createClock().now, env: {}, ...others } as GuardOptions);
}

const a = { issuer: "https://a.test/", keys: { jwks: { keys: [one.jwk] } } };
const b = { issuer: "https://b.test/", keys: { jwks: { keys: [two.jwk] } } };

test("a key of one tenant does not verify another tenant's tokens, though both use one kid (CVE-2025-59936)", async () => {
  const guard = guardOf([a, b]);
  expect(await verdict(guard, tokenOf(a.issuer, one))).toBe("accepted");
  expect(await verdict(guard, tokenOf(b.issuer, two))).toBe("accepted");
  expect(await verdict(guard, tokenOf(b.issuer, one))).toBe("signature_invalid");
  expect(await verdict(guard, tokenOf(a.issuer, two))).toBe("signature_invalid");
});

test("each issuer has its own audience", async () => {
  const guard = guardOf([{ ...a, audience: "only-a" }, b]);
  expect(await verdict(guard, tokenOf(a.issuer))).toBe("audience_mismatch");
  expect(await verdict(guard, tokenOf(a.issuer, one, { aud: "only-a" }))).toBe("accepted");
  expect(await verdict(guard, tokenOf(b.issuer, two, { aud: "only-a" }))).toBe("audience_mismatch");
});

test("each issuer has its own algorithms", async () => {
  const guard = guardOf([{ ...a, algorithms: ["RS256"] }, b]);
  expect(await verdict(guard, tokenOf(a.issuer))).toBe("algorithm_not_allowed");
  expect(await verdict(guard, tokenOf(b.issuer, two))).toBe("accepted");
});

test("each issuer has its own clock tolerance", async () => {
  const guard = guardOf([{ ...a, clockTolerance: 60 }, b]);
  expect(await verdict(guard, tokenOf(a.issuer, one, { exp: start - 30 }))).toBe("accepted");
  expect(await verdict(guard, tokenOf(b.issuer, two, { exp: start - 30 }))).toBe("expired");
});

test("each issuer has its own claims schema, and the guard's where it has none", async () => {
  const strict = z.object({ plan: z.literal("pro") });
  const guard = guardOf([{ ...a, claims: strict }, b], { claims: z.object({ plan: z.string() }) });
  expect(await verdict(guard, tokenOf(a.issuer, one, { plan: "free" }))).toBe("claims_rejected");
  expect(await verdict(guard, tokenOf(a.issuer, one, { plan: "pro" }))).toBe("accepted");
  expect(await verdict(guard, tokenOf(b.issuer, two, { plan: "free" }))).toBe("accepted");
  expect(await verdict(guard, tokenOf(b.issuer, two))).toBe("claims_rejected");
});

test("claims are typed by the guard's schema, and an issuer's own must give the same", () => {
  const plan = z.object({ plan: z.string() });
  const guard = createGuard({ issuer: [{ ...a, claims: plan }, b], audience, claims: plan, env: {} });
  expectTypeOf(guard).toEqualTypeOf<Guard<{ plan: string }>>();
  const other = { ...a, claims: z.object({ other: z.string() }) };
  // @ts-expect-error: handlers would be promised a `plan` that nobody checked.
  createGuard({ issuer: [other], audience, claims: plan, env: {} });
  // @ts-expect-error: without a schema of the guard, the other issuer's claims would pass for checked.
  createGuard({ issuer: [other], audience, env: {} });
});

test("both names of an Auth0 tenant with a custom domain are accepted when both are listed", async () => {
  const tenant = { keys: { jwks: { keys: [one.jwk] } } };
  const guard = guardOf([
    { issuer: "https://acme.eu.auth0.com/", ...tenant },
    { issuer: "https://login.acme.com/", ...tenant },
  ]);
  expect(await verdict(guard, tokenOf("https://acme.eu.auth0.com/"))).toBe("accepted");
  expect(await verdict(guard, tokenOf("https://login.acme.com/"))).toBe("accepted");
  expect(await verdict(guard, tokenOf("https://login.acme.com"))).toBe("issuer_untrusted");
});

test("two policies over one jwksUri keep their keys apart", async () => {
  const server = await startIssuer();
  try {
    server.publish([one.jwk]);
    const keys = { jwksUri: `${server.origin}/jwks` };
    const guard = guardOf([
      { issuer: "https://a.test/", keys },
      { issuer: "https://b.test/", keys },
    ]);
    expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("accepted");
    server.publish([two.jwk]);
    expect(await verdict(guard, tokenOf("https://b.test/", two))).toBe("accepted");
    expect(await verdict(guard, tokenOf("https://b.test/", one))).toBe("signature_invalid");
    expect(await verdict(guard, tokenOf("https://a.test/", one))).toBe("accepted");
    expect(server.count("/jwks")).toBe(2);
  } finally {
    await server.close();
  }
});

test("a misspelt term of an issuer is refused at creation", () => {
  expect(() => guardOf({ issuer: "https://a.test/", audiences: "x" } as never)).toThrow(ConfigError);
  expect(() => guardOf({ issuer: "https://a.test/", audiences: "x" } as never)).toThrow(/issuer\.audiences/);
});

test("a known issuer is found without waiting for anything", () => {
  const token = tokenOf(a.issuer);
  const request = { method: "GET", url: "/", headers: { authorization: `Bearer ${token}` } };
  expect(guardOf([a, b]).attempt(request)).not.toBeInstanceOf(Promise);
  expect(guardWith().attempt(request)).not.toBeInstanceOf(Promise);
});
