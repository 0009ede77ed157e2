// The types of express-oauth2-jwt-bearer 1.10, member by member: options, results and callbacks.
import type { Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import type { Request } from "express";

/** The decoded header of a token. Members beyond these may be present (RFC 7515 §4.1). */
export interface JWTHeader {
  alg?: string;
  typ?: string;
  cty?: string;
  kid?: string;
  jku?: string;
  x5u?: string;
  x5t?: string;
  x5c?: string[];
  jwk?: Pick<JsonWebKey, "kty" | "crv" | "x" | "y" | "e" | "n">;
  b64?: boolean;
  crit?: string[];
  [name: string]: unknown;
}

/** The decoded claims of a token. Claims beyond these may be present (RFC 7519 §4.1). */
export interface JWTPayload {
  iss?: string;
  sub?: string;
  aud?: string | string[];
  jti?: string;
  nbf?: number;
  exp?: number;
  iat?: number;
  [name: string]: unknown;
}

/** What `request.auth` holds after `auth()`. */
export interface AuthResult {
  /** The decoded header. */
  header: JWTHeader;
  /** The decoded claims: an object of this request alone, which may be changed. */
  payload: JWTPayload;
  /** The raw token. Never log it. */
  token: string;
}

/** A public key as an object (RFC 7517 §4). */
export interface JsonWebKey {
  kty?: string;
  alg?: string;
  use?: string;
  kid?: string;
  crv?: string;
  x?: string;
  y?: string;
  n?: string;
  e?: string;
  key_ops?: string[];
  x5c?: string[];
  x5t?: string;
  "x5t#S256"?: string;
  x5u?: string;
  [name: string]: unknown;
}

/** PEM text (SPKI), one JWK, or a JWK Set. */
export type PublicKeyInput = string | JsonWebKey | { keys: JsonWebKey[] };

/** Whether the value of a claim or of a header parameter is accepted. */
export type FunctionValidator = (value: unknown, claims: JWTPayload, header: JWTHeader) => Promise<boolean> | boolean;

/** A function, the only accepted value, or false for no check beyond Gatewarden's own. */
export type Validator = FunctionValidator | string | false | undefined;

/** A validator per claim; `alg` and `typ` are of the header. */
export interface Validators {
  alg: Validator;
  typ: Validator;
  iss: Validator;
  aud: Validator;
  exp: Validator;
  iat: Validator;
  sub: Validator;
  client_id: Validator;
  jti: Validator;
  [name: string]: Validator;
}

/** An issuer that signs with a private key. Default for its keys: discovery. */
export interface AsymmetricIssuerConfig {
  issuer: string;
  alg?: string;
  jwksUri?: string;
  publicKey?: PublicKeyInput;
}

/** An issuer that signs with a shared secret, at least as long as the hash (RFC 7518 §3.2). */
export interface SymmetricIssuerConfig {
  issuer: string;
  alg: string;
  secret: string;
}

export type IssuerConfig = AsymmetricIssuerConfig | SymmetricIssuerConfig;

/** The request that issuers are looked up for. Not verified: select from your own list with it. */
export interface IssuerResolverContext {
  url: URL;
  headers: Record<string, string | string[] | undefined>;
}

export type IssuerResolverResult = string[] | IssuerConfig[];

/** Returns the issuers that a request may use. Called on every request with a token. */
export type IssuerResolverFunction = (
  context: IssuerResolverContext,
) => Promise<IssuerResolverResult> | IssuerResolverResult;

/** Several issuers, such as the custom domains of a tenant. */
export interface MCDOptions {
  issuers: string | string[] | IssuerConfig[] | IssuerResolverFunction;
}

export interface VerifierContext {
  url: string;
  headers: Record<string, string | string[] | undefined>;
}

/** PEM text, or DER bytes. */
export type PresentedCertificate = string | Buffer | Uint8Array;

/** Finds the certificate of the client. Undefined, or an error, means that there is none. */
export type CertificateGetter = (req: Request) => PresentedCertificate | undefined;

/** Tokens that are bound to a key of their sender (RFC 9449). */
export interface DPoPOptions {
  /** Default true. With false, tokens bound to a key are refused. */
  enabled?: boolean | undefined;
  /** Whether every token must be bound to a key. Default false. */
  required?: boolean | undefined;
  /** Seconds after which a proof is too old. Default 300, at most 600. */
  iatOffset?: number | undefined;
  /** Seconds by which a proof may be from the future. Default 30. */
  iatLeeway?: number | undefined;
}

/** Tokens that are bound to the client's certificate (RFC 8705). */
export interface CertificateOptions {
  /** Default: whether `getCertificate` is given. With false, such tokens are refused. */
  enabled?: boolean | undefined;
  /** Whether every token that is not bound to a DPoP key must be bound to a certificate. */
  required?: boolean | undefined;
}

/** Bounds of one cache. */
interface CacheTerms {
  /** Not read: Gatewarden's caches have bounds of their own. */
  maxEntries?: number | undefined;
  /** Milliseconds. */
  ttl?: number | undefined;
}

/** Options of `auth()`. What is left out may come from the environment, which is read at once. */
export interface AuthOptions {
  /** Where the issuer's metadata are. Default: `ISSUER_BASE_URL`. */
  issuerBaseURL?: string | undefined;
  /** Accepted values of `aud`. Default: `AUDIENCE`. */
  audience?: string | string[] | undefined;
  /** The exact `iss`. Default: `ISSUER`, or what the metadata say. */
  issuer?: string | undefined;
  /** Where the keys are. Default: `JWKS_URI`, or what the metadata say. */
  jwksUri?: string | undefined;
  /** A shared secret, at least as long as the hash (RFC 7518 §3.2). Default: `SECRET`. */
  secret?: string | undefined;
  /** Public keys, so that nothing is fetched. */
  publicKey?: PublicKeyInput | undefined;
  /** The only accepted algorithm. Default: `TOKEN_SIGNING_ALG`, or any that fits the keys. */
  tokenSigningAlg?: string | undefined;
  /** Several issuers instead of one. */
  mcd?: MCDOptions | undefined;
  /** Sends the requests for metadata and keys. */
  agent?: HttpAgent | HttpsAgent | undefined;
  /** Not read: Gatewarden has its own budget for unknown key ids. */
  cooldownDuration?: number | undefined;
  /** Milliseconds that one request to the issuer may take. Default 5,000. */
  timeoutDuration?: number | undefined;
  /** Milliseconds for which keys are fresh. Default 600,000. */
  cacheMaxAge?: number | undefined;
  cache?: { discovery?: CacheTerms; jwks?: CacheTerms } | undefined;
  /** Checks of claims and header parameters, in addition to Gatewarden's own. */
  validators?: Partial<Validators> | undefined;
  /** Seconds by which clocks may differ. Default 5. */
  clockTolerance?: number | undefined;
  /** Seconds since `iat` after which a token is too old. Default: `exp` alone decides. */
  maxTokenAge?: number | undefined;
  /** Whether tokens must have the type and the claims of RFC 9068 §2. Default false. */
  strict?: boolean | undefined;
  /** False admits requests without a token. An invalid token is refused all the same. */
  authRequired?: boolean | undefined;
  dpop?: DPoPOptions | undefined;
  mtls?: CertificateOptions | undefined;
  getCertificate?: CertificateGetter | undefined;
}
