// What a session keeps of the request that it began with, whatever holds that request's headers.
import { describe, expect, test } from "vitest";
import { toOpeningOf } from "../../src/adapters/_opening.js";
import { AuthError, createGuard, type RequestHeaders } from "../../src/index.js";
import { options, token, verdictOf } from "../support/keys.js";

const earlier = token({ sub: "earlier" });
const later = token({ sub: "later" });
const guard = createGuard(options());

describe("The token of a session, looked at again", () => {
  test.each<[string, RequestHeaders]>([
    ["small letters", { authorization: `Bearer ${earlier}` }],
    // As gateways and event formats hand them over.
    ["capitals", { Authorization: `Bearer ${earlier}`, DPoP: "a proof" }],
    ["a list", { Authorization: [`Bearer ${earlier}`] }],
    ["Headers", new Headers({ authorization: `Bearer ${earlier}` })],
    ["none at all", {}],
  ])("is the only one of its request, whose headers are in %s", async (_name, headers) => {
    const opening = toOpeningOf({ method: "GET", url: "/", headers });
    expect(opening.isProven).toBe(false);
    const outcome = await guard.attempt(opening.toRequest(later));
    expect(outcome).toMatchObject({ subject: "later" });
    expect(outcome).not.toBeInstanceOf(AuthError);
  });

  test.each<[string, RequestHeaders]>([
    ["small letters", { authorization: `DPoP ${earlier}` }],
    ["capitals", { Authorization: `DPoP ${earlier}` }],
    ["a list", { authorization: [`DPoP ${earlier}`] }],
    ["Headers", new Headers({ authorization: `dpop ${earlier}` })],
  ])("is known to have come with a proof by a header in %s", (_name, headers) => {
    expect(toOpeningOf({ method: "GET", url: "/", headers }).isProven).toBe(true);
  });

  test("keeps what else the request says", async () => {
    const { headers } = toOpeningOf({ method: "GET", url: "/", headers: { Host: "api.test" } }).toRequest(later);
    expect(headers).toMatchObject({ Host: "api.test" });
    expect(await verdictOf(guard.check({ method: "GET", url: "/", headers }))).toBe("accepted");
  });
});
