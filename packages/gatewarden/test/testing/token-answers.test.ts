// The test issuer's token endpoint, used by the real clients of `gatewarden/exchange`.
import { describe, expect, test } from "vitest";
import { createClientCredentials, createTokenExchange } from "../../src/exchange/client/client.js";
import { actor, createGuard, permission } from "../../src/index.js";
import { createTestIssuer, type TestIssuer } from "../../src/testing/test-issuer.js";

const stock = "https://stock.test/";
const optionsOf = ({ url, fetch, clock }: TestIssuer, clientId = "orders-api") => ({
  ...{ issuer: url, clientId, auth: { clientSecret: "any" }, fetch, now: clock.now },
});

function setUp() {
  const issuer = createTestIssuer();
  const guard = createGuard({ ...issuer.guardOptions, exchange: createTokenExchange(optionsOf(issuer)) });
  const next = createGuard({ ...issuer.guardOptions, audience: stock });
  return { issuer, guard, next };
}

describe("A token exchange at the test issuer (RFC 8693)", () => {
  test("gives a token for the next API: the same user, what was asked for, and who acts", async () => {
    const { issuer, guard, next } = setUp();
    const auth = await guard.verify(issuer.token({ sub: "auth0|bob", organization: "org_1" }));
    const { value } = await guard.exchange(auth, { audience: stock, scope: "read:stock" });
    const other = await next.verify(value, permission("read:stock"));
    expect(other).toMatchObject({ subject: "auth0|bob", scopes: ["read:stock"], organization: { id: "org_1" } });
    await next.verify(value, actor({ subject: "orders-api" }));
    await expect(guard.verify(value)).rejects.toMatchObject({ reason: "audience_mismatch" });
    await expect(next.verify(value, permission("write:stock"))).rejects.toMatchObject({ reason: "permission_missing" });
  });

  test.each(["auth0", "keycloak", "okta"] as const)("speaks the dialect of %s", async (dialect) => {
    const { issuer, next } = setUp();
    const subject = { token: issuer.token(), issuer: issuer.url, expiresAt: issuer.clock.now() + 60 };
    const exchange = createTokenExchange({ ...optionsOf(issuer), dialect });
    const { value } = await exchange.exchange(subject, { audience: stock, scope: "read:stock" });
    expect((await next.verify(value)).scopes).toEqual(["read:stock"]);
  });

  test("names those who acted before within", async () => {
    const { issuer, guard, next } = setUp();
    const auth = await guard.verify(issuer.token({ claims: { act: { sub: "portal" } } }));
    const { value } = await guard.exchange(auth, { resource: stock });
    expect((await next.verify(value)).actors.map(({ subject }) => subject)).toEqual(["orders-api", "portal"]);
  });

  test("gives a token that does not outlive the one it was made from", async () => {
    const { issuer, guard } = setUp();
    const auth = await guard.verify(issuer.token({ expiresIn: 60 }));
    const { expiresAt = Number.NaN } = await guard.exchange(auth, { audience: stock });
    expect(expiresAt).toBeLessThanOrEqual(auth.expiresAt);
    issuer.clock.advance(61);
    await expect(guard.exchange(auth, { audience: stock })).rejects.toMatchObject({ code: "invalid_request" });
  });

  test("is refused for several APIs, and cannot be done while the issuer is away", async () => {
    const { issuer, guard } = setUp();
    const auth = await guard.verify(issuer.token());
    const both = guard.exchange(auth, { audience: [stock, "https://other.test/"] });
    await expect(both).rejects.toMatchObject({ code: "invalid_target" });
    issuer.disconnect();
    await expect(guard.exchange(auth, { audience: stock })).rejects.toMatchObject({ code: "server_unavailable" });
  });

  test("takes no token of another issuer", async () => {
    const [one, other] = [createTestIssuer(), createTestIssuer({ issuer: "https://other.test/" })];
    const subject = { token: other.token(), issuer: other.url, expiresAt: other.clock.now() + 60 };
    const exchange = createTokenExchange(optionsOf(one));
    await expect(exchange.exchange(subject, { audience: stock })).rejects.toMatchObject({ code: "invalid_request" });
  });
});

test("Client credentials at the test issuer give a machine's token (RFC 6749 §4.4)", async () => {
  const { issuer, next } = setUp();
  const credentials = createClientCredentials({ ...optionsOf(issuer, "a:b c"), audience: stock, scope: "read:stock" });
  const auth = await next.verify((await credentials.token()).value, permission("read:stock"));
  expect(auth).toMatchObject({ isMachine: true, clientId: "a:b c" });
});
