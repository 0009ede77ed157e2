// The client certificate in a proxy's header, in the formats of nginx, Envoy and RFC 9440.

import { AuthError } from "../errors.js";
import { type Awaitable, chain } from "../platform/awaitable.js";
import { type GuardRequest, readHeader } from "../request/credentials.js";
import { readBase64 } from "../token/base64url.js";
import { equalBytes, sha256 } from "../token/hash.js";

/** The header in which the proxy sends the certificate, and its format. */
export interface CertificateHeader {
  /**
   * `nginx`: URL-encoded PEM (`$ssl_client_escaped_cert`). `envoy`: XFCC with `Cert` or `Hash`.
   * `rfc9440`: `Client-Cert`.
   */
  readonly format: "nginx" | "envoy" | "rfc9440";
  /** Lower-case name. */
  readonly header: string;
}

type ParseThumbprint = (value: string) => Awaitable<Uint8Array>;

/**
 * The SHA-256 thumbprint of the certificate in the header; undefined without one. Throws
 * `AuthError`: `certificate_malformed`.
 */
export function parseHeaderThumbprint(
  { headers }: GuardRequest,
  { format, header }: CertificateHeader,
): Awaitable<Uint8Array | undefined> {
  const value = readHeader(headers, header);
  if (value === undefined || value === "") return undefined;
  // A second header would be the client's own, which the proxy failed to remove (RFC 9440 §4).
  if (typeof value !== "string") throw malformed("came more than once");
  return parsers[format](value);
}

/** URL-encoded PEM. */
const parseEscapedPem: ParseThumbprint = (value) => {
  let pem: string;
  try {
    pem = decodeURIComponent(value);
  } catch {
    throw malformed("is not URL-encoded");
  }
  const body = /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----[\r\n]*$/.exec(pem)?.[1];
  if (body === undefined) throw malformed("is not one certificate in PEM");
  return parseCertificate(body.replace(/[\r\n]/g, ""));
};

/** A byte sequence of structured fields: base64 between colons (RFC 9440 §2.2, RFC 9651 §3.3.5). */
const parseByteSequence: ParseThumbprint = (value) => {
  const body = /^:([A-Za-z0-9+/=]+):$/.exec(value)?.[1];
  if (body === undefined) throw malformed("is not a byte sequence");
  return parseCertificate(body);
};

const xfccPair = /([A-Za-z]+)=("(?:[^"\\]|\\.)*"|[^",;=]*)(;|$)/y;

/**
 * One element of x-forwarded-client-cert. Earlier ones may be the client's own, so several are
 * refused.
 */
const parseXfcc: ParseThumbprint = (value) => {
  const pairs = new Map<string, string>();
  xfccPair.lastIndex = 0;
  while (xfccPair.lastIndex < value.length) {
    const match = xfccPair.exec(value);
    if (!match) throw malformed("is not exactly one XFCC element");
    const [, name = "", text = ""] = match;
    const key = name.toLowerCase();
    if (pairs.has(key) && (key === "hash" || key === "cert")) throw malformed(`names ${key} twice`);
    pairs.set(key, text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, "$1") : text);
  }
  const hash = pairs.get("hash");
  const certificate = pairs.get("cert");
  const ofCertificate = certificate === undefined ? undefined : parseEscapedPem(certificate);
  const ofHash = hash === undefined ? undefined : parseHash(hash);
  return chain(ofCertificate, (thumbprint = ofHash) => {
    if (!thumbprint) throw malformed("has neither Hash nor Cert");
    if (ofHash && !equalBytes(thumbprint, ofHash)) throw malformed("has a Hash that is not its Cert's");
    return thumbprint;
  });
};

const parsers: Readonly<Record<CertificateHeader["format"], ParseThumbprint>> = {
  nginx: parseEscapedPem,
  envoy: parseXfcc,
  rfc9440: parseByteSequence,
};

function parseHash(text: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw malformed("has a Hash that is not a SHA-256 in hex");
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function parseCertificate(base64: string): Awaitable<Uint8Array> {
  const der = readBase64(base64);
  if (!der) throw malformed("is not base64");
  return sha256(der);
}

function malformed(problem: string): AuthError {
  return new AuthError("certificate_malformed", { details: { problem } });
}
