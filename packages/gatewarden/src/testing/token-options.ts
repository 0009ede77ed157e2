// The options of a test token, and its header and claims, in Auth0's form or that of RFC 9068.
import { ConfigError } from "../errors.js";
import { encodeBytes, type Members, requireCrypto } from "./signing-key.js";

/** Options of a test token. All are optional: the default is a valid token without grants. */
export interface TestTokenOptions {
  /** Default `auth0|alice`. A machine's token has the form `client-id@clients`. */
  readonly sub?: string;
  /** The application that asked for it. Default: the issuer's, which is `test-client`. */
  readonly clientId?: string;
  /** Default: the issuer's. */
  readonly audience?: string | readonly string[];
  /** Default none. */
  readonly permissions?: readonly string[];
  /** One or more, as `"a b"` or as a list. Default: no such claim. */
  readonly scope?: string | readonly string[];
  /** `org_id`. Default: no such claim. */
  readonly organization?: string;
  /** Seconds until it expires. Default 3,600. A negative value: it has already expired. */
  readonly expiresIn?: number;
  /**
   * Binds it to a client's certificate (RFC 8705 §3.1): PEM, DER, or its SHA-256 thumbprint in
   * base64url.
   */
  readonly certificate?: string | Uint8Array;
  /** Further claims, or other values for the default ones. `undefined` removes one. */
  readonly claims?: Members;
  /** Further header parameters, or other values. `undefined` removes one. */
  readonly header?: Members;
}

/** The form of an issuer's tokens. */
export interface TokenShape {
  readonly issuer: string;
  /** False where tokens name none. */
  readonly audience: string | false;
  /** Who asks for tokens, if not the usual client. */
  readonly clientId?: string;
  readonly profile: "auth0" | "rfc9068";
}

/** What differs between tokens with the same options. */
export interface TokenMoment {
  /** Whole seconds since 1970. */
  readonly now: number;
  readonly jti: string;
}

/** The client that tokens are issued to where nothing else is said. */
export const usualClient = "test-client";

/** How long a token lives where nothing else is said, in seconds. */
export const usualLife = 3600;

const names: Readonly<Record<keyof TestTokenOptions, true>> = {
  sub: true,
  clientId: true,
  audience: true,
  permissions: true,
  scope: true,
  organization: true,
  expiresIn: true,
  certificate: true,
  claims: true,
  header: true,
};

/**
 * Throws `ConfigError` for an unknown name: a misspelt permission list would make a test pass that
 * should not.
 */
export function requireTokenOptions(options: TestTokenOptions): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown === undefined) return;
  const problem = `is not known; the options of a token are ${Object.keys(names).join(", ")}`;
  throw new ConfigError({ option: unknown, problem, example: `claims: { "${unknown}": … }` });
}

/** The claims: Auth0's own profile, or all that RFC 9068 §2.2 requires. */
export function toClaims(options: TestTokenOptions, shape: TokenShape, { now, jti }: TokenMoment): Members {
  const { sub = "auth0|alice", audience = shape.audience, permissions = [] } = options;
  const { clientId = shape.clientId ?? usualClient } = options;
  const { scope, organization, expiresIn = usualLife, certificate, claims } = options;
  // An already expired token was issued before it expired.
  const issued = expiresIn > 0 ? now : now + expiresIn - usualLife;
  return withoutUndefined({
    iss: shape.issuer,
    sub,
    aud: audience === false ? undefined : audience,
    iat: issued,
    exp: now + expiresIn,
    ...(shape.profile === "auth0" ? { azp: clientId } : { client_id: clientId, jti }),
    scope: typeof scope === "object" ? scope.join(" ") : scope,
    permissions,
    org_id: organization,
    cnf: certificate === undefined ? undefined : { "x5t#S256": toCertificateThumbprint(certificate) },
    ...claims,
  });
}

/** The header parameters, added to algorithm and key. */
export function toHeader({ header }: TestTokenOptions, { profile }: TokenShape, key: Members): Members {
  return withoutUndefined({ ...key, typ: profile === "auth0" ? "JWT" : "at+jwt", ...header });
}

/** The members that are not undefined. */
export function withoutUndefined(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** SHA-256 of the certificate's DER (RFC 8705 §3.1). */
function toCertificateThumbprint(certificate: string | Uint8Array): string {
  if (typeof certificate === "string" && /^[\w-]{43}$/.test(certificate)) return certificate;
  const crypto = requireCrypto();
  try {
    const der = typeof certificate === "string" ? new crypto.X509Certificate(certificate).raw : certificate;
    return encodeBytes(crypto.createHash("sha256").update(der).digest());
  } catch (cause) {
    const problem = "is neither a certificate in PEM or DER nor a SHA-256 thumbprint in base64url";
    throw new ConfigError({ option: "certificate", problem, example: "certificate: pem" }, { cause });
  }
}
