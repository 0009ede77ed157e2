// Requests that a guard must refuse, one per reason that a token or the header around it can cause.
import { ConfigError } from "../errors.js";
import type { BrokenRequest, BrokenTokenReason, BrokenTokens } from "./broken-reasons.js";
import { sharedKid } from "./key-ring.js";
import { createSigningKey, encodeBytes, type Members, requireCrypto, type SigningKey } from "./signing-key.js";
import type { Forgery, TokenFactory } from "./token-factory.js";
import { type TestTokenOptions, usualClient, usualLife } from "./token-options.js";

/** What a broken token is made from. */
interface Materials {
  readonly factory: TokenFactory;
  readonly options: TestTokenOptions;
  /** A valid token with these options. */
  readonly good: string;
  /** Whole seconds since 1970. */
  readonly now: number;
}

type MakeBroken = (options?: TestTokenOptions) => BrokenRequest;

/** Creates a token, or all headers if the fault is in them. */
type Break = (materials: Materials) => string | BrokenRequest["headers"];

/** Longer than any clock tolerance. */
const long = usualLife;
const elsewhere = "https://elsewhere.test/";

const breaks: Readonly<Record<BrokenTokenReason, Break>> = {
  credentials_missing: () => ({}),
  credentials_malformed: ({ good }) => ({ authorization: `Bearer Bearer ${good}` }),
  credentials_multiple: ({ good }) => ({ authorization: `Bearer ${good}, Bearer ${good}` }),
  scheme_unsupported: () => ({ authorization: `Basic ${btoa("alice:password")}` }),
  // More than the default of 16,384 characters. This also exceeds Node.js's default limit for
  // headers: over a socket its server answers 431, unless it was created with `maxHeaderSize`.
  token_too_large: forgeToken({ claims: { padding: "x".repeat(13_000) } }),
  token_opaque: () => random(),
  token_encrypted: ({ factory, options }) => encrypt(factory.claims(options)),
  token_malformed: ({ good }) => good.replace(/\.([^.]+)\./, (_, payload: string) => `.${payload.slice(0, -9)}.`),
  algorithm_none: forgeToken({ header: { alg: "none" }, signer: { sign: () => "" } }),
  algorithm_not_allowed: confuseAlgorithms,
  critical_header_unsupported: forgeToken({ header: { crit: ["urn:test:extension"], "urn:test:extension": true } }),
  type_not_allowed: forgeToken({ header: { typ: "dpop+jwt" } }),
  id_token: forgeToken(({ factory, options }) => ({
    claims: { aud: options.clientId ?? factory.shape.clientId ?? usualClient, nonce: random(), at_hash: random() },
  })),
  logout_token: forgeToken({ claims: { events: { "http://schemas.openid.net/event/backchannel-logout": {} } } }),
  issuer_untrusted: forgeToken({ claims: { iss: elsewhere } }),
  key_unknown: forgeWithKeySet(() => stranger("ES256", random())),
  key_ambiguous: forgeWithKeySet(() => ({ header: { kid: sharedKid } })),
  key_unsuitable: forgeWithKeySet(({ algorithm, kid }) => stranger(algorithm === "ES384" ? "ES256" : "ES384", kid)),
  signature_invalid: forgeToken(({ factory }) => ({ signer: createSigningKey(factory.keys.current.algorithm) })),
  claim_missing: forgeToken({ claims: { exp: undefined } }),
  claim_invalid: forgeToken(({ now }) => ({ claims: { exp: String(now + long) } })),
  expired: forgeToken(({ now }) => ({ claims: { iat: now - 2 * long, exp: now - long } })),
  not_yet_valid: forgeToken(({ now }) => ({ claims: { nbf: now + long, exp: now + 2 * long } })),
  issued_in_future: forgeToken(({ now }) => ({ claims: { iat: now + long, exp: now + 2 * long } })),
  // A guard must have `maxTokenAge`, an hour or less.
  token_too_old: forgeToken(({ now }) => ({ claims: { iat: now - 2 * long, exp: now + long } })),
  audience_mismatch: forgeToken({ claims: { aud: elsewhere } }),
  client_mismatch: forgeToken({ claims: { client_id: elsewhere, azp: undefined } }),
  token_inactive: () => random(),
  permission_missing: forgeToken({ claims: { permissions: [] } }),
  scope_missing: forgeToken({ claims: { scope: undefined } }),
  role_missing: ({ good }) => good,
  claim_mismatch: ({ good }) => good,
  organization_mismatch: forgeToken({ claims: { org_id: "org_elsewhere" } }),
  actor_mismatch: forgeToken({ claims: { act: undefined } }),
  condition_not_met: ({ good }) => good,
  details_missing: forgeToken({ claims: { authorization_details: undefined } }),
  requirement_not_met: forgeToken({ claims: { permissions: [], scope: undefined } }),
  authentication_too_weak: forgeToken(({ now }) => ({ claims: { acr: "0", auth_time: now } })),
  authentication_too_old: forgeToken({ claims: { auth_time: 1 } }),
  binding_unproven: forgeToken(() => ({ claims: { cnf: { jkt: random() } } })),
  binding_missing: forgeToken({ claims: { cnf: undefined } }),
  certificate_missing: forgeToken(bindToStrangeCertificate),
  certificate_mismatch: forgeToken(bindToStrangeCertificate),
  certificate_malformed: ({ factory, options }) => ({
    authorization: `Bearer ${factory.forge(options, bindToStrangeCertificate())}`,
    "client-cert": "malformed",
    "x-forwarded-client-cert": "malformed",
  }),
};

/** Creates all of them for one issuer. */
export function createBrokenTokens(factory: TokenFactory): BrokenTokens {
  const toRequest = (reason: BrokenTokenReason, options: TestTokenOptions): BrokenRequest => {
    const good = factory.token(options);
    const broken = breaks[reason]({ factory, options, good, now: Math.floor(factory.clock.now()) });
    if (typeof broken === "string") return { reason, token: broken, headers: { authorization: `Bearer ${broken}` } };
    const sent = /^Bearer .*?([^ ]+)$/.exec(broken["authorization"] ?? "")?.[1];
    return { reason, token: sent ?? good, headers: broken };
  };
  const reasons = Object.keys(breaks) as BrokenTokenReason[];
  const entries = reasons.map((reason): [string, MakeBroken] => [reason, (options = {}) => toRequest(reason, options)]);
  // Each entry returns the request of its own reason, which the type of `Object.fromEntries` cannot
  // express.
  return Object.fromEntries(entries) as BrokenTokens;
}

function forgeToken(forgery: Forgery | ((materials: Materials) => Forgery)): Break {
  return (materials) => {
    const { factory, options } = materials;
    return factory.forge(options, typeof forgery === "function" ? forgery(materials) : forgery);
  };
}

/** For faults that need several keys. A shared secret has no key set. */
function forgeWithKeySet(forgery: (current: SigningKey) => Forgery): Break {
  return forgeToken(({ factory }) => {
    const { current } = factory.keys;
    if (current.jwk) return forgery(current);
    const problem = `is "${current.algorithm}": a shared secret has no key set in which a key could be missing`;
    throw new ConfigError({ option: "algorithm", problem, example: 'algorithm: "ES256"' });
  });
}

/** A key that the issuer never publishes. */
function stranger(algorithm: "ES256" | "ES384", kid: string): Forgery {
  return { header: { alg: algorithm, kid }, signer: createSigningKey(algorithm) };
}

/**
 * The public key as an HMAC secret, which anyone can compute (CVE-2015-9235). For a shared secret:
 * an unknown key.
 */
function confuseAlgorithms({ factory, options }: Materials): string {
  const { jwk, kid } = factory.keys.current;
  if (!jwk) return factory.forge(options, stranger("ES256", kid));
  const crypto = requireCrypto();
  const pem = crypto.createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
  const sign = (text: string) => crypto.createHmac("sha256", pem).update(text).digest("base64url");
  return factory.forge(options, { header: { alg: "HS256" }, signer: { sign } });
}

function bindToStrangeCertificate(): Forgery {
  return { claims: { cnf: { "x5t#S256": random() } } };
}

/** A JWE (RFC 7516 §7.1) under an unknown key, like those of Auth0 if no audience was requested. */
function encrypt(claims: Members): string {
  const crypto = requireCrypto();
  const header = encodeBytes({ alg: "dir", enc: "A256GCM" });
  const iv = crypto.randomBytes(12);
  const cipher = crypto.createCipheriv("aes-256-gcm", crypto.randomBytes(32), iv).setAAD(Buffer.from(header));
  const text = Buffer.concat([cipher.update(JSON.stringify(claims)), cipher.final()]);
  return [header, "", encodeBytes(iv), encodeBytes(text), encodeBytes(cipher.getAuthTag())].join(".");
}

/** 256 random bits. */
function random(): string {
  return encodeBytes(requireCrypto().randomBytes(32));
}
