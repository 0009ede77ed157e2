// Asking a cluster's API server: over real TLS with an authority that nobody else trusts, and with
// a token that nobody else may see.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGuard } from "../../src/index.js";
import { createClusterFetch, kubernetes } from "../../src/providers/providers.js";
import { createIdentity } from "../support/certificates.js";
import { createClock, start } from "../support/clock.js";
import { createKey, forge } from "../support/forge.js";

const key = createKey("RS256", "cluster");
const [identity, stranger] = [createIdentity("kubernetes"), createIdentity("stranger")];
const folder = mkdtempSync(join(tmpdir(), "gatewarden-cluster-"));
const [caFile, tokenFile] = [join(folder, "ca.crt"), join(folder, "token")];
const seen: (string | undefined)[] = [];

const server = createServer({ key: identity.key, cert: identity.cert }, ({ url, headers }, response) => {
  seen.push(headers.authorization);
  if (url === "/slow") return;
  if (url === "/empty") return void response.writeHead(204).end();
  if (url === "/unchanged") return void response.writeHead(304).end();
  if (url === "/odd") return void response.writeHead(999).end();
  response.writeHead(url === "/openid/v1/jwks" ? 200 : 403, { "content-type": "application/jwk-set+json" });
  response.end(JSON.stringify({ keys: [key.jwk] }));
});
const plain = createPlainServer(({ headers }, response) => {
  response.end(JSON.stringify({ authorization: headers.authorization ?? null }));
});
let apiServer = "";
let elsewhere = "";

beforeAll(async () => {
  writeFileSync(caFile, identity.cert);
  writeFileSync(tokenFile, "pod-token-1\n");
  for (const one of [server, plain]) await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
  apiServer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  elsewhere = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
});

afterAll(() => {
  for (const one of [server, plain]) {
    one.close();
    one.closeAllConnections();
  }
  rmSync(folder, { recursive: true });
});

describe("The fetch of a cluster", () => {
  test("trusts the cluster's authority and shows the pod's token, as it is at the moment", async () => {
    const fetch = createClusterFetch({ caFile, tokenFile, apiServer });
    const answer = await fetch(`${apiServer}/openid/v1/jwks`);
    expect(await answer.json()).toEqual({ keys: [key.jwk] });
    writeFileSync(tokenFile, "pod-token-2");
    expect((await fetch(`${apiServer}/other`)).status).toBe(403);
    expect(seen.slice(-2)).toEqual(["Bearer pod-token-1", "Bearer pod-token-2"]);
  });

  test("shows the token to no other origin (CWE-522)", async () => {
    const fetch = createClusterFetch({ caFile, tokenFile, apiServer });
    expect(await (await fetch(`${elsewhere}/openid/v1/jwks`)).json()).toEqual({ authorization: null });
  });

  test("refuses a server that the authority did not certify, before any token is sent", async () => {
    const other = join(folder, "other.crt");
    writeFileSync(other, stranger.cert);
    const before = seen.length;
    await expect(createClusterFetch({ caFile: other, tokenFile, apiServer })(`${apiServer}/x`)).rejects.toThrow();
    expect(seen.length).toBe(before);
  });

  test.each([
    ["/empty", 204],
    ["/unchanged", 304],
  ])("hands on an answer that can have no body: %s", async (path, status) => {
    const fetch = createClusterFetch({ caFile, tokenFile, apiServer });
    const answer = await fetch(`${apiServer}${path}`);
    expect([answer.status, await answer.text()]).toEqual([status, ""]);
  });

  test("rejects at an answer that no Response can be, and the process goes on (CWE-248)", async () => {
    const fetch = createClusterFetch({ caFile, tokenFile, apiServer });
    await expect(fetch(`${apiServer}/odd`)).rejects.toThrow(RangeError);
  });

  test("gives up when it is told to", async () => {
    const controller = new AbortController();
    const fetch = createClusterFetch({ caFile, tokenFile, apiServer });
    const answer = fetch(`${apiServer}/slow`, { signal: controller.signal });
    controller.abort();
    await expect(answer).rejects.toThrow();
  });

  test("lets a guard verify tokens of service accounts", async () => {
    const issuer = "https://kubernetes.default.svc.cluster.local";
    const guard = createGuard({
      issuer: { ...kubernetes({ audience: "orders", apiServer }), claimNames: {} },
      fetch: createClusterFetch({ caFile, tokenFile, apiServer }),
      now: createClock().now,
      env: {},
    });
    const payload = { iss: issuer, aud: ["orders"], sub: "system:serviceaccount:shop:web", exp: start + 600 };
    const auth = await guard.verify(forge({ header: { alg: "RS256", kid: key.kid }, payload, key }));
    expect(auth.subject).toBe("system:serviceaccount:shop:web");
  });
});
