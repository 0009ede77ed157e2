// The client's certificate as Envoy gives it with `include_peer_certificate`: PEM, URL-encoded.
import { GatewayRefusal } from "../refusals.js";

const pem = /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----[\r\n]*$/;
/** A certificate is a sequence in DER (RFC 5280 §4.1). */
const sequence = 0x30;

/** One certificate in DER. Throws `GatewayRefusal` (`proxy_header_malformed`) for anything else. */
export function parseEscapedCertificate(escaped: Buffer): Uint8Array {
  const body = pem.exec(parseEscaped(escaped.toString("latin1")))?.[1]?.replace(/[\r\n]/g, "");
  const der = Buffer.from(body ?? "", "base64");
  // Node.js skips what is not base64: another text would have the same bytes (RFC 4648 §3.5).
  if (body === undefined || der[0] !== sequence || der.toString("base64") !== body)
    throw new GatewayRefusal("proxy_header_malformed");
  return der;
}

function parseEscaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new GatewayRefusal("proxy_header_malformed");
  }
}
