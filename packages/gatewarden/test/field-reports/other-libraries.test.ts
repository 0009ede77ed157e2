// What libraries in the field have got wrong, one test each, named after what a user would have seen.
import { describe, expect, test } from "vitest";
import { type AuthError, permission, scope } from "../../src/index.js";
import { parseChallenge } from "../support/challenge.js";
import { createKey, forge } from "../support/forge.js";
import { status } from "../support/issuer-server.js";
import { bearer, claims, ec, guardWith, refusalOf, token, verdict } from "../support/keys.js";
import { second, startRemote } from "../support/remote.js";

const guard = guardWith();

describe("A request check", () => {
  test("enforces the second scope as well as the first", async () => {
    expect(await verdict(guard, token({ scope: "read:msg" }), scope("read:msg", "write:msg"))).toBe("scope_missing");
  });

  test("enforces both scopes of one text", async () => {
    expect(await verdict(guard, token({ scope: "a" }), scope("a b"))).toBe("scope_missing");
    expect(await verdict(guard, token({ scope: "b a" }), scope("a b"))).toBe("accepted");
  });

  test("answers 403, not 401, to a good token without the permission", async () => {
    expect((await refusalOf(guard.verify(token(), permission("a")))).status).toBe(403);
  });

  test("answers 401, not 400, to a request without a token, with a challenge and without an error code", async () => {
    const error = await refusalOf(guard.check({ method: "GET", url: "/", headers: {} }));
    const { status, headers } = guard.refusal(error);
    expect(status).toBe(401);
    expect(parseChallenge(String(headers["www-authenticate"]))).toEqual({
      scheme: "Bearer",
      parameters: { realm: "api" },
    });
  });

  test("does not take an invalid token for none where tokens are optional", async () => {
    const outcome = await guard.attempt(bearer(token({ exp: 1 })), { optional: true });
    expect((outcome as AuthError).reason).toBe("expired");
  });

  test("does not read a token from the query", async () => {
    const request = { method: "GET", url: `/?access_token=${token()}`, headers: {} };
    expect((await refusalOf(guard.check(request))).reason).toBe("credentials_missing");
  });

  test("accepts at+jwt", async () => {
    expect(await verdict(guard, token({}, { header: { alg: "ES256", kid: "ec", typ: "at+jwt" } }))).toBe("accepted");
  });

  test("puts no token into an error's message", async () => {
    const made = token({ exp: 1 });
    const { message, stack } = await refusalOf(guard.verify(made));
    expect(`${message}${stack}`).not.toContain(made.split(".")[1]);
  });

  test("demands exp, aud and iss although nobody asked for them", async () => {
    const verdicts = ["exp", "aud", "iss"].map((name) => verdict(guard, token({ [name]: undefined })));
    expect(await Promise.all(verdicts)).toEqual(["claim_missing", "claim_missing", "claim_missing"]);
  });

  test("works for a token without kid and a key without use, rather than fail inside", async () => {
    const { kid: _kid, use: _use, ...bare } = ec.jwk;
    const plain = guardWith({ keys: { jwks: { keys: [bare] } } });
    expect(await verdict(plain, forge({ header: { alg: "ES256" }, payload: claims(), key: ec }))).toBe("accepted");
  });

  test("heeds the alg of a key", async () => {
    const rs256 = createKey("RS256", "k");
    const narrow = guardWith({ keys: { jwks: { keys: [{ ...rs256.jwk, alg: "RS256" }] } } });
    const made = forge({ header: { alg: "RS512", kid: "k" }, payload: claims(), key: rs256 });
    expect(await verdict(narrow, made)).toBe("key_unsuitable");
  });
});

describe("A remote key set", () => {
  test("is not fetched for every request", async () => {
    const remote = await startRemote();
    for (let round = 0; round < 100; round++) await verdict(remote.guard, remote.token());
    expect(remote.server.count("/jwks")).toBe(1);
    await remote.server.close();
  });

  test("that is out of reach is 503 without internal text, not 401", async () => {
    const remote = await startRemote();
    remote.server.on("/jwks", status(500));
    const error = await refusalOf(remote.guard.verify(remote.token()));
    const { status: code, headers, body } = remote.guard.refusal(error);
    expect([code, headers["www-authenticate"]]).toEqual([503, undefined]);
    expect(JSON.stringify([body, headers, error.message])).not.toContain(remote.server.origin.slice(7));
    await remote.server.close();
  });

  test("that was rotated is noticed with the first new token, without minutes of 401", async () => {
    const remote = await startRemote();
    await verdict(remote.guard, remote.token());
    remote.server.publish([second.jwk]);
    expect(await verdict(remote.guard, remote.token(second))).toBe("accepted");
    expect(await verdict(remote.guard, remote.token())).toBe("key_unknown");
    await remote.server.close();
  });

  test("does not trust a withdrawn key until the process ends", async () => {
    const remote = await startRemote();
    await verdict(remote.guard, remote.token());
    remote.server.publish([second.jwk]);
    remote.clock.advance(601);
    expect(await verdict(remote.guard, remote.token())).toBe("key_unknown");
    await remote.server.close();
  });

  test("does not remember a missing kid for longer than it is missing", async () => {
    const remote = await startRemote();
    expect(await verdict(remote.guard, remote.token(second))).toBe("key_unknown");
    remote.server.publish([remote.key.jwk, second.jwk]);
    expect(await verdict(remote.guard, remote.token(second))).toBe("accepted");
    await remote.server.close();
  });

  test("of another issuer with the same kid is never mixed up with it", async () => {
    const [one, two] = await Promise.all([startRemote(), startRemote()]);
    const twin = createKey("ES256", one.key.kid);
    two.server.publish([twin.jwk]);
    const both = one.another({ issuer: [one.server.issuer, two.server.issuer] });
    const forged = one.token(twin);
    expect(await verdict(both, two.token(twin))).toBe("accepted");
    expect(await verdict(both, forged)).toBe("signature_invalid");
    await Promise.all([one.server.close(), two.server.close()]);
  });
});
