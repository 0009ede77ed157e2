// Tokens that are bound to their sender: by DPoP proofs for the client's own method and URL, and by
// the certificate that the proxy reports.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { startTestGateway } from "../support/gateway.js";

describe("A DPoP proof", () => {
  const rules = "guard: { dpop: { mode: required } }\nrules: [{ path: /**, authenticated: true }]\n";

  test("is for the method and URL that the client sent to the proxy (RFC 9449 §4.3)", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    const client = issuer.dpopClient();
    const right = await client.headers({ method: "POST", url: "https://api.example.com/orders" });
    expect((await ask({ method: "POST", target: "/orders?page=1", headers: { ...right } })).status).toBe(200);
  });

  test.each([
    ["another method", { method: "GET", url: "https://api.example.com/orders" }, "dpop_method_mismatch"],
    ["another path", { method: "POST", url: "https://api.example.com/other" }, "dpop_target_mismatch"],
    ["another host", { method: "POST", url: "https://other.example.com/orders" }, "dpop_target_mismatch"],
    ["another scheme", { method: "POST", url: "http://api.example.com/orders" }, "dpop_target_mismatch"],
    ["the gateway itself", { method: "POST", url: "http://gateway/authorize" }, "dpop_target_mismatch"],
  ])("for %s is refused", async (_name, proven, reason) => {
    const { ask, issuer } = await startTestGateway(rules);
    const headers = await issuer.dpopClient().headers(proven);
    const answer = await ask({ method: "POST", target: "/orders", headers: { ...headers } });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ reason });
  });

  test("is accepted once", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    const headers = await issuer.dpopClient().headers({ method: "GET", url: "https://api.example.com/a" });
    expect((await ask({ target: "/a", headers: { ...headers } })).status).toBe(200);
    expect(JSON.parse((await ask({ target: "/a", headers: { ...headers } })).body)).toMatchObject({
      reason: "dpop_replayed",
    });
  });

  test("gets the next nonce with the answer, under the name that the proxy restores", async () => {
    const { ask } = await startTestGateway(
      "guard: { dpop: { mode: required, nonce: true } }\nrules: [{ path: /**, authenticated: true }]\n",
      { overrides: { proxy: "nginx" } },
    );
    expect((await ask({ target: "/a" })).headers["x-gatewarden-dpop-nonce"]).toMatch(/^[\w-]+/);
  });
});

describe("A certificate", () => {
  const rules =
    "guard: { mtls: { mode: allowed, certificate: { format: envoy } } }\nrules: [{ path: /**, authenticated: true }]\n";
  const hash = createHash("sha256").update("a certificate").digest();
  const other = createHash("sha256").update("another").digest("hex");

  test("is the one that the proxy reports of the client (RFC 8705 §3)", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    const token = issuer.token({ certificate: hash.toString("base64url") });
    const askWith = (value: string) => ask({ target: "/a", token, headers: { "x-forwarded-client-cert": value } });
    expect((await askWith(`Hash=${hash.toString("hex")}`)).status).toBe(200);
    expect(JSON.parse((await askWith(`Hash=${other}`)).body)).toMatchObject({ reason: "certificate_mismatch" });
  });

  test("that is missing is refused", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    const token = issuer.token({ certificate: hash.toString("base64url") });
    expect(JSON.parse((await ask({ target: "/a", token })).body)).toMatchObject({ reason: "certificate_missing" });
  });
});
