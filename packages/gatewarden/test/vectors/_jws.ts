// The road without its claims: parser, algorithms, keys and signature, for tokens whose payload is no JSON ("foo", or nothing).
import { createPolicy } from "../../src/configuration/issuer-terms.js";
import { ConfigError } from "../../src/errors.js";
import { type Algorithm, AuthError, type KeysOptions, type Reason } from "../../src/index.js";
import { readBase64url } from "../../src/token/base64url.js";
import { verifySignature } from "../../src/token/compact.js";
import type { JsonObject } from "../../src/token/json.js";
import { createTokenParser, type ParsedToken } from "../../src/token/parse.js";

/** What becomes of a token at the signature layer. `keys_refused`: no guard could be configured with these keys. */
export type JwsVerdict = Reason | "accepted" | "keys_refused";

/** What a guard needs for one issuer. */
export interface JwsTerms {
  readonly keys: KeysOptions;
  readonly algorithms?: readonly Algorithm[];
}

const parser = createTokenParser(65_536);
const issuer = "https://issuer.test/";

/** What a guard on these terms says of the token, up to and with its signature. */
export async function verifyJws(token: string, terms: JwsTerms): Promise<JwsVerdict> {
  try {
    const surroundings = { options: { audience: "https://api.test" }, env: {}, now: () => 0 };
    const { policy } = createPolicy([issuer], { issuer, ...terms }, surroundings);
    const { header } = parseAnyPayload(token);
    if (!policy.algorithms.has(header.alg)) return "algorithm_not_allowed";
    const verify = await policy.keys.pick(header);
    const payloadEnd = token.lastIndexOf(".");
    const isValid = await verifySignature(token, payloadEnd, verify);
    return isValid ? "accepted" : "signature_invalid";
  } catch (error) {
    if (error instanceof AuthError) return error.reason;
    if (error instanceof ConfigError) return "keys_refused";
    throw error;
  }
}

/** Keys as a developer configures them: the bytes of a single `oct` key as the secret, all others as a set. */
export function toTerms(keys: readonly JsonObject[]): JwsTerms {
  const [only, ...others] = keys;
  const { kty, k, alg } = only ?? {};
  if (others.length > 0 || kty !== "oct" || typeof k !== "string") return { keys: { jwks: { keys } } };
  const secret = Buffer.from(k, "base64url");
  return { keys: { secret }, ...(typeof alg === "string" && { algorithms: [alg as Algorithm] }) };
}

/** The guard's own parser reads header, signature and number of parts; the payload only has to be base64url. */
function parseAnyPayload(token: string): ParsedToken {
  const [header, payload, signature, ...others] = token.split(".");
  if (payload === undefined || signature === undefined || others.length > 0) return parser.parse(token);
  if (readBase64url(payload) === undefined) throw new AuthError("token_malformed");
  return parser.parse(`${header}.e30.${signature}`);
}
