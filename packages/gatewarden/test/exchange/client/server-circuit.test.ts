// When a failing token server is left alone, and that one token or API does not stop the others.
import { describe, expect, test } from "vitest";
import { type Answer, status } from "../../support/issuer-server.js";
import { setUpExchange as setUp } from "./_failing-exchange.js";
import { grants, refuses } from "./_token-server.js";

describe("How often a failing server is asked", () => {
  test("a refusal is repeated for a while without asking, and then asked again", async () => {
    const { server, clock, fail, ask } = await setUp(refuses("invalid_grant"), { refusedMaxAge: 10 });
    for (const _time of [1, 2, 3]) expect((await fail()).code).toBe("invalid_grant");
    expect(server.asked).toHaveLength(1);
    server.answer(grants());
    clock.advance(11);
    expect((await ask()).value).toBe("granted-1");
  });

  test("a refusal of one token says nothing of another", async () => {
    const { server, fail, ask } = await setUp(refuses("invalid_grant"));
    await fail();
    server.answer(grants());
    expect((await ask("another")).value).toBe("granted-1");
  });

  test("after a failure the same is not asked at once, and others are", async () => {
    const { server, clock, fail, ask } = await setUp(status(500));
    await fail();
    expect((await fail()).retryAfter).toBeGreaterThanOrEqual(1);
    expect(server.asked).toHaveLength(1);
    server.answer(grants());
    expect((await ask("another")).value).toBe("granted-1");
    clock.advance(2);
    expect((await ask()).value).toBe("granted-2");
  });

  const challenge = { "www-authenticate": 'Bearer error="invalid_token"', "content-type": "application/json" };
  test.each<[string, Answer]>([
    ["an audience that Keycloak does not know", refuses("invalid_client", { error_description: "Audience not found" })],
    ["an API that this client may not reach", refuses("unauthorized_client", {}, 403)],
    ["a challenge for one token", (_request, response) => void response.writeHead(401, challenge).end("{}")],
  ])("%s does not stop the others (CWE-400)", async (_name, answer) => {
    const { server, fail, ask, exchange } = await setUp(answer);
    expect((await fail("a")).code).toMatch(/^(invalid_client|unauthorized_client|invalid_token)$/);
    expect(exchange.status().circuit).toBe("closed");
    server.answer(grants());
    expect((await ask("another")).value).toBe("granted-1");
  });

  test("one token that makes the server fail does not stop the others (CWE-400)", async () => {
    const { server, clock, fail, ask, exchange } = await setUp(status(500));
    for (let attempt = 0; attempt < 8; attempt++) {
      await fail("poison");
      clock.advance(40);
    }
    expect(exchange.status().circuit).toBe("closed");
    server.answer(grants());
    expect((await ask("innocent")).value).toBe("granted-1");
  });

  test("when it fails for several, nothing is asked for a while; then one at a time", async () => {
    const { server, clock, fail, ask, exchange } = await setUp(status(500));
    for (const token of ["a", "b", "c", "d", "e"]) await fail(token);
    expect(exchange.status()).toMatchObject({ circuit: "open", failed: 5 });
    const before = server.asked.length;
    expect((await fail("f")).code).toBe("server_unavailable");
    expect(server.asked).toHaveLength(before);
    clock.advance(2);
    expect(exchange.status().circuit).toBe("half-open");
    server.answer(grants());
    const both = await Promise.allSettled([ask("g"), ask("h")]);
    expect(both.map((one) => one.status)).toEqual(["fulfilled", "rejected"]);
    expect(exchange.status().circuit).toBe("closed");
    expect((await ask("h")).value).toBe("granted-2");
  });

  test.each<[string, Answer]>([
    ["429", (_request, response) => void response.writeHead(429, { "retry-after": "20" }).end()],
    ["503", (_request, response) => void response.writeHead(503, { "retry-after": "20" }).end()],
    [
      "429 with an OAuth error",
      (_request, response) => {
        const headers = { "retry-after": "20", "content-type": "application/json" };
        response.writeHead(429, headers).end('{"error":"too_many_requests"}');
      },
    ],
  ])("a wait that it asks for holds for all: %s", async (_name, answer) => {
    const { server, clock, fail, ask } = await setUp(answer);
    expect((await fail()).retryAfter).toBe(20);
    server.answer(grants());
    clock.advance(15);
    expect(await fail("another")).toMatchObject({ code: "server_unavailable", status: 503 });
    expect(server.asked).toHaveLength(1);
    clock.advance(6);
    expect((await ask("another")).value).toBe("granted-1");
  });

  test("a wait of years is shortened to a minute", async () => {
    const { server, clock, fail, ask } = await setUp((_request, response) => {
      response.writeHead(429, { "retry-after": "99999999" }).end();
    });
    expect((await fail()).retryAfter).toBe(60);
    server.answer(grants());
    clock.advance(61);
    expect((await ask()).value).toBe("granted-1");
  });

  test("a client that is not accepted is not tried with every token", async () => {
    const { server, fail } = await setUp(refuses("invalid_client", {}, 401));
    expect((await fail("a")).code).toBe("invalid_client");
    expect((await fail("b")).code).toBe("invalid_client");
    expect(server.asked).toHaveLength(1);
  });
});
