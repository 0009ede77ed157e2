// A token server that refuses, hangs, breaks or lies: what a handler gets, and that nothing secret is said.
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import {
  type Answer,
  cut,
  drip,
  gzipBomb,
  hang,
  json,
  oversize,
  redirect,
  reset,
  status,
  text,
} from "../../support/issuer-server.js";
import { setUpExchange as setUp, subject } from "./_failing-exchange.js";
import { clientSecret, grants, refuses } from "./_token-server.js";

const claims = '{"access_token":{"polids":{"essential":true,"values":["9ab03e19"]}}}';

describe("A server that fails is reported as unavailable, and as 503", () => {
  test.each<[string, Answer]>([
    ["hangs", hang],
    ["answers 500", status(500)],
    ["answers 503", status(503)],
    ["answers 429", status(429)],
    ["closes the connection", reset],
    ["breaks off in the middle", cut],
    ["sends a byte now and again", drip],
    ["says that it is busy", refuses("temporarily_unavailable")],
  ])("%s", async (_name, answer) => {
    const { fail } = await setUp(answer);
    const { code, status, headers } = await fail();
    expect({ code, status }).toEqual({ code: "server_unavailable", status: 503 });
    expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(1);
  });

  test("is not there at all", async () => {
    const { server, fail } = await setUp(status(200));
    await server.close();
    expect(await fail()).toMatchObject({ code: "server_unavailable", status: 503 });
  });
});

describe("An answer that is no usable token is a failure of the server, and 502", () => {
  test.each<[string, Answer]>([
    ["a page", text("<html>Log in</html>")],
    ["a redirect", redirect("https://evil.test/token")],
    ["no JSON object", json(["token"])],
    ["JSON without token", json({ token_type: "Bearer" })],
    ["an empty token", json({ access_token: "", token_type: "Bearer" })],
    ["a token that is a number", json({ access_token: 1, token_type: "Bearer" })],
    ["a token over two lines (CWE-113)", json({ access_token: "a\r\nx-evil: 1", token_type: "Bearer" })],
    ["a token with a blank", json({ access_token: "a b", token_type: "Bearer" })],
    ["a token without end", json({ access_token: "a".repeat(65_537), token_type: "Bearer" })],
    ["no token type", json({ access_token: "a" })],
    ["another token type", json({ access_token: "a", token_type: "mac" })],
    ["a token that is none for APIs (RFC 8693 §2.2.1)", json({ access_token: "a", token_type: "N_A" })],
    [
      "a refresh token",
      json({
        access_token: "a",
        token_type: "Bearer",
        issued_token_type: "urn:ietf:params:oauth:token-type:refresh_token",
      }),
    ],
    ["a token bound to a key that this API has not got", json({ access_token: "a", token_type: "DPoP" })],
    ["a lifetime that is no number", json({ access_token: "a", token_type: "Bearer", expires_in: "soon" })],
    ["64 MiB", oversize],
    ["a few kilobytes that grow to 64 MiB", gzipBomb],
    ["404", status(404)],
  ])("%s", async (_name, answer) => {
    const { fail } = await setUp(answer, { timeout: 5 });
    expect(await fail()).toMatchObject({ code: "answer_unusable", status: 502 });
  });

  test("an unbound token, where one bound to a key is required", async () => {
    const { fail } = await setUp(grants(), { dpop: "required" });
    expect(await fail()).toMatchObject({ code: "answer_unusable", status: 502 });
  });

  test.each<[string, Record<string, unknown>]>([
    ["as text", { expires_in: "600" }],
    ["not at all", { expires_in: undefined }],
    ["with the type of RFC 8693", { issued_token_type: "urn:ietf:params:oauth:token-type:jwt" }],
    ["with what else servers add", { refresh_token: "r", "not-before-policy": 0, ext_expires_in: 0 }],
  ])("but a lifetime that is said %s is none", async (_name, extra) => {
    const { ask } = await setUp(grants(extra));
    expect((await ask()).value).toBe("granted-1");
  });
});

describe("A refusal is passed on with its code", () => {
  test.each<[string, number]>([
    ["invalid_grant", 401],
    ["interaction_required", 401],
    ["login_required", 401],
    ["consent_required", 401],
    ["invalid_token", 401],
    ["invalid_request", 502],
    ["invalid_target", 502],
    ["invalid_scope", 502],
    ["access_denied", 502],
    ["unauthorized_client", 502],
    ["invalid_client", 502],
  ])("%s is answered with %i", async (code, status) => {
    const { fail } = await setUp(refuses(code));
    expect(await fail()).toMatchObject({ code, status, statusCode: status });
  });

  test("a client that is not accepted, with a challenge (RFC 6749 §5.2)", async () => {
    const { fail } = await setUp((_request, response) => {
      response.writeHead(401, { "www-authenticate": 'Basic realm="token"' }).end();
    });
    expect(await fail()).toMatchObject({ code: "invalid_client", status: 502 });
  });

  test("Entra's claims challenge goes on to the caller, in base64", async () => {
    const description = "AADSTS50079: Due to a configuration change, you must enroll in multifactor authentication.";
    const { fail } = await setUp(refuses("interaction_required", { claims, error_description: description }));
    const error = await fail();
    expect(error).toMatchObject({ code: "interaction_required", claims, description });
    const challenge = error.headers["www-authenticate"] ?? "";
    const [, encoded = ""] = /^Bearer error="insufficient_claims", claims="([\w+/=]+)"$/.exec(challenge) ?? [];
    expect(Buffer.from(encoded, "base64").toString()).toBe(claims);
  });

  test("Entra's consent, which is an invalid_grant, is a 401 too", async () => {
    const { fail } = await setUp(refuses("invalid_grant", { suberror: "consent_required", error_codes: [65_001] }));
    const { headers } = await fail();
    expect(headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
  });

  test.each<[string, unknown]>([
    ["of several lines", '{"a":\r\n1}'],
    ["that is no JSON", '", evil="'],
    ["that is a list", "[]"],
    ["that is an object", { access_token: {} }],
    ["without end", JSON.stringify({ a: "x".repeat(3000) })],
    ["that holds the incoming token", JSON.stringify({ a: subject })],
  ])("a claims challenge %s is left out", async (_name, odd) => {
    const { fail } = await setUp(refuses("interaction_required", { claims: odd }));
    const error = await fail();
    expect(error.claims).toBeUndefined();
    expect(error.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
  });

  test.each<[string, unknown]>([
    ["the incoming token", subject],
    ["the client's secret", clientSecret],
    ["text without end", "x".repeat(500)],
    ["markup", "<script>"],
  ])("a code that is %s is not repeated (CWE-532)", async (_name, odd) => {
    const { fail } = await setUp(refuses(String(odd)));
    expect((await fail()).code).toBe("unknown_error");
  });
});

describe("No secret is in what is said of a failure (CWE-532)", () => {
  const echo = `token ${subject} of ${clientSecret}: eyJhbGciOiJub25lIn0.${"x".repeat(100)}\r\nforged: line`;
  test.each<[string, Answer]>([
    [
      "an OAuth error that repeats what it got",
      refuses("invalid_grant", { error_description: echo, error_uri: subject }),
    ],
    ["a page that repeats it", text(echo, 400)],
    ["JSON that repeats it", json({ echo })],
    ["a busy server that repeats it", refuses("server_error", { error_description: echo }, 500)],
    ["a status line that repeats it", (_request, response) => void response.writeHead(400, "Bad").end(echo)],
  ])("%s", async (_name, answer) => {
    const { fail, exchange } = await setUp(answer);
    const error = await fail();
    const said = [error.message, error.description, inspect(error, { depth: 9, showHidden: true }), error.stack];
    const logged = JSON.stringify([said, error, error.headers, inspect(exchange.status(), { depth: 9 })]);
    for (const secret of [subject, subject.split(".")[2] ?? "", clientSecret, "x".repeat(50)]) {
      expect(logged).not.toContain(secret);
    }
    expect(error.description ?? "").not.toMatch(/[\r\n]/);
  });

  test("nor in a token that is printed", async () => {
    const { ask } = await setUp(grants({ access_token: "very-secret" }));
    const token = await ask();
    expect(`${JSON.stringify(token)} ${inspect(token, { depth: 9, showHidden: true })}`).not.toContain("very-secret");
  });
});
