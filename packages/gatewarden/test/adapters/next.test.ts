// What examples/next shows in a real Next.js is not repeated here: needs, types and mistakes only.

import { createTenant } from "@gatewarden/dev";
import { generateKeyPair, generateProof } from "dpop";
import { afterEach, describe, expect, expectTypeOf, onTestFinished, test, vi } from "vitest";
import { type ActionRefusal, attemptPage, protectAction } from "../../src/adapters/next.js";
import { type Auth, AuthError, ConfigError, createGuard, permission } from "../../src/index.js";
import { requestToken } from "../support/bound-tokens.js";
import { guardWith, token } from "../support/keys.js";

const incoming = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock("next/headers.js", () => ({ headers: async () => incoming.headers }));

const guard = guardWith({ dpop: { mode: "allowed" }, resource: "https://app.test" });
const withCookie = guardWith({ tokenFrom: { cookie: "session", origins: ["https://app.test"] } });
const send = (headers: Record<string, string>) => {
  incoming.headers = new Headers(headers);
};
const bearer = (claims = {}) => ({ authorization: `Bearer ${token(claims)}` });

afterEach(() => send({}));

describe("protectAction", () => {
  test("gives the action the facts of the token, and then what the page passed", async () => {
    const action = protectAction(guard, async ({ subject }, one: string, two: number) => `${subject} ${one} ${two}`);
    expectTypeOf(action).toEqualTypeOf<(one: string, two: number) => Promise<string | ActionRefusal>>();
    send(bearer({ sub: "alice" }));
    expect(await action("a", 2)).toBe("alice a 2");
  });

  test("returns the refusal, and does not run the action", async () => {
    const run = vi.fn(async () => "ran");
    send(bearer());
    expect(await protectAction(guard, permission("write:notes"), run)()).toEqual({
      refusal: {
        error: "insufficient_scope",
        error_description: "The access token lacks a permission",
        reason: "permission_missing",
        status: 403,
      },
    });
    expect(run).not.toHaveBeenCalled();
    send(bearer({ permissions: ["write:notes"] }));
    expect(await protectAction(guard, permission("write:notes"), run)()).toBe("ran");
  });

  test("admits an anonymous call where that is allowed, and refuses a bad token all the same", async () => {
    const action = protectAction(guard, { optional: true }, async (auth) => {
      expectTypeOf(auth).toEqualTypeOf<Auth<unknown> | undefined>();
      return auth?.subject ?? "anonymous";
    });
    expect(await action()).toBe("anonymous");
    send({ authorization: "Bearer a.b.c" });
    expect(await action()).toMatchObject({ refusal: { reason: "token_malformed", status: 401 } });
  });

  test("is a POST: a token in a cookie needs a listed origin (CWE-352)", async () => {
    const action = protectAction(withCookie, async () => "ran");
    const cookie = `session=${token()}`;
    send({ cookie });
    expect(await action()).toMatchObject({ refusal: { reason: "origin_not_allowed", status: 403 } });
    send({ cookie, origin: "https://app.test" });
    expect(await action()).toBe("ran");
  });

  test("passes on what the action throws, such as a redirect of Next.js", async () => {
    send(bearer());
    const thrown = new Error("NEXT_REDIRECT");
    await expect(protectAction(guard, () => Promise.reject(thrown))()).rejects.toBe(thrown);
  });

  test("throws ConfigError where the action is made, for what is not a guard, a need or an action", () => {
    expect(() => protectAction({} as never, async () => 1)).toThrow(ConfigError);
    expect(() => protectAction(guard, undefined as never, async () => 1)).toThrow(ConfigError);
    expect(() => protectAction(guard, permission("a"), permission("b") as never)).toThrow(ConfigError);
  });
});

describe("attemptPage", () => {
  test("returns the facts of the token or the refusal", async () => {
    expect(await attemptPage(guard)).toMatchObject({ reason: "credentials_missing" });
    send(bearer({ sub: "alice" }));
    const auth = await attemptPage(guard);
    expectTypeOf(auth).toEqualTypeOf<Auth<unknown> | AuthError>();
    expect(auth).toMatchObject({ subject: "alice" });
    expect(await attemptPage(guard, permission("a"))).toBeInstanceOf(AuthError);
  });

  test("returns undefined for an anonymous request where that is allowed", async () => {
    const auth = await attemptPage(guard, { optional: true });
    expectTypeOf(auth).toEqualTypeOf<Auth<unknown> | AuthError | undefined>();
    expect(auth).toBeUndefined();
  });

  test("reads: a token in a cookie needs no origin", async () => {
    send({ cookie: `session=${token({ sub: "alice" })}` });
    expect(await attemptPage(withCookie)).toMatchObject({ subject: "alice" });
  });
});

describe("A token that is bound to a DPoP key", () => {
  test("is refused in actions and pages, whichever URL is proven (RFC 9449 §4.3)", async () => {
    const tenant = await createTenant({ port: 0 });
    onTestFinished(() => tenant.close());
    const keys = await generateKeyPair("ES256");
    const bound = await requestToken(tenant, keys);
    const resource = "https://app.test";
    const { issuer, audience } = tenant;
    const strict = createGuard({ issuer, audience, resource, dpop: { mode: "allowed" } });
    const prove = async (method: string, url: string) => ({
      authorization: `DPoP ${bound}`,
      dpop: await generateProof(keys, url, method, undefined, bound),
    });
    // The neighbour that is accepted: the same proof, where the URL is known.
    const headers = await prove("POST", `${resource}/`);
    expect(await strict.attempt({ method: "POST", url: "/", headers })).toMatchObject({ clientId: "machine" });
    for (const url of [resource, `${resource}/`, `${resource}/page`]) {
      send(await prove("POST", url));
      const refusal = { reason: "target_unknown", status: 400 };
      expect(await protectAction(strict, async () => "ran")()).toMatchObject({ refusal });
      send(await prove("GET", url));
      expect(await attemptPage(strict)).toMatchObject({ reason: "target_unknown" });
    }
    send({ authorization: `Bearer ${bound}` });
    expect(await attemptPage(strict)).toMatchObject({ reason: "binding_unproven" });
  });
});
