// The client certificate as the application's own function gives it.
import type { Awaitable } from "../platform/awaitable.js";
import type { GuardRequest } from "../request/credentials.js";
import { readBase64url } from "../token/base64url.js";
import { sha256 } from "../token/hash.js";
import { malformedCertificate, parseCertificatePem, parseHash } from "./certificate-header.js";

/**
 * A client certificate: one certificate as PEM text, its DER bytes, or its SHA-256 thumbprint, in
 * base64url as in `x5t#S256` or in hex, with or without colons.
 */
export type ClientCertificate = string | Uint8Array | { readonly thumbprint: string };

/**
 * Finds the certificate with which the client proved, in the TLS handshake, to hold its key.
 * `request.incoming` is the framework's own request, except for tokens that arrive later over a
 * connection. Undefined where there is none.
 */
export type GetCertificate = (request: GuardRequest) => Awaitable<ClientCertificate | undefined>;

/**
 * The SHA-256 thumbprint; undefined without a certificate. Throws `AuthError`:
 * `certificate_malformed`.
 */
export function parseGivenThumbprint(given: unknown): Awaitable<Uint8Array | undefined> {
  if (given === undefined || given === null || given === "") return undefined;
  if (typeof given === "string") return parseCertificatePem(given);
  if (given instanceof Uint8Array) return parseDer(given);
  const { thumbprint } = given as { readonly thumbprint?: unknown };
  if (typeof thumbprint !== "string") throw malformedCertificate("is neither PEM text, nor bytes, nor a thumbprint");
  const bytes = thumbprint.length === 43 ? readBase64url(thumbprint) : parseHash(thumbprint.replaceAll(":", ""));
  if (bytes?.length !== 32) throw malformedCertificate("has a thumbprint that is not a SHA-256");
  return bytes;
}

/** A certificate is a sequence (RFC 5280 §4.1). The bytes of a PEM file are not. */
function parseDer(bytes: Uint8Array): Awaitable<Uint8Array> {
  if (bytes[0] !== 0x30) throw malformedCertificate("has bytes that are not DER");
  return sha256(bytes);
}
