// Certificate-bound tokens: the TLS client certificate must be the one that the token was issued to
// (RFC 8705 §3).

import { AuthError } from "../errors.js";
import { type Awaitable, chain } from "../platform/awaitable.js";
import type { GuardRequest } from "../request/credentials.js";
import { isFromProxy, type ProxyPolicy } from "../request/proxy.js";
import { equalBytes, sha256 } from "../token/hash.js";
import { type CertificateHeader, parseHeaderThumbprint } from "./certificate-header.js";

/** Where the certificate comes from. */
export interface MtlsPolicy {
  /**
   * Read only from requests of a trusted proxy. Undefined: only the connection's own certificate
   * counts.
   */
  readonly header: CertificateHeader | undefined;
  readonly proxy: ProxyPolicy | undefined;
}

/**
 * Refuses unless the request was sent with the certificate of that thumbprint, the token's
 * `x5t#S256` (RFC 8705 §3.1; `confirmation.ts` reads the claim). The handshake has proven that the
 * sender holds its key; the certificate's issuer does not matter (RFC 8705 §6.2).
 */
export function refuseOtherCertificate(
  request: GuardRequest,
  expected: Uint8Array,
  policy: MtlsPolicy,
): Awaitable<AuthError | undefined> {
  return chain(parseClientThumbprint(request, policy), (actual) => {
    if (!actual) return new AuthError("certificate_missing");
    return equalBytes(actual, expected) ? undefined : new AuthError("certificate_mismatch");
  });
}

/**
 * Behind a proxy, the connection's certificate is the proxy's own: only the header identifies the
 * client.
 */
function parseClientThumbprint(
  request: GuardRequest,
  { header, proxy }: MtlsPolicy,
): Awaitable<Uint8Array | undefined> {
  if (header && isFromProxy(request, proxy)) return parseHeaderThumbprint(request, header);
  const certificate = request.connection?.certificate;
  return certificate && sha256(certificate);
}
