// The whole road on each runtime: its own server, its own fetch, keys from an issuer over HTTP that rotate and fail.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKey, encode, forge, signHmac, type TestKey } from "../../../packages/gatewarden/test/support/forge.js";
import {
  gate,
  type IssuerServer,
  json,
  startIssuer,
  status,
} from "../../../packages/gatewarden/test/support/issuer-server.js";
import type { Served } from "./support/runtime.js";
import { isLeftOut, runtimes, titleOf } from "./support/runtimes.js";
import { createScratch, type Scratch } from "./support/scratch.js";
import { prove, thumbprintOf } from "./support/senders.js";

const old = createKey("RS256", "old");
const fresh = createKey("ES256", "fresh");
const sender = createKey("ES256", "sender");
let scratch: Scratch;

beforeAll(async () => {
  scratch = await createScratch();
});
afterAll(() => scratch.remove());

const seconds = () => Math.floor(Date.now() / 1000);

function tokenOf(issuer: string, key: TestKey, claims: Readonly<Record<string, unknown>> = {}): string {
  const alg = key === old ? "RS256" : "ES256";
  const usual = { iss: issuer, aud: "https://api.test", sub: "alice", iat: seconds(), exp: seconds() + 600 };
  return forge({ header: { alg, kid: key.kid }, payload: { ...usual, ...claims }, key });
}

describe.each(runtimes)("$name", (runtime) => {
  describe.skipIf(isLeftOut(runtime))(titleOf(runtime), () => {
    let issuer: IssuerServer;
    let served: Served;

    beforeAll(async () => {
      issuer = await startIssuer();
      issuer.publish([old.jwk]);
      served = await runtime.serve(issuer.issuer, scratch);
    });
    afterAll(async () => {
      await served?.stop();
      await issuer?.close();
    });

    const get = (path: string, token?: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
      fetch(`${served.origin}${path}`, {
        headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
      });
    const challengeOf = (response: Response) => response.headers.get("www-authenticate") ?? "";

    test("asks the issuer once for all requests that come at first", async () => {
      const token = tokenOf(issuer.issuer, old);
      const answers = await Promise.all(Array.from({ length: 8 }, () => get("/fetch/private", token)));
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      expect(issuer.count("/jwks")).toBe(1);
    });

    test.each(["/fetch", "/hono"])("answers 200, 401 and 403 with the right challenges under %s", async (base) => {
      const token = tokenOf(issuer.issuer, old);
      const accepted = await get(`${base}/private`, token);
      expect([accepted.status, await accepted.json()]).toEqual([200, { user: "alice" }]);
      const anonymous = await get(`${base}/private`);
      expect([anonymous.status, challengeOf(anonymous)]).toEqual([401, 'Bearer realm="api"']);
      const forged = await get(`${base}/private`, `${token.slice(0, -4)}AAAA`);
      expect([forged.status, challengeOf(forged)]).toEqual([401, expect.stringContaining('error="invalid_token"')]);
      expect(await forged.json()).toMatchObject({ reason: "signature_invalid" });
      const lacking = await get(`${base}/admin`, token);
      expect([lacking.status, challengeOf(lacking)]).toEqual([403, expect.stringContaining('scope="read:admin"')]);
      const admin = await get(`${base}/admin`, tokenOf(issuer.issuer, old, { permissions: ["read:admin"] }));
      expect(admin.status).toBe(200);
    });

    test("takes a token with the secret of a guard that was made when its module was loaded", async () => {
      const claims = { iss: "https://issuer.test/", aud: "https://api.test", sub: "alice", exp: seconds() + 600 };
      const input = `${encode({ alg: "HS256" })}.${encode(claims)}`;
      const signature = signHmac("HS256", "a secret of thirty-two characters or more", input).toString("base64url");
      expect((await get("/fetch/pinned", `${input}.${signature}`)).status).toBe(200);
      expect((await get("/fetch/pinned", `${input}.${encode(Buffer.alloc(32))}`)).status).toBe(401);
    });

    test("takes a proof with the nonce that it gave, once", async () => {
      const token = tokenOf(issuer.issuer, old, { cnf: { jkt: thumbprintOf(sender) } });
      const url = `${served.origin}/fetch/bound`;
      const send = (dpop: string) => get("/fetch/bound", undefined, { authorization: `DPoP ${token}`, dpop });
      const first = await send(prove(sender, { url, token }));
      expect([first.status, challengeOf(first)]).toEqual([401, expect.stringContaining('error="use_dpop_nonce"')]);
      const proof = prove(sender, { url, token, nonce: first.headers.get("dpop-nonce") ?? "" });
      const second = await send(proof);
      expect([second.status, await second.json()]).toEqual([200, { user: "alice" }]);
      expect((await send(proof)).status).toBe(401);
    });

    test("takes a key that the issuer rotated to", async () => {
      issuer.publish([old.jwk, fresh.jwk]);
      expect((await get("/hono/private", tokenOf(issuer.issuer, fresh))).status).toBe(200);
    });

    test("goes on through an outage with the keys it has", async () => {
      issuer.on("/jwks", status(500));
      expect((await get("/fetch/private", tokenOf(issuer.issuer, fresh))).status).toBe(200);
      const unknown = await get("/fetch/private", tokenOf(issuer.issuer, createKey("ES256", "never published")));
      expect(unknown.status).not.toBe(200);
    });
  });
});

describe.each(runtimes)("$name, started during an outage", (runtime) => {
  describe.skipIf(isLeftOut(runtime))(titleOf(runtime), () => {
    test("answers 503 and no challenge, and recovers", async () => {
      const issuer = await startIssuer();
      issuer.on("/jwks", status(503));
      const served = await runtime.serve(issuer.issuer, scratch);
      try {
        const get = () =>
          fetch(`${served.origin}/hono/private`, {
            headers: { authorization: `Bearer ${tokenOf(issuer.issuer, old)}` },
          });
        const refused = await get();
        expect(refused.status).toBe(503);
        expect(refused.headers.get("www-authenticate")).toBeNull();
        expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
        issuer.publish([old.jwk]);
        await expect.poll(async () => (await get()).status, { timeout: 10_000, interval: 250 }).toBe(200);
      } finally {
        await served.stop();
        await issuer.close();
      }
    });

    test("is not held up by a caller that went away while the keys were on their way", async () => {
      const issuer = await startIssuer();
      const late = gate(json({ keys: [old.jwk] }));
      issuer.on("/jwks", late.answer);
      const served = await runtime.serve(issuer.issuer, scratch);
      try {
        const authorization = `Bearer ${tokenOf(issuer.issuer, old)}`;
        const leaving = new AbortController();
        const url = `${served.origin}/fetch/private`;
        const left = fetch(url, { headers: { authorization }, signal: leaving.signal }).catch(() => undefined);
        await expect.poll(() => issuer.count("/jwks"), { interval: 10 }).toBe(1);
        leaving.abort();
        await left;
        late.open();
        const status = async () => (await fetch(url, { headers: { authorization } })).status;
        await expect.poll(status, { timeout: 10_000, interval: 100 }).toBe(200);
      } finally {
        await served.stop();
        await issuer.close();
      }
    });
  });
});
