// Headers of others, the framework's error hook, bodies, load.
import { expect, test } from "vitest";
import { sendRaw } from "../../support/request.js";
import { earlierChallenge, earlierExposed } from "../_application.js";
import { type Bench, change } from "../_bench.js";

export function askHeadersAndHook(bench: Bench): void {
  test.skipIf(bench.adapter.cannot?.setEarlierChallenge)("its challenge stays beside an earlier one", async () => {
    const get = await bench.start();
    const { challenge } = await get("/earlier-challenge");
    expect(challenge).toBe(`${earlierChallenge}, Bearer realm="api"`);
  });

  // https://github.com/twentyhq/twenty/pull/19836: without it a page gets null for the challenge.
  test("a page may read the challenge, and what the application exposes besides", async () => {
    const get = await bench.start();
    const { headers } = await get("/private");
    expect(headers["access-control-expose-headers"]).toBe("WWW-Authenticate");
    if (bench.adapter.cannot?.setEarlierChallenge) return;
    const { headers: beside } = await get("/earlier-challenge");
    expect(beside["access-control-expose-headers"]).toBe(`${earlierExposed}, WWW-Authenticate`);
  });

  test("the framework's error hook can shape the answer, and status and challenge stay", async () => {
    const get = await bench.start({}, { reshape: true });
    const answer = await get("/private");
    expect(answer).toMatchObject({ status: 401, challenge: 'Bearer realm="api"' });
    expect(answer.json).toEqual({ problem: "credentials_missing" });
    expect((await get("/private", { headers: await bench.bearer() })).status).toBe(200);
  });
}

export function askBody(bench: Bench): void {
  test("a body is there for the handler after the check", async () => {
    const post = await bench.start();
    const headers = { ...(await bench.bearer()), "content-type": "text/plain" };
    const answer = await post("/private", { method: "POST", headers, body: "much ado" });
    expect(answer).toMatchObject({ status: bench.adapter.postStatus ?? 200, json: { user: "auth0|alice", length: 8 } });
  });

  test.skipIf(bench.adapter.cannot?.checkBeforeBody)("the refusal does not wait for the body", async () => {
    await bench.start();
    const head = ["POST /private HTTP/1.1", "Host: api.local", "Content-Type: text/plain", "Content-Length: 1000000"];
    expect(await sendRaw(bench.origin(), head, "only a part of it")).toMatch(/^HTTP\/1\.1 401 /);
  });
}

export function askLoad({ start, bearer, origin }: Bench): void {
  test("hundreds of mixed requests at once get the right answer each", async () => {
    const get = await start();
    const [alice, bob] = [
      await bearer({ as: "alice", permissions: ["read:admin"] }),
      await bearer({ as: "bob", permissions: [] }),
    ];
    const mix: readonly [string, Record<string, string>, number, string][] = [
      ["/private", alice, 200, '"auth0|alice"'],
      ["/private", bob, 200, '"auth0|bob"'],
      ["/private", {}, 401, "credentials_missing"],
      ["/private", change(bob), 401, "signature_invalid"],
      ["/permission", alice, 200, '"auth0|alice"'],
      ["/permission", bob, 403, "permission_missing"],
      ["/optional", {}, 200, "null"],
      ["/optional", { authorization: "Bearer" }, 400, "credentials_malformed"],
    ];
    const all = Array.from({ length: 50 }, () => mix).flat();
    const answers = await Promise.all(all.map(([path, headers]) => get(path, { headers })));
    const wrong = all.filter(([, , status, text], index) => {
      const answer = answers[index];
      return answer?.status !== status || !answer.text.includes(text);
    });
    expect(wrong).toEqual([]);
  });

  test("a client that hangs up while keys are fetched leaves the application well", async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const get = await start({
      fetch: async (...args) => {
        asked();
        await gate;
        return fetch(...args);
      },
    });
    const headers = await bearer();
    const abort = new AbortController();
    const gone = fetch(`${origin()}/private`, { headers, signal: abort.signal }).catch(() => "gone");
    await isAsked;
    abort.abort();
    expect(await gone).toBe("gone");
    open();
    expect((await get("/private", { headers })).status).toBe(200);
  });
}
