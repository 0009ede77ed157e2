// Mutual TLS (RFC 8705): whether tokens that are bound to a client certificate are taken, and where that certificate is found.
import { isIP } from "node:net";
import { ConfigError, type GuardOptions } from "gatewarden";
import type { Environment } from "./settings.js";

/** `MTLS`, with `MTLS_PROXY` and `MTLS_HEADER` where a proxy ends TLS. */
export type MtlsSettings =
  | { readonly source: "off" | "connection" }
  | {
      /** How the proxy writes the certificate. */
      readonly source: "nginx" | "envoy" | "rfc9440";
      /** Addresses and ranges of the proxies that are believed. */
      readonly proxies: readonly string[];
      readonly header: string | undefined;
    };

const sources = ["off", "connection", "nginx", "envoy", "rfc9440"] as const;

/**
 * Reads the settings. Throws `ConfigError`, naming the variable, for what cannot be meant: a certificate that is looked for in the wrong place is
 * found nowhere, or is anybody's to claim.
 */
export function readMtls(env: Environment, hasTls: boolean): MtlsSettings {
  const text = env["MTLS"]?.trim() || "off";
  const source = sources.find((one) => one === text);
  const [proxy, header] = [env["MTLS_PROXY"]?.trim(), env["MTLS_HEADER"]?.trim()];
  if (source === undefined)
    throw fail("MTLS", `is "${text}"; it must be one of ${sources.join(", ")}`, "MTLS=connection");
  if (source === "off" || source === "connection") {
    if (proxy) throw fail("MTLS_PROXY", `is "${proxy}", and MTLS=${source} asks no proxy`, "MTLS=nginx");
    if (header) throw fail("MTLS_HEADER", `is "${header}", and MTLS=${source} reads no header`, "MTLS=nginx");
    if (source === "off" || hasTls) return { source };
    const problem =
      'is "connection", and no connection can have a certificate: TLS_CERT_FILE and TLS_KEY_FILE are not set';
    throw fail("MTLS", problem, "TLS_CERT_FILE=cert.pem TLS_KEY_FILE=key.pem");
  }
  return { source, proxies: readProxies(proxy, source), header: readHeader(header, source) };
}

/** What it means for the guard. The proxy is believed about the certificate alone: which URL clients call is `RESOURCE_URL`. */
export function toGuardOptions(settings: MtlsSettings): Pick<GuardOptions, "mtls" | "trustProxy"> {
  if (!("proxies" in settings)) return settings.source === "off" ? {} : { mtls: { mode: "allowed" } };
  const { source: format, header, proxies } = settings;
  const certificate = format === "nginx" ? { format, header: header ?? "" } : { format, ...(header && { header }) };
  return { mtls: { mode: "allowed", certificate }, trustProxy: { addresses: proxies, headers: [] } };
}

/** Anybody can send a header, so it counts only from addresses that are named (RFC 8705 §6.5, RFC 9440 §4). */
function readProxies(text: string | undefined, source: string): readonly string[] {
  const example = "MTLS_PROXY=127.0.0.1,10.0.0.0/8";
  if (!text) throw fail("MTLS_PROXY", `is not set, and MTLS=${source} believes only proxies that it names`, example);
  const proxies = text.split(",").map((one) => one.trim());
  const bad = proxies.find((one) => !isAddress(one));
  if (bad !== undefined) throw fail("MTLS_PROXY", `holds "${bad}", which is no IP address or range`, example);
  return proxies;
}

function isAddress(text: string): boolean {
  const [address = "", bits = "0", ...rest] = text.split("/");
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}

/** nginx has no header of its own for it; the others have. */
function readHeader(text: string | undefined, source: string): string | undefined {
  const example = "MTLS_HEADER=x-client-cert";
  if (!text && source === "nginx") throw fail("MTLS_HEADER", "is not set, and nginx has no usual name for it", example);
  if (!text || /^[\w-]+$/.test(text)) return text || undefined;
  throw fail("MTLS_HEADER", `is "${text}", which is not the name of a header`, example);
}

function fail(option: string, problem: string, example: string): ConfigError {
  return new ConfigError({ option, problem, example });
}
