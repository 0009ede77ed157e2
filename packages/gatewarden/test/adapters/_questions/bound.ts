// Tokens that are bound to a key (DPoP) or to a certificate (mutual TLS).
import { generateKeyPair, generateProof, type KeyPair } from "dpop";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GuardOptions, Reason } from "../../../src/index.js";
import { createTlsTenant, requestToken, type TlsTenant } from "../../support/bound-tokens.js";
import { createIdentity, type Identity, send } from "../../support/certificates.js";
import { type Answer, sendRaw } from "../../support/request.js";
import { earlierChallenge } from "../_application.js";
import { type Bench, toBody } from "../_bench.js";
import { createNonceClient } from "../_proofs.js";

const dpop: GuardOptions = { dpop: { mode: "allowed" } };

/** Tokens bound to a key: RFC 9449. */
export function askDpop(bench: Bench): void {
  describe("a token bound to a key", () => {
    let keys: KeyPair;
    let token: string;
    beforeAll(async () => {
      keys = await generateKeyPair("ES256");
      token = await requestToken(bench.tenant(), keys);
    });

    const prove = (path: string) =>
      generateProof(keys, `${bench.origin()}${path}`, "GET", undefined, token).then((proof) => ({
        authorization: `DPoP ${token}`,
        dpop: proof,
      }));
    const expectRefusal = ({ status, challenge, json }: Answer, reason: Reason, error: string) => {
      expect(status).toBe(401);
      expect(challenge).toMatch(/^Bearer realm="api"(, error=.*)?, DPoP realm="api".*algs="[^"]*ES256/);
      expect(challenge).toContain(`error="${error}"`);
      expect(json).toEqual((bench.adapter.body ?? toBody)(reason));
    };

    test("gets in with a proof, whatever the query, and permissions count as ever", async () => {
      const get = await bench.start(dpop);
      const answer = await get("/private?page=2", { headers: await prove("/private") });
      expect(answer).toMatchObject({ status: 200, json: { user: "machine" } });
      expect(answer.headers["dpop-nonce"]).toBeUndefined();
      expect((await get("/optional", { headers: await prove("/optional") })).json).toEqual({ user: "machine" });
      expect((await get("/permission", { headers: await prove("/permission") })).status).toBe(403);
    });

    test("is refused without a proof, as a plain token, with a used proof, and with one for another place", async () => {
      const get = await bench.start(dpop);
      const headers = await prove("/private");
      const without = await get("/private", { headers: { authorization: headers.authorization } });
      expectRefusal(without, "dpop_proof_missing", "invalid_dpop_proof");
      const plain = await get("/private", { headers: { ...headers, authorization: `Bearer ${token}` } });
      expectRefusal(plain, "binding_unproven", "invalid_token");
      expect((await get("/private", { headers })).status).toBe(200);
      expectRefusal(await get("/private", { headers }), "dpop_replayed", "invalid_dpop_proof");
      const elsewhere = await get("/private", { headers: await prove("/optional") });
      expectRefusal(elsewhere, "dpop_target_mismatch", "invalid_dpop_proof");
    });

    test.skipIf(bench.adapter.cannot?.readDuplicates)("is refused with two proofs on the wire", async () => {
      await bench.start(dpop);
      const proofs = [await prove("/private"), await prove("/private")].map((headers) => `DPoP: ${headers.dpop}`);
      const lines = ["GET /private HTTP/1.1", `Host: ${new URL(bench.origin()).host}`, `Authorization: DPoP ${token}`];
      const answer = await sendRaw(bench.origin(), [...lines, ...proofs]);
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
      expect(answer).toContain("dpop_proof_multiple");
    });

    test.skipIf(bench.adapter.cannot?.setEarlierChallenge)("leaves three challenges apart", async () => {
      const get = await bench.start(dpop);
      const { challenge } = await get("/earlier-challenge");
      expect(challenge).toMatch(/^Basic realm="old", Bearer realm="api", DPoP realm="api", algs="/);
      expect(challenge?.startsWith(earlierChallenge)).toBe(true);
    });

    test("gets a nonce when one is wanted, and the next one with the answer when that one grows old", async () => {
      const client = await createNonceClient(bench.tenant());
      const get = await bench.start(client.options);
      const ask = async (known?: string, path = "/private") =>
        get(path, { headers: { ...(await client.prove("GET", `${bench.origin()}${path}`, known)) } });
      const first = await ask();
      expectRefusal(first, "dpop_nonce_required", "use_dpop_nonce");
      const given = String(first.headers["dpop-nonce"]);
      // RFC 9449 §8: pages read the nonce only where it is exposed.
      expect(first.headers["access-control-expose-headers"]).toBe("WWW-Authenticate, DPoP-Nonce");
      const second = await ask(given);
      expect([second.status, second.headers["dpop-nonce"]]).toEqual([200, undefined]);
      client.turn();
      const third = await ask(given);
      expect([third.status, third.headers["dpop-nonce"]]).toEqual([200, expect.stringMatching(/^[\w-]{22}$/)]);
      expect(third.headers["access-control-expose-headers"]).toBe("DPoP-Nonce");
      const optional = await ask(given, "/optional");
      expect([optional.status, optional.headers["dpop-nonce"]]).toEqual([200, third.headers["dpop-nonce"]]);
      const fourth = await ask(String(third.headers["dpop-nonce"]));
      expect([fourth.status, fourth.headers["dpop-nonce"]]).toEqual([200, undefined]);
    });

    test("of proofs that come twice at once, each counts once", async () => {
      const get = await bench.start(dpop);
      const proofs = await Promise.all(Array.from({ length: 25 }, () => prove("/private")));
      const answers = await Promise.all([...proofs, ...proofs].map((headers) => get("/private", { headers })));
      const accepted = answers.filter(({ status }) => status === 200);
      const replayed = answers.filter(({ status, text }) => status === 401 && text.includes("dpop_replayed"));
      expect([accepted.length, replayed.length]).toEqual([25, 25]);
    });

    test.skipIf(bench.adapter.cannot?.checkTwice)("may be checked twice on its way, with one proof", async () => {
      const get = await bench.start(dpop);
      const headers = await prove("/twice");
      expect((await get("/twice", { headers })).json).toEqual({ user: "machine" });
      expectRefusal(await get("/twice", { headers }), "dpop_replayed", "invalid_dpop_proof");
    });
  });
}

/** Tokens bound to a certificate: RFC 8705 §3. */
export function askMtls(bench: Bench): void {
  describe("a token bound to a certificate", () => {
    let tls: TlsTenant;
    let headers: { readonly authorization: string };
    beforeAll(async () => {
      tls = await createTlsTenant();
      const response = await tls.requestToken(tls.client);
      const { access_token } = (await response.json()) as { readonly access_token: string };
      headers = { authorization: `Bearer ${access_token}` };
    });
    afterAll(() => tls.tenant.close());

    const start = async (mode: "allowed" | "off") => {
      const { issuer, audience } = tls.tenant;
      await bench.start({ issuer, audience, fetch: tls.fetch, mtls: { mode } }, { tls: tls.server });
      return (identity?: Identity) => send(`${bench.origin()}/private`, { ca: tls.server.cert, identity, headers });
    };
    const expectRefusal = async (response: Response, reason: Reason) => {
      expect([response.status, await response.json()]).toEqual([401, (bench.adapter.body ?? toBody)(reason)]);
      expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
    };

    test.skipIf(bench.adapter.cannot?.readCertificate)("gets in over a connection with it", async () => {
      const get = await start("allowed");
      const response = await get(tls.client);
      expect([response.status, await response.json()]).toEqual([200, { user: "machine" }]);
      await expectRefusal(await get(createIdentity("thief")), "certificate_mismatch");
      await expectRefusal(await get(), "certificate_missing");
    });

    test("is refused where the certificate cannot be seen, and where nobody asked for such tokens", async () => {
      if (bench.adapter.cannot?.readCertificate) {
        await expectRefusal(await (await start("allowed"))(tls.client), "certificate_missing");
      }
      await expectRefusal(await (await start("off"))(tls.client), "binding_unproven");
    });
  });
}
