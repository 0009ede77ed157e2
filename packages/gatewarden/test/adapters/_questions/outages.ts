// What callers are told when it is this side that cannot check: 503, when to try again, and never a challenge.
import { createServer } from "node:http";
import type { TokenRequest } from "@gatewarden/dev";
import { expect, test } from "vitest";
import type { GuardOptions, Reason } from "../../../src/index.js";
import { originOf } from "../../support/listen.js";
import { type Bench, expectRefusal } from "../_bench.js";

const secret = "redis://user:password@store";
const fail = () => Promise.reject(new Error(secret));

export function askOutage(bench: Bench): void {
  test.each<[Reason, () => Promise<GuardOptions>, TokenRequest?]>([
    ["keys_unavailable", async () => ({ discoveryUrl: `${await closedOrigin()}/.well-known/openid-configuration` })],
    ["revocation_unavailable", async () => ({ revocation: { isRevoked: fail } })],
    ["introspection_unavailable", async () => ({ introspection: fail }), { as: "alice", audience: null }],
  ])("%s is 503 with Retry-After, for GET and HEAD, and never a challenge", async (reason, makeOptions, request) => {
    const get = await bench.start(await makeOptions());
    const headers = await bench.bearer(request);
    const answer = await get("/private", { headers });
    expectRefusal(bench, answer, reason);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect(JSON.stringify(answer)).not.toContain(secret);
    // Nobody is let in as nobody because it is not known who calls (CWE-636).
    expectRefusal(bench, await get("/optional", { headers }), reason);
    const head = await get("/private", { method: "HEAD", headers });
    expect(head).toMatchObject({ status: 503, text: "", challenge: undefined });
  });
}

/** An address where nobody listens any more. */
async function closedOrigin(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = originOf(server);
  await new Promise((resolve) => server.close(resolve));
  return origin;
}
