// What the guard learns of a request beyond its headers: the connection, and the certificate that
// the application finds.
import type { Request } from "express";
import type { Connection, GuardRequest } from "../../index.js";
import type { CertificateGetter, PresentedCertificate } from "./option-types.js";

/** The connection of a request, as Express sees it. */
export class ExpressConnection implements Connection {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  /** With `trust proxy`, Express reads it from the proxy's header. */
  get isEncrypted(): boolean {
    return this.#request.protocol === "https";
  }

  get address(): string | undefined {
    return this.#request.socket?.remoteAddress;
  }
}

/**
 * The option `getCertificate` for the guard, which asks only when a token is bound to a
 * certificate. A function that fails has found none: the token is then refused.
 */
export function toCertificateFinder(
  getCertificate: CertificateGetter | undefined,
): (request: GuardRequest) => PresentedCertificate | undefined {
  return ({ incoming }) => {
    try {
      return getCertificate?.(incoming as Request);
    } catch {
      return undefined;
    }
  };
}
