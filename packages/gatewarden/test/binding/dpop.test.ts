// DPoP proofs: every check of RFC 9449 §4.3, each attack by its name.
import crypto from "node:crypto";
import { beforeAll, describe, expect, test, vi } from "vitest";
import {
  createSender,
  guardWith,
  hashOf,
  issue,
  type ProofChanges,
  prove,
  proven,
  requestWith,
  type Sender,
  signParts,
  time,
  url,
  verdictOf,
} from "../support/senders.js";

const guard = guardWith();
let sender: Sender;
let stranger: Sender;
let rsa: Sender;
let token: string;

beforeAll(async () => {
  [sender, stranger, rsa] = await Promise.all([createSender(), createSender(), createSender("RS256")]);
  token = await issue({ cnf: { jkt: sender.jkt } });
});

const verdict = (changes?: ProofChanges): Promise<string> =>
  verdictOf(guard, proven(token, prove(sender, token, changes)));

describe("A good proof", () => {
  test.each(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"])(
    "is accepted when signed with %s",
    async (alg) => {
      const holder = await createSender(alg);
      const bound = await issue({ cnf: { jkt: holder.jkt } });
      expect(await verdictOf(guard, proven(bound, prove(holder, bound)))).toBe("accepted");
      // Once more, with the key that is remembered by now.
      expect(await verdictOf(guard, proven(bound, prove(holder, bound)))).toBe("accepted");
    },
  );

  test("is answered without a promise, as everything that need not wait", () => {
    expect(guard.attempt(proven(token, prove(sender, token)))).toHaveProperty("subject", "user|1");
  });

  test.each(["DPoP", "dpop", "DPOP"])("is accepted under the scheme %s", async (scheme) => {
    const request = requestWith({ authorization: `${scheme} ${token}`, dpop: prove(sender, token) });
    expect(await verdictOf(guard, request)).toBe("accepted");
  });

  test.each([
    ["a query on both sides", `${url}?a=1`, "/orders?b=2"],
    ["a fragment", `${url}#top`, "/orders"],
    ["a host in capitals", "HTTPS://API.example.COM/orders", "/orders"],
    ["the default port", "https://api.example.com:443/orders", "/orders"],
    ["percent-encoding of what needs none", "https://api.example.com/%6frders", "/orders"],
    ["lower-case percent-encoding", "https://api.example.com/a%c3%a4", "/a%C3%A4"],
    ["dot segments", "https://api.example.com/x/../orders", "/./orders"],
  ])("may spell its URL with %s", async (_name, htu, path) => {
    const request = proven(token, prove(sender, token, { claims: { htu } }), { url: path });
    expect(await verdictOf(guard, request)).toBe("accepted");
  });

  test.each([-64, -60, 0, 5])("may be made %i seconds from now", async (offset) => {
    expect(await verdict({ claims: { iat: time + offset } })).toBe("accepted");
  });

  test.each([-4, 0, 3600])("may end %i seconds from now, within what clocks may differ", async (offset) => {
    expect(await verdict({ claims: { exp: time + offset, nbf: time - offset - 4 } })).toBe("accepted");
  });
});

describe("Attack: a token without its proof", () => {
  test("no proof", async () => expect(await verdictOf(guard, proven(token))).toBe("dpop_proof_missing"));
  test("an empty proof", async () => expect(await verdictOf(guard, proven(token, ""))).toBe("dpop_proof_missing"));
  test("two DPoP headers", async () => {
    const proofs = [prove(sender, token), prove(sender, token)];
    expect(await verdictOf(guard, proven(token, proofs))).toBe("dpop_proof_multiple");
  });
  test.each([", ", ","])("two proofs joined by %j", async (separator) => {
    const proofs = [prove(sender, token), prove(sender, token)].join(separator);
    expect(await verdictOf(guard, proven(token, proofs))).toBe("dpop_proof_multiple");
  });
  test("two DPoP headers in a Headers object", async () => {
    const headers = new Headers({ authorization: `DPoP ${token}` });
    for (const proof of [prove(sender, token), prove(sender, token)]) headers.append("dpop", proof);
    expect(await verdictOf(guard, { method: "GET", url, headers })).toBe("dpop_proof_multiple");
  });
});

describe("Attack: a proof made for another request", () => {
  test.each(["POST", "get", "HEAD", " GET"])("htm %j for GET", async (htm) => {
    expect(await verdict({ claims: { htm } })).toBe("dpop_method_mismatch");
  });

  test.each([
    ["another path", "https://api.example.com/admin"],
    ["a longer path", "https://api.example.com/orders/1"],
    ["a slash at the end", "https://api.example.com/orders/"],
    ["another case of the path", "https://api.example.com/Orders"],
    ["another host", "https://evil.example/orders"],
    ["a host that starts alike", "https://api.example.com.evil.example/orders"],
    ["another port", "https://api.example.com:8443/orders"],
    ["another scheme", "http://api.example.com/orders"],
    ["a user name", "https://api.example.com@evil.example/orders"],
    ["a user name before the right host", "https://user@api.example.com/orders"],
    ["a relative URL", "/orders"],
    ["a URL without scheme", "//api.example.com/orders"],
    ["a backslash", "https://api.example.com\\orders"],
    ["a line break", "https://api.example.com/ord\ners"],
    ["an encoded slash", "https://api.example.com%2forders"],
    ["a broken escape", "https://api.example.com/orders%"],
    ["no URL", "orders"],
  ])("htu with %s (RFC 9449 §4.3 step 9)", async (_name, htu) => {
    expect(await verdict({ claims: { htu } })).toBe("dpop_target_mismatch");
  });

  test("ath of another token of the same key", async () => {
    const other = await issue({ cnf: { jkt: sender.jkt }, sub: "user|2" });
    expect(await verdict({ claims: { ath: hashOf(other) } })).toBe("dpop_token_mismatch");
  });

  test.each([
    ["padded", (ath: string) => `${ath}=`],
    ["cut", (ath: string) => ath.slice(0, 42)],
    ["in hex", (ath: string) => Buffer.from(ath, "base64url").toString("hex")],
  ])("ath that is %s", async (_name, change) => {
    expect(await verdict({ claims: { ath: change(hashOf(token)) } })).toBe("dpop_token_mismatch");
  });
});

describe("Attack: a proof used at another time", () => {
  test("replayed", async () => {
    const request = proven(token, prove(sender, token));
    expect(await verdictOf(guard, request)).toBe("accepted");
    expect(await verdictOf(guard, request)).toBe("dpop_replayed");
  });

  test("replayed jti under a new signature", async () => {
    const claims = { jti: "the same" };
    expect(await verdict({ claims })).toBe("accepted");
    expect(await verdict({ claims })).toBe("dpop_replayed");
  });

  test("another key's jti is not taken for it", async () => {
    const claims = { jti: "shared" };
    const bound = await issue({ cnf: { jkt: stranger.jkt } });
    expect(await verdict({ claims })).toBe("accepted");
    expect(await verdictOf(guard, proven(bound, prove(stranger, bound, { claims })))).toBe("accepted");
  });

  test("a refused request does not use its proof up", async () => {
    const dpop = prove(sender, token);
    expect(await verdictOf(guard, proven(token, dpop, { method: "POST" }))).toBe("dpop_method_mismatch");
    expect(await verdictOf(guard, proven(token, dpop))).toBe("accepted");
  });

  test.each([-66, -3600, -time])("iat %i seconds from now: too old", async (offset) => {
    expect(await verdict({ claims: { iat: time + offset } })).toBe("dpop_stale");
  });
  test.each([6, 3600, 1e12])("iat %i seconds from now: in the future", async (offset) => {
    expect(await verdict({ claims: { iat: time + offset } })).toBe("dpop_issued_in_future");
  });
  // A proof is a JWT: these two claims bind every recipient that accepts it, wherever they stand (RFC 7519 §4.1.4, §4.1.5).
  test.each([-5, -6, -3600])(
    "exp %i seconds from now, on a fresh proof: its maker wanted it no more",
    async (offset) => {
      expect(await verdict({ claims: { exp: time + offset } })).toBe("dpop_stale");
    },
  );
  test.each([6, 3600])("nbf %i seconds from now: its maker wanted it later", async (offset) => {
    expect(await verdict({ claims: { nbf: time + offset } })).toBe("dpop_issued_in_future");
  });
  test.each(["exp", "nbf"])("%s that is no number", async (name) => {
    expect(await verdict({ claims: { [name]: String(time) } })).toBe("dpop_claim_invalid");
    expect(await verdict({ claims: { [name]: null } })).toBe("dpop_claim_invalid");
  });
});

describe("Attack: claims that are absent or of another kind", () => {
  test.each(["jti", "htm", "htu", "iat", "ath"])("no %s", async (name) => {
    expect(await verdict({ claims: { [name]: undefined } })).toBe("dpop_claim_invalid");
  });
  test.each([
    ["jti", ""],
    ["jti", 1],
    ["jti", ["a"]],
    ["jti", "x".repeat(257)],
    ["htm", ["GET"]],
    ["htu", [url]],
    ["htu", { toString: url }],
    ["iat", String(time)],
    ["iat", null],
    ["ath", null],
  ])("%s = %j", async (name, value) => {
    expect(await verdict({ claims: { [name]: value } })).toBe("dpop_claim_invalid");
  });
  test.each(["1e999", "-1e999"])("iat = %s, which is no finite number", async (iat) => {
    const payload = `{"jti":"i","htm":"GET","htu":"${url}","iat":${iat},"ath":"${hashOf(token)}"}`;
    const header = JSON.stringify({ typ: "dpop+jwt", alg: "ES256", jwk: sender.jwk });
    expect(await verdictOf(guard, proven(token, signParts(header, payload, sender)))).toBe("dpop_claim_invalid");
  });
});

describe("Attack: another kind of token as the proof", () => {
  test.each(["at+jwt", "JWT", "DPoP+JWT", "application/dpop+jwt", "dpop+jwt ", undefined, null, 1])(
    "typ %j",
    async (typ) => expect(await verdict({ header: { typ } })).toBe("dpop_type_not_allowed"),
  );
  test("the access token itself", async () => {
    expect(await verdictOf(guard, proven(token, token))).toBe("dpop_type_not_allowed");
  });
  test.each([
    ["one part", "abc"],
    ["two parts", "a.b"],
    ["empty parts", ".."],
    ["a header that is no JSON", "YQ.e30.YQ"],
    ["a header that is a list", "W10.e30.YQ"],
    ["padding", "e30=.e30.YQ"],
    ["blanks", "e30 .e30.YQ"],
  ])("%s", async (_name, text) => expect(await verdictOf(guard, proven(token, text))).toBe("dpop_proof_malformed"));
  test("a member named twice", async () => {
    const header = `{"typ":"dpop+jwt","alg":"none","alg":"ES256","jwk":${JSON.stringify(sender.jwk)}}`;
    expect(await verdictOf(guard, proven(token, signParts(header, "{}", sender)))).toBe("dpop_proof_malformed");
  });
  test("a good proof with a fourth part", async () => {
    expect(await verdictOf(guard, proven(token, `${prove(sender, token)}.AAAA`))).toBe("dpop_proof_malformed");
  });
  test("a good proof of more than 8,192 characters", async () => {
    expect(await verdict({ claims: { filler: "x".repeat(8000) } })).toBe("dpop_proof_malformed");
  });
  test("an empty signature", async () => {
    const text = prove(sender, token).replace(/[^.]*$/, "");
    expect(await verdictOf(guard, proven(token, text))).toBe("dpop_proof_malformed");
  });
});

describe("Attack: extensions and algorithms", () => {
  test.each([
    ["crit", { crit: ["exp"] }],
    ["an empty crit", { crit: [] }],
    ["b64", { b64: false }],
  ])("%s", async (_name, header) => expect(await verdict({ header })).toBe("dpop_extension_unsupported"));

  test.each(["none", "None", "HS256", "HS512", "ES256K", "RSA1_5", "__proto__", "", null, undefined, ["ES256"]])(
    "alg %j",
    async (alg) => expect(await verdict({ header: { alg } })).toBe("dpop_algorithm_not_allowed"),
  );
  test("HS256 with the public key as the secret", async () => {
    const header = { alg: "HS256", jwk: { kty: "oct", k: "AAAA" } };
    expect(await verdict({ header })).toBe("dpop_algorithm_not_allowed");
  });
  test("an algorithm that this API does not list", async () => {
    const strict = guardWith({ dpop: { mode: "allowed", algorithms: ["EdDSA"] } });
    expect(await verdictOf(strict, proven(token, prove(sender, token)))).toBe("dpop_algorithm_not_allowed");
  });
});

describe("Attack: the key", () => {
  test("a key that the token is not bound to", async () => {
    expect(await verdictOf(guard, proven(token, prove(stranger, token)))).toBe("dpop_key_mismatch");
  });
  test("the right key in the header, another key's signature", async () => {
    expect(await verdict({ signer: stranger })).toBe("dpop_signature_invalid");
  });
  test("r = s = 0 (CVE-2022-21449)", async () => {
    const text = prove(sender, token).replace(/[^.]*$/, Buffer.alloc(64).toString("base64url"));
    expect(await verdictOf(guard, proven(token, text))).toBe("dpop_signature_invalid");
  });
  test("a payload changed after signing, with the key remembered", async () => {
    expect(await verdict()).toBe("accepted");
    const [header, , signature] = prove(sender, token).split(".");
    const [, payload] = prove(sender, token).split(".");
    expect(await verdictOf(guard, proven(token, `${header}.${payload}.${signature}`))).toBe("dpop_signature_invalid");
  });
  test("a private key in jwk", async () => {
    const jwk = sender.privateKey.export({ format: "jwk" });
    expect(await verdict({ header: { jwk } })).toBe("dpop_key_unusable");
  });
  test.each([
    ["no jwk", undefined],
    ["null", null],
    ["text", "key"],
    ["a list", []],
    ["an empty object", {}],
    ["a symmetric key", { kty: "oct", k: "AAAA" }],
    ["a point that is not on its curve", { kty: "EC", crv: "P-256", x: "AAAA", y: "AAAA" }],
    ["an Ed25519 point of small order", { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) }],
  ])("jwk: %s", async (_name, jwk) => expect(await verdict({ header: { jwk } })).toBe("dpop_key_unusable"));
  test("an RSA key of 1024 bits", async () => {
    const { publicKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 1024 });
    const header = { alg: "RS256", jwk: publicKey.export({ format: "jwk" }) };
    expect(await verdict({ header, signer: rsa })).toBe("dpop_key_unusable");
  });
  test.each(["enc", 1])("use %j", async (use) => {
    expect(await verdict({ header: { jwk: { ...sender.jwk, use } } })).toBe("dpop_key_unusable");
  });
  test("an algorithm of another kind of key", async () => {
    expect(await verdict({ header: { alg: "RS256" } })).toBe("dpop_key_unusable");
  });
  test("jku, x5c and kid beside it are never read", async () => {
    const header = { jku: "https://evil.example/jwks", x5c: ["AAAA"], kid: "other" };
    expect(await verdict({ header })).toBe("accepted");
  });
});

describe("Keys of proofs", () => {
  const importsOf = async (work: () => Promise<string>): Promise<[string, number]> => {
    const imports = vi.spyOn(crypto, "createPublicKey");
    const verdict = await work();
    const { length } = imports.mock.calls;
    imports.mockRestore();
    return [verdict, length];
  };

  test("are imported once, since that costs as much as verifying", async () => {
    const holder = await createSender();
    const bound = await issue({ cnf: { jkt: holder.jkt } });
    const prove1 = () => verdictOf(guard, proven(bound, prove(holder, bound)));
    expect(await importsOf(prove1)).toEqual(["accepted", 1]);
    expect(await importsOf(prove1)).toEqual(["accepted", 0]);
  });

  test("are remembered only once a token was accepted with them", async () => {
    const holder = await createSender();
    const bound = await issue({ cnf: { jkt: holder.jkt } });
    const late = () => verdictOf(guard, proven(bound, prove(holder, bound, { claims: { iat: time - 999 } })));
    expect(await importsOf(late)).toEqual(["dpop_stale", 1]);
    expect(await importsOf(late)).toEqual(["dpop_stale", 1]);
  });
});

describe("Attack: X-Forwarded-* of a client", () => {
  test.each([
    ["x-forwarded-host", { "x-forwarded-host": "evil.example" }, "https://evil.example/orders"],
    ["x-forwarded-proto", { "x-forwarded-proto": "http" }, "http://api.example.com/orders"],
    ["x-forwarded-port", { "x-forwarded-port": "8443" }, "https://api.example.com:8443/orders"],
    ["forwarded", { forwarded: "host=evil.example;proto=https" }, "https://evil.example/orders"],
  ])("%s moves the target nowhere", async (_name, headers, htu) => {
    const dpop = prove(sender, token, { claims: { htu } });
    const request = requestWith({ authorization: `DPoP ${token}`, dpop, ...headers });
    expect(await verdictOf(guard, request)).toBe("dpop_target_mismatch");
  });
});
