// What clients are told through each real proxy: the gateway's status, challenge and body, whatever
// the proxy would make of them by itself.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { alice, bob, get, toRequest } from "./_case.js";
import { programOf, proxyNames } from "./_proxies.js";
import { sendBytes, toHeaderValues, toStatuses } from "./_raw.js";
import { type Scene, startScene } from "./_scene.js";

describe.each(proxyNames)("Behind %s", (name) => {
  const { isSkipped, note } = toSkip([programOf[name]]);

  describe.skipIf(isSkipped)(`a client${note}`, () => {
    let scene: Scene;
    beforeAll(async () => {
      scene = await startScene(name, undefined, "cors: { origins: [https://app.example.com], credentials: true }\n");
    });
    afterAll(() => scene?.close());
    beforeEach(() => scene.upstream.clear());

    const send = (bytes: string) =>
      sendBytes(
        scene.proxy.port,
        bytes.replaceAll("{alice}", scene.tokens.alice).replaceAll("{bob}", scene.tokens.bob),
      );

    test("gets 401 with one challenge and the body", async () => {
      const answer = await send(get("/private/data"));
      expect(toStatuses(answer)).toEqual([401]);
      expect(toHeaderValues(answer, "www-authenticate")).toEqual(['Bearer realm="api"']);
      expect(toHeaderValues(answer, "content-type").join()).toContain("application/json");
      expect(toHeaderValues(answer, "cache-control")).toEqual(["no-store"]);
    });

    test("gets 403 with the challenge that names what is missing, and the body", async () => {
      const answer = await send(get("/admin/users", bob));
      expect(toStatuses(answer)).toEqual([403]);
      expect(toHeaderValues(answer, "www-authenticate")).toHaveLength(1);
      expect(toHeaderValues(answer, "www-authenticate")[0]).toContain('error="insufficient_scope"');
      expect(toHeaderValues(answer, "content-type").join()).toContain("application/json");
      expect(answer).toContain('"error":"insufficient_scope"');
    });

    test("gets 400 with the reason, for a path that could be read in two ways", async () => {
      const answer = await send(get("/private/%2e%2e/data", alice));
      expect(toStatuses(answer)).toEqual([400]);
      expect(answer).toContain('"error":"invalid_request"');
    });

    test("gets what the backend answers, with its own status", async () => {
      const answer = await send(get("/private/broken", alice));
      expect(toStatuses(answer)).toEqual([500]);
      expect(answer).toContain("broken");
    });

    test("gets the backend's redirect, which is decided on anew", async () => {
      const answer = await send(get("/public/moved"));
      expect(toStatuses(answer)).toEqual([302]);
      expect(toHeaderValues(answer, "location").join()).toContain("/private/data");
      expect(toStatuses(await send(get("/private/data")))).toEqual([401]);
    });

    test("gets a preflight answered by the backend, and none where no rule allows the method", async () => {
      const asked = ["Origin: https://app.example.com", "Access-Control-Request-Method: PUT"];
      expect(toStatuses(await send(toRequest("OPTIONS", "/private/data", asked)))).toEqual([200]);
      expect(toStatuses(await send(toRequest("OPTIONS", "/elsewhere", asked)))).toEqual([403]);
      expect(scene.upstream.seen.map(({ method, target }) => `${method} ${target}`)).toEqual(["OPTIONS /private/data"]);
    });

    test("in a browser may read a refusal if its page is listed, and no other page may", async () => {
      for (const [line, status] of [
        ["Accept: */*", 401],
        ["Authorization: Basic a", 401],
        ["Authorization: Bearer a, Bearer b", 400],
      ] as const) {
        const answer = await send(get("/private/data", line, "Origin: https://app.example.com"));
        expect(toStatuses(answer)).toEqual([status]);
        expect(toHeaderValues(answer, "access-control-allow-origin")).toEqual(["https://app.example.com"]);
        expect(toHeaderValues(answer, "access-control-allow-credentials")).toEqual(["true"]);
        expect(toHeaderValues(answer, "access-control-expose-headers").join()).toContain("WWW-Authenticate");
        expect(toHeaderValues(answer, "vary")).toContain("Origin");
      }
      for (const origin of ["https://app.example.com.evil.example", "https://APP.example.com", "null"]) {
        const answer = await send(get("/private/data", `Origin: ${origin}`));
        expect(toStatuses(answer)).toEqual([401]);
        expect(toHeaderValues(answer, "access-control-allow-origin")).toEqual([]);
      }
    });

    test("has its body passed on, which the gateway never gets", async () => {
      const body = "x".repeat(100_000);
      const answer = await send(toRequest("POST", "/private/data", [alice, `Content-Length: ${body.length}`], body));
      expect(toStatuses(answer)).toEqual([200]);
      expect(scene.upstream.seen.map((one) => one.body.length)).toEqual([body.length]);
    });

    test.each([
      "X-Rewrite-URL: /admin/users",
      "X-Original-URL: /admin/users",
      "X-HTTP-Method-Override: DELETE",
      "X-HTTP-Method: DELETE",
      "X-Method-Override: DELETE",
    ])("is served without its %s", async (line) => {
      expect(toStatuses(await send(get("/private/data", alice, line)))).toEqual([200]);
      expect(JSON.stringify(scene.upstream.seen[0]?.headers)).not.toMatch(/admin\/users|DELETE/);
    });

    test("leaves the backend every fact of the token, and no empty one", async () => {
      await send(get("/private/data", alice));
      const facts = scene.upstream.seen[0]?.headers.filter(([one]) => /^x-auth-/i.test(one)) ?? [];
      const named = Object.fromEntries(facts.map(([one, value]) => [one.toLowerCase(), value]));
      expect(named).toMatchObject({ "x-auth-subject": "alice", "x-auth-permissions": "read:admin" });
      expect(Object.values(named)).not.toContain("");
    });
  });

  describe.skipIf(isSkipped)(`without a gateway that answers${note}`, () => {
    test("a client is refused, and nothing reaches the backend", async () => {
      const scene = await startScene(name);
      try {
        await scene.stopGateway();
        const answer = await sendBytes(scene.proxy.port, get("/public/a"));
        expect(toStatuses(answer)[0]).toBeGreaterThanOrEqual(500);
        expect(scene.upstream.seen).toEqual([]);
      } finally {
        await scene.close();
      }
    });
  });
});
