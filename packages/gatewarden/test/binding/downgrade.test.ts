// Bound tokens are never taken for bearer tokens (RFC 9449 §7.2, RFC 8705 §3), in every mode.
import { beforeAll, describe, expect, test } from "vitest";
import { createGuard, type GuardOptions, type GuardRequest } from "../../src/index.js";
import {
  createSender,
  guardWith,
  issue,
  prove,
  proven,
  refusalOf,
  requestWith,
  type Sender,
  verdictOf,
} from "../support/senders.js";

const modes: readonly [string, GuardOptions][] = [
  ["off", { dpop: { mode: "off" } }],
  ["allowed", { dpop: { mode: "allowed" } }],
  ["required", { dpop: { mode: "required" } }],
];

let sender: Sender;
let bound: string;
let plain: string;

beforeAll(async () => {
  sender = await createSender();
  bound = await issue({ cnf: { jkt: sender.jkt } });
  plain = await issue({});
});

describe("Attack: DPoP downgrade", () => {
  test.each(modes)("a bound token as Bearer without a proof, dpop %s", async (_mode, options) => {
    const request = requestWith({ authorization: `Bearer ${bound}` });
    expect(await verdictOf(guardWith(options), request)).toBe("binding_unproven");
  });

  test.each(modes)("a bound token as Bearer with a good proof, dpop %s", async (_mode, options) => {
    const request = requestWith({ authorization: `Bearer ${bound}`, dpop: prove(sender, bound) });
    expect(await verdictOf(guardWith(options), request)).toBe("binding_unproven");
  });

  test("a bound token that came without a request", async () => {
    await expect(guardWith().verify(bound)).rejects.toMatchObject({ reason: "binding_unproven" });
  });

  test("a guard without any option refuses a bound token", async () => {
    const guard = guardWith({ dpop: { mode: "off" } });
    expect(await refusalOf(guard, requestWith({ authorization: `Bearer ${bound}` }))).toMatchObject({
      status: 401,
      challenges: [expect.stringMatching(/^Bearer .*error="invalid_token"/)],
    });
  });

  const thumbprint = "A".repeat(43);
  test.each([
    ["null", null],
    ["text", "x"],
    ["a list", [{ jkt: thumbprint }]],
    ["an empty object", {}],
    ["a number as jkt", { jkt: 1 }],
    ["null as jkt", { jkt: null }],
    ["an empty jkt", { jkt: "" }],
    ["a short jkt", { jkt: thumbprint.slice(1) }],
    ["a padded jkt", { jkt: `${thumbprint}=` }],
    ["a jkt with stray bits", { jkt: `${thumbprint.slice(1)}B` }],
    ["a list as jkt", { jkt: [thumbprint] }],
    ["jwk", { jwk: { kty: "EC" } }],
    ["kid", { kid: "1" }],
    ["jkt beside something unknown", { jkt: thumbprint, extra: true }],
    ["jkt in capitals", { JKT: thumbprint }],
  ])("a malformed or unknown cnf: %s", async (_name, cnf) => {
    const token = await issue({ cnf });
    const guard = guardWith({ mtls: { mode: "allowed" } });
    const bearer = requestWith({ authorization: `Bearer ${token}` });
    expect(await verdictOf(guard, bearer)).toBe("binding_unproven");
    expect(await verdictOf(guard, proven(token, prove(sender, token)))).toBe("binding_unproven");
  });
});

describe("Attack: DPoP with a token that is not bound", () => {
  test("with a proof, as the scheme DPoP", async () => {
    expect(await verdictOf(guardWith(), proven(plain, prove(sender, plain)))).toBe("dpop_token_unbound");
  });
  test("bound to a certificate only", async () => {
    const token = await issue({ cnf: { "x5t#S256": "A".repeat(43) } });
    const guard = guardWith({ mtls: { mode: "allowed" } });
    expect(await verdictOf(guard, proven(token, prove(sender, token)))).toBe("dpop_token_unbound");
  });
});

describe("Modes", () => {
  const bearer = () => requestWith({ authorization: `Bearer ${plain}` });

  test("off takes plain tokens, and does not know the scheme DPoP", async () => {
    const guard = guardWith({ dpop: { mode: "off" } });
    expect(await verdictOf(guard, bearer())).toBe("accepted");
    expect(await verdictOf(guard, proven(bound, prove(sender, bound)))).toBe("scheme_unsupported");
  });
  test("allowed takes both", async () => {
    const guard = guardWith();
    expect(await verdictOf(guard, bearer())).toBe("accepted");
    expect(await verdictOf(guard, proven(bound, prove(sender, bound)))).toBe("accepted");
  });
  test("required takes bound tokens only", async () => {
    const guard = guardWith({ dpop: { mode: "required" } });
    expect(await verdictOf(guard, bearer())).toBe("binding_missing");
    expect(await verdictOf(guard, proven(plain, prove(sender, plain)))).toBe("binding_missing");
    expect(await verdictOf(guard, proven(bound, prove(sender, bound)))).toBe("accepted");
  });
  test("a DPoP header beside an unbound Bearer token means nothing", async () => {
    const request = requestWith({ authorization: `Bearer ${plain}`, dpop: "rubbish" });
    expect(await verdictOf(guardWith(), request)).toBe("accepted");
  });
  test("explain reads the same rule", async () => {
    const codes = async (options: GuardOptions, token: string) =>
      (await guardWith(options).explain(token)).map(({ code }) => code);
    expect(await codes({ dpop: { mode: "off" } }, bound)).toEqual(["binding_unproven"]);
    // Without a request nothing can be proven: `verify` refuses such a token, and so does explain.
    expect(await codes({ dpop: { mode: "allowed" } }, bound)).toEqual(["binding_unproven"]);
    await expect(guardWith({ dpop: { mode: "allowed" } }).verify(bound)).rejects.toMatchObject({
      reason: "binding_unproven",
    });
    expect(await codes({ dpop: { mode: "required" } }, plain)).toEqual(["binding_missing"]);
    expect(await codes({}, await issue({ cnf: 1 }))).toEqual(["binding_unproven"]);
  });
});

describe("Two sets of credentials", () => {
  test.each([["Bearer a, DPoP b"], ["DPoP a, Bearer b"], ["DPoP a, DPoP b"], ["Basic a, DPoP b"], ["DPoP a,Bearer b"]])(
    "%s is a bad request",
    async (authorization) => {
      expect(await refusalOf(guardWith(), requestWith({ authorization }))).toMatchObject({ status: 400 });
    },
  );
  test("two Authorization headers are a bad request", async () => {
    const request = requestWith({ authorization: [`DPoP ${bound}`, `Bearer ${plain}`] });
    expect(await verdictOf(guardWith(), request)).toBe("credentials_multiple");
  });
  test.each(["DPoP", "DPoP ", "DPoP a b", "DPoP\ta", 'DPoP "a"'])("%j is malformed", async (authorization) => {
    expect(await verdictOf(guardWith(), requestWith({ authorization }))).toBe("credentials_malformed");
  });
});

describe("Challenges", () => {
  const algs = 'algs="ES256 EdDSA"';
  const options: GuardOptions = { dpop: { mode: "allowed", algorithms: ["ES256", "EdDSA"] } };

  test("one for each scheme, without an error if no credentials were sent", async () => {
    expect(await refusalOf(guardWith(options), requestWith({}))).toEqual({
      status: 401,
      challenges: ['Bearer realm="api"', `DPoP realm="api", ${algs}`],
      nonce: undefined,
    });
  });
  test("the error stands in the DPoP challenge when DPoP was used", async () => {
    expect((await refusalOf(guardWith(options), proven(bound))).challenges).toEqual([
      'Bearer realm="api"',
      `DPoP realm="api", error="invalid_dpop_proof", error_description="A DPoP proof is required", ${algs}`,
    ]);
  });
  test("a refused token that came as DPoP is told so in the DPoP challenge", async () => {
    const expired = await issue({ cnf: { jkt: sender.jkt }, exp: 1 });
    const { challenges } = await refusalOf(guardWith(options), proven(expired, prove(sender, expired)));
    expect(challenges[0]).toBe('Bearer realm="api"');
    expect(challenges[1]).toContain('DPoP realm="api", error="invalid_token"');
  });
  test("a downgrade is told so in the Bearer challenge", async () => {
    const { challenges } = await refusalOf(guardWith(options), requestWith({ authorization: `Bearer ${bound}` }));
    expect(challenges[0]).toContain('Bearer realm="api", error="invalid_token"');
    expect(challenges[1]).toBe(`DPoP realm="api", ${algs}`);
  });
  test("another key than the token's is an invalid token (RFC 9449 §7.1)", async () => {
    const stranger = await createSender();
    const { challenges } = await refusalOf(guardWith(options), proven(bound, prove(stranger, bound)));
    expect(challenges[1]).toContain('error="invalid_token"');
  });
  test("required offers DPoP alone, and puts the error there", async () => {
    const guard = guardWith({ dpop: { mode: "required", algorithms: ["ES256"] } });
    const { challenges } = await refusalOf(guard, requestWith({ authorization: `Bearer ${plain}` }));
    expect(challenges).toEqual([
      'DPoP realm="api", error="invalid_token", error_description="The access token must be bound to a key of its sender", algs="ES256"',
    ]);
  });
  test("are still made when a request is no request at all", async () => {
    const outcome = await guardWith(options).attempt(null as unknown as GuardRequest);
    expect(outcome).toMatchObject({ reason: "check_failed", status: 500 });
  });
  test("hold nothing of the proof", async () => {
    const header = { typ: "SECRET", alg: "SECRET" };
    const guard = guardWith(options);
    const claims = { htm: "SECRET", htu: "SECRET", jti: "SECRET", ath: "SECRET" };
    const answers = [
      await refusalOf(guard, proven(bound, prove(sender, bound, { header }))),
      await refusalOf(guard, proven(bound, prove(sender, bound, { claims }))),
    ];
    expect(JSON.stringify(answers)).not.toContain("SECRET");
  });
});

describe("Bad options", () => {
  const bad: readonly [string, unknown][] = [
    ["dpop", true],
    ["dpop.mode", { dpop: {} }],
    ["dpop.mode", { dpop: { mode: "on" } }],
    ["dpop.replays", { dpop: { mode: "allowed", replays: {} } }],
    ["dpop.replay", { dpop: { mode: "allowed", replay: {} } }],
    ["dpop.algorithms", { dpop: { mode: "allowed", algorithms: [] } }],
    ["dpop.algorithms", { dpop: { mode: "allowed", algorithms: ["HS256"] } }],
    ["dpop.algorithms", { dpop: { mode: "allowed", algorithms: ["none"] } }],
    ["dpop.maxAge", { dpop: { mode: "allowed", maxAge: Number.NaN } }],
    ["dpop.maxAge", { dpop: { mode: "allowed", maxAge: 0 } }],
    ["dpop.maxAge", { dpop: { mode: "allowed", maxAge: 601 } }],
    ["dpop.nonce.secret", { dpop: { mode: "allowed", nonce: { secret: "short" } } }],
    ["dpop.nonce.secret", { dpop: { mode: "allowed", nonce: { secret: null as never } } }],
    [
      "dpop.nonce.secret",
      {
        dpop: {
          mode: "allowed",
          nonce: { secret: { secretAt: "a text of more than 32 bytes, but not a method" } as never },
        },
      },
    ],
    ["dpop.nonce.lifetime", { dpop: { mode: "allowed", nonce: { lifetime: 1 } } }],
    ["mtls.mode", { mtls: { mode: "optional" } }],
    ["mtls.certificate", { mtls: { mode: "allowed", certificate: { format: "nginx", header: "x-cert" } } }],
    ["mtls.certificate.header", { mtls: { mode: "allowed", certificate: { format: "nginx" } }, trustProxy: true }],
    [
      "mtls.certificate.format",
      { mtls: { mode: "allowed", certificate: { format: "pem", header: "a" } }, trustProxy: true },
    ],
    ["resource", { resource: "api.example.com" }],
    ["resource", { resource: "http://api.example.com" }],
    ["resource", { resource: "https://user@api.example.com" }],
    ["resource", { resource: "https://api.example.com/#a" }],
    ["trustProxy", { trustProxy: "loopback" }],
    ["trustProxy.addresses", { trustProxy: { addresses: [] } }],
    ["trustProxy.addresses", { trustProxy: { addresses: ["10.0.0.0/33"] } }],
    ["trustProxy.addresses", { trustProxy: { addresses: ["proxy.internal"] } }],
    ["trustProxy.addresses", { trustProxy: { addresses: ["10.0.0.0/8/8"] } }],
    ["trustProxy.headers", { trustProxy: { headers: ["x-real-ip"] } }],
    ["trustProxy.headers", { trustProxy: { headers: ["forwarded", "x-forwarded-host"] } }],
  ];
  test.each(bad)("%s of %j fails at creation", (option, options) => {
    const given = option === "dpop" && options === true ? { dpop: true } : options;
    const create = () =>
      createGuard({ issuer: "https://issuer.example/", audience: "a", env: {}, ...(given as object) });
    expect(create).toThrow(expect.objectContaining({ name: "ConfigError", option }));
  });
});
