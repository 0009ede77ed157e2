// The hostile suites of the library as data: guards, tokens and requests that any runtime can decide.

import { start } from "../../../../packages/gatewarden/test/support/clock.js";
import { encode, forge, signHmac } from "../../../../packages/gatewarden/test/support/forge.js";
import { audience, claims, ec, issuer, jwks, stranger } from "../../../../packages/gatewarden/test/support/keys.js";
import { claimsCases } from "../../../../packages/gatewarden/test/token/_claims-cases.js";
import { formCases } from "../../../../packages/gatewarden/test/token/_form-cases.js";
import { headerCases } from "../../../../packages/gatewarden/test/token/_header-cases.js";
import { signatureCases } from "../../../../packages/gatewarden/test/token/_signature-cases.js";
import type { CaseDocument, Part } from "./case.js";
import { certificateCases } from "./certificate-cases.js";
import { dpopCases } from "./dpop-cases.js";
import { configurationCases, keyCases, pem } from "./key-cases.js";

const usual = { issuer, audience };

const tokens: Part = {
  guards: { tokens: { ...usual, keys: { jwks } } },
  cases: [...headerCases, ...formCases, ...claimsCases, ...signatureCases].map(({ name, token, expected }) => ({
    name,
    guard: "tokens",
    token,
    expected,
  })),
};

const good = forge({ header: { alg: "ES256", kid: "ec" }, payload: claims(), key: ec });
const secret = "a secret of sixty-four characters or more, which HS512 asks for …";
const hmac = (alg: string, key = secret, payload: unknown = claims()): string => {
  const input = `${encode({ alg })}.${encode(payload)}`;
  return `${input}.${signHmac(alg, key, input).toString("base64url")}`;
};
const cut = (token: string): string => {
  const [header = "", payload = "", signature = ""] = token.split(".");
  return `${header}.${payload}.${encode(Buffer.from(signature, "base64url").subarray(1))}`;
};

const secrets: Part = {
  guards: { secret: { ...usual, keys: { secret } } },
  cases: [
    ...["HS256", "HS384", "HS512"].flatMap((alg) => [
      { name: `${alg} with the secret`, guard: "secret", token: hmac(alg), expected: "accepted" },
      {
        name: `${alg} with another secret`,
        guard: "secret",
        token: hmac(alg, "x".repeat(64)),
        expected: "signature_invalid",
      },
      { name: `${alg} cut short`, guard: "secret", token: cut(hmac(alg)), expected: "signature_invalid" },
    ]),
    { name: "ES256 where there is a secret", guard: "secret", token: good },
    { name: "HS256 with the public key as secret", guard: "tokens", token: hmac("HS256", pem(ec)) },
  ],
};

const opaque = "an-opaque.token".replace(".", "_");
const introspected: Part = {
  guards: {
    opaque: {
      ...usual,
      keys: { jwks },
      descriptions: { [opaque]: { active: true, aud: audience, exp: start + 60, sub: "u" } },
    },
  },
  cases: [
    { name: "an opaque token that is active", guard: "opaque", token: opaque, expected: "accepted" },
    { name: "the same again", guard: "opaque", token: opaque, expected: "accepted" },
    { name: "an opaque token that is not", guard: "opaque", token: "other", expected: "token_inactive" },
  ],
};

/** Verified three times: the third answer comes from the cache. */
const repeated: Part = {
  guards: {},
  cases: [1, 2, 3].flatMap((turn) => [
    { name: `a good token, ${turn}`, guard: "tokens", token: good, expected: "accepted" },
    {
      name: `a stranger's, ${turn}`,
      guard: "tokens",
      token: forge({ header: { alg: "ES256", kid: "ec" }, payload: claims(), key: stranger }),
      expected: "signature_invalid",
    },
  ]),
};

/** All cases. Made anew for each run: keys are fresh. */
export async function createDocument(): Promise<CaseDocument> {
  const parts = [
    tokens,
    keyCases,
    configurationCases,
    secrets,
    introspected,
    repeated,
    await dpopCases(),
    await certificateCases(),
  ];
  return {
    now: start,
    guards: Object.assign({}, ...parts.map(({ guards }) => guards)),
    cases: parts.flatMap(({ cases }) => cases),
  };
}
