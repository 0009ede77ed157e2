// Strangers send tokens that the introspection endpoint chokes on. Users whose tokens it knows must not notice (CWE-400, CWE-770).
import { createGuard } from "gatewarden";
import { createIntrospectionClient } from "gatewarden/introspection";
import { describe, expect, test } from "vitest";
import { flood } from "../../scripts/introspection-flood/run.mjs";
import { startEndpoint } from "../../scripts/introspection-flood/server.mjs";
import { createClock, start } from "../support/clock.js";
import { type Answer, json, reset, startIssuer, status } from "../support/issuer-server.js";
import { audience, issuer, options, verdict } from "../support/keys.js";

const description = { active: true, sub: "user|1", aud: audience, exp: start + 7200, token_type: "Bearer" };

function createBench(endpoint: string) {
  const clock = createClock();
  const introspect = createIntrospectionClient({ issuer, clientId: "api", auth: { clientSecret: "secret" }, endpoint });
  const guard = createGuard(options({ introspection: { introspect, maxAge: 0, timeout: 60 }, now: clock.now }));
  return { clock, guard, ask: (token: string) => verdict(guard, token) };
}

describe.each(["inactive", "400", "500", "html", "reset", "hang", "401", "429"])(
  "A flood of tokens that the endpoint answers with %s",
  (odd) => {
    test.each([10, 50, 500])("refuses no user whose token was active before, at %i a second", async (rate) => {
      const { known, questions } = await flood({ odd, rate, seconds: 1.2, isVirtual: true });
      expect(known).toMatchObject({ asked: 40, refused: 0 });
      expect(questions.odd).toBeGreaterThan(0);
    });
  },
);

test("1,100 made-up tokens that hang keep no known user out, and 76 of them are refused at once", async () => {
  const endpoint = await startEndpoint({ odd: "hang", claims: { aud: audience, exp: start + 7200 } });
  const { ask } = createBench(endpoint.url);
  expect(await ask("good")).toBe("accepted");
  let refused = 0;
  const flooding = Array.from({ length: 1100 }, (_, index) => ask(`odd${index}`).then(() => refused++));
  for (let index = 0; index < 20; index++) expect(await ask("good")).toBe("accepted");
  // A quarter of 32 places is for known tokens, and a thousand may wait.
  expect(refused).toBe(1100 - 24 - 1000);
  expect(endpoint.questions.odd).toBeLessThanOrEqual(24);
  await endpoint.close();
  await Promise.all(flooding);
});

describe("A server that fails for all", () => {
  test.each<[string, Answer]>([
    ["401", status(401)],
    ["429", (_request, response) => void response.writeHead(429, { "retry-after": "10" }).end()],
    ["500", status(500)],
    ["a reset", reset],
  ])("with %s is left alone, and found again when it answers", async (_name, answer) => {
    const server = await startIssuer();
    server.on("/introspect", json(description));
    const { ask, clock, guard } = createBench(`${server.origin}/introspect`);
    const users = Array.from({ length: 20 }, (_, index) => `user${index}`);
    for (const user of users) expect(await ask(user)).toBe("accepted");
    server.on("/introspect", answer);
    const before = server.count("/introspect");
    for (let second = 0; second < 60; second++) {
      for (const user of users) expect(await ask(user)).toBe("introspection_unavailable");
      expect(await ask(`new${second}`)).toBe("introspection_unavailable");
      clock.advance(1);
    }
    // 1,260 requests. At most five questions of each kind before back-off, and one of each with every back-off after.
    expect(server.count("/introspect") - before).toBeLessThanOrEqual(2 * 5 + 2 * 10);
    const { reasons } = await guard.health();
    expect(reasons.join()).toContain("left alone for a while: tokens without a fresh description are refused");
    server.on("/introspect", json(description));
    clock.advance(30);
    for (const user of [...users, "new"]) expect(await ask(user)).toBe("accepted");
    expect((await guard.health()).status).toBe("ready");
    await server.close();
  });

  test("by not being there is left alone, also where no token is known", async () => {
    const server = await startIssuer();
    await server.close();
    const { ask, guard } = createBench(`${server.origin}/introspect`);
    for (let index = 0; index < 50; index++) expect(await ask(`new${index}`)).toBe("introspection_unavailable");
    expect(guard.status().introspection).toMatchObject({ asked: 5, failed: 5, circuit: { others: "open" } });
  });
});
