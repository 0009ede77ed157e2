// Each key of a set: usable, or why not, in the words of the library that refuses it.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIdentity } from "../../../support/certificates.js";
import { createKey } from "../../../support/forge.js";
import { type IssuerServer, startIssuer } from "../../../support/issuer-server.js";
import { examineIssuer, expectFinding } from "../_examine.js";

const rsa = createKey("RS256", "rsa");
const weak = createKey("RS256", "weak", 1024);
const ec = createKey("ES256", "ec");

let server: IssuerServer;
beforeEach(async () => {
  server = await startIssuer();
});
afterEach(() => server.close());

async function examineKeys(...keys: unknown[]) {
  server.publish(keys);
  return examineIssuer(server.issuer);
}

describe("A usable key", () => {
  it("is listed with size and algorithms, and nothing is found", async () => {
    const seen = await examineKeys({ ...rsa.jwk, alg: "RS256" }, ec.jwk);
    expect(seen.findings).toEqual([]);
    const note = seen.checks.find(({ title }) => title === "keys")?.note;
    expect(note).toBe('"rsa" (RSA 2048 bits: RS256), "ec" (P-256: ES256)');
  });

  it("that is not RS256 is worth knowing when there is no other", async () => {
    const seen = await examineKeys(ec.jwk);
    expectFinding(seen, "keys_without_rs256", "ES256");
    expect(seen.exitCode).toBe(0);
  });

  it("without a kid is a warning beside others only", async () => {
    const { kid: _kid, ...nameless } = ec.jwk;
    expectFinding(await examineKeys(rsa.jwk, nameless), "key_without_id", "1");
    expect((await examineKeys({ ...rsa.jwk, kid: undefined })).findings).toEqual([]);
  });

  it("that shares its kid is a warning", async () => {
    expectFinding(await examineKeys(rsa.jwk, { ...ec.jwk, kid: "rsa" }), "key_id_shared", '"rsa"');
  });

  it("that is listed twice shares its kid with itself alone", async () => {
    expect((await examineKeys(rsa.jwk, { ...rsa.jwk, alg: "RS256" })).codes).toEqual([]);
  });

  it("with an expired certificate is worth knowing", async () => {
    const x5c = [Buffer.from(createIdentity("idp.acme.test").der).toString("base64")];
    server.publish([{ ...rsa.jwk, x5c }]);
    expect((await examineIssuer(server.issuer)).findings).toEqual([]);
    // The server has no say in this: its Date header would be years off, so that finding is there as well.
    const later = await examineIssuer(server.issuer, { now: () => Date.now() / 1000 + 10 * 86_400 });
    expectFinding(later, "key_certificate_expired", '"rsa"');
  });
});

describe("A key that cannot be used", () => {
  it("since it is too short is named with its size", async () => {
    const seen = await examineKeys(rsa.jwk, weak.jwk);
    expect(expectFinding(seen, "key_unusable", '"weak"').message).toContain("1024 bits");
    expect(seen.codes).toEqual(["key_unusable"]);
    expect(seen.exitCode).toBe(0);
  });

  it("since it is for encryption is normal", async () => {
    const seen = await examineKeys(rsa.jwk, { ...ec.jwk, use: "enc" });
    expectFinding(seen, "key_not_for_signatures", '"ec"');
    expect(seen.codes).toEqual([]);
  });

  it("since it is private is an alarm, and not shown", async () => {
    const secret = ec.privateKey.export({ format: "jwk" });
    const seen = await examineKeys(rsa.jwk, { ...secret, kid: "leak" });
    expect(expectFinding(seen, "key_private", '"leak"').message).toContain(`${server.origin}/jwks`);
    expect(seen.codes).toEqual(["key_private"]);
    expect(seen.exitCode).toBe(1);
    expect(seen.out + seen.error).not.toContain(secret.d);
  });

  it.each([
    ["is no object", 7, "number 2", "is not an object"],
    ["has an unknown type", { kty: "XYZ", kid: "odd" }, '"odd"', 'has a type that signs no tokens: "XYZ"'],
    ["has a broken member", { ...ec.jwk, x: "!" }, '"ec"', 'has a "x" that is not base64url'],
    ["is off its curve", { ...ec.jwk, x: ec.jwk.y }, '"ec"', "is not valid key material"],
    ["is only for signing", { ...ec.jwk, key_ops: ["sign"] }, '"ec"', 'lacks "verify" in "key_ops": ["sign"]'],
  ])("since it %s is named with the reason", async (_name, key, name, reason) => {
    const seen = await examineKeys(rsa.jwk, key);
    expect(expectFinding(seen, "key_unusable", name).message).toContain(reason);
  });

  it("leaves nothing when it is the only one", async () => {
    const seen = await examineKeys(weak.jwk);
    expectFinding(seen, "jwks_unusable", `${server.origin}/jwks`);
    expect(seen.codes).toEqual(["jwks_unusable", "key_unusable"].sort().reverse());
  });
});
