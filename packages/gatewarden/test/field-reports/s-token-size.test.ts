// Kind S: tokens as large as providers issue them get in, and a token that is too large is answered
// with words that do not send its client to log in again, which would bring the same token.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuthError, catalogue } from "../../src/index.js";
import { parseChallenge } from "../support/challenge.js";
import { guardWith, refusalOf, token, verdict } from "../support/keys.js";

const limit = 16_384;
const guard = guardWith();

/** A good token of exactly so many characters. */
function tokenOf(length: number): string {
  const make = (padding: number, x: string) =>
    token({ padding: "x".repeat(padding) }, { header: { alg: "ES256", kid: "ec", x } });
  for (const x of ["", "a", "aa"]) {
    // base64url makes four characters of three bytes.
    const size = Math.ceil(((length - make(0, x).length) * 3) / 4);
    const fitting = [size - 1, size, size + 1].map((padding) => make(padding, x)).find((one) => one.length === length);
    if (fitting !== undefined) return fitting;
  }
  throw new Error(`No token has ${length} characters`);
}

const server = createServer({ maxHeaderSize: 4 * limit }, async (request, response) => {
  const { method = "", url = "", headers } = request;
  const outcome = await guard.attempt({ method, url, headers });
  if (!(outcome instanceof AuthError)) return response.end("in");
  const refusal = guard.refusal(outcome);
  response.writeHead(refusal.status, refusal.headers as Record<string, string | string[]>);
  return response.end(JSON.stringify(refusal.body));
});
let origin: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const send = (credentials: string) => fetch(origin, { headers: { authorization: `Bearer ${credentials}` } });

describe("A token as large as providers issue it gets in", () => {
  // https://learn.microsoft.com/entra/identity/hybrid/connect/how-to-connect-fed-group-claims: up to 200 groups in a JWT.
  const groups = Array.from({ length: 200 }, () => randomUUID());
  const entra = token({ groups, scp: "access_as_user", azp: randomUUID(), oid: randomUUID(), ver: "2.0" });

  test("of Entra with 200 groups, which has more than 8,192 characters", async () => {
    expect(entra.length).toBeGreaterThan(8192);
    expect(await verdict(guard, entra)).toBe("accepted");
    const answer = await send(entra);
    expect([answer.status, await answer.text()]).toEqual([200, "in"]);
  });

  test("of Entra again and again: it is remembered like any other", async () => {
    const own = guardWith();
    for (let time = 0; time < 4; time++) expect(await verdict(own, entra)).toBe("accepted");
    expect(own.cacheCounts()).toMatchObject({ entries: 1, hits: 2 });
  });

  test("up to 16,384 characters, which is what Node.js takes of headers by default", async () => {
    expect(await verdict(guard, tokenOf(limit))).toBe("accepted");
    expect(await verdict(guardWith({ maxTokenSize: 8192 }), tokenOf(8192))).toBe("accepted");
  });
});

describe("A token that is too large", () => {
  test.each([
    ["by a character", tokenOf(limit + 1)],
    ["far", tokenOf(2 * limit)],
    ["and opaque", "a".repeat(limit + 1)],
    ["and no token at all", ".".repeat(limit + 1)],
  ])("is refused: %s", async (_name, text) => {
    expect(await verdict(guard, text)).toBe("token_too_large");
  });

  test("is refused by a guard with a smaller limit", async () => {
    expect(await verdict(guardWith({ maxTokenSize: 8192 }), tokenOf(8193))).toBe("token_too_large");
  });

  // RFC 6750 §3.1: on invalid_token a client may request a new access token. A new one is as large.
  test("is answered 400 invalid_request, which asks for no new token", async () => {
    const answer = await send(tokenOf(limit + 1));
    const { scheme, parameters } = parseChallenge(answer.headers.get("www-authenticate") ?? "");
    const { description } = catalogue.token_too_large;
    expect([answer.status, scheme, parameters["error"]]).toEqual([400, "Bearer", "invalid_request"]);
    expect(parameters["error_description"]).toBe(description);
    expect(await answer.json()).toEqual({
      error: "invalid_request",
      error_description: description,
      reason: "token_too_large",
    });
    expect(description).toMatch(/too large.*logging in again/i);
  });

  test("says both sizes to the developer", async () => {
    const refusal = await refusalOf(guard.verify(tokenOf(limit + 1)));
    expect(refusal.details).toEqual({ expected: limit, actual: limit + 1 });
  });

  test("names both limits that a larger token needs", async () => {
    const [finding] = await guard.explain(tokenOf(limit + 1));
    expect(finding?.code).toBe("token_too_large");
    for (const name of ["`maxTokenSize`", "`--max-http-header-size`"]) expect(finding?.fix).toContain(name);
  });

  test("does not change what a bad token of a usual size is answered", async () => {
    const answer = await send("a".repeat(100));
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([
      401,
      expect.stringContaining("invalid_token"),
    ]);
  });
});
