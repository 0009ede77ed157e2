// The option `getCertificate`: the client's certificate, wherever the application finds it.
import { X509Certificate } from "node:crypto";
import type { Request } from "express";
import type { Connection } from "../../index.js";
import type { GetCertificate } from "./option-types.js";

/** The connection of a request, as Express and the application see it. */
export class ExpressConnection implements Connection {
  readonly #request: Request;
  readonly #getCertificate: GetCertificate | undefined;

  constructor(request: Request, getCertificate: GetCertificate | undefined) {
    this.#request = request;
    this.#getCertificate = getCertificate;
  }

  /** With `trust proxy`, Express reads it from the proxy's header. */
  get isEncrypted(): boolean {
    return this.#request.protocol === "https";
  }

  get address(): string | undefined {
    return this.#request.socket?.remoteAddress;
  }

  /** Asked for only when a token is bound to one. Without `getCertificate` there is none. */
  get certificate(): Uint8Array | undefined {
    return this.#getCertificate && readCertificate(this.#request, this.#getCertificate);
  }
}

/** DER. What fails, or is not a certificate, counts as none: the bound token is then refused. */
function readCertificate(request: Request, getCertificate: GetCertificate): Uint8Array | undefined {
  try {
    const given: unknown = getCertificate(request);
    if (typeof given === "string" || given instanceof Uint8Array) return new X509Certificate(given).raw;
  } catch {
    // As if none was presented.
  }
  return undefined;
}
