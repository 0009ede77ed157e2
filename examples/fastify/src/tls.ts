// TLS that ends at this API itself: its certificate and key, from files that the environment names.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { ConfigError } from "gatewarden";
import type { Environment } from "./settings.js";

/** Paths of two PEM files. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Certificate, with its chain if the file has one, and key. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

const example = "TLS_CERT_FILE=cert.pem TLS_KEY_FILE=key.pem";

/** `TLS_CERT_FILE` and `TLS_KEY_FILE`; undefined without both. Throws `ConfigError` for one without the other. */
export function readTlsFiles(env: Environment): TlsFiles | undefined {
  const [cert, key] = [env["TLS_CERT_FILE"]?.trim(), env["TLS_KEY_FILE"]?.trim()];
  if (cert && key) return { cert, key };
  if (!cert && !key) return undefined;
  const [there, missing] = cert ? ["TLS_CERT_FILE", "TLS_KEY_FILE"] : ["TLS_KEY_FILE", "TLS_CERT_FILE"];
  throw new ConfigError({ option: missing, problem: `is not set, and ${there} is "${cert || key}"`, example });
}

/** Reads the files. Throws `ConfigError` for what is no certificate, no key, or no pair: the first handshake would be late to find out. */
export function loadTlsIdentity(files: TlsFiles): TlsIdentity {
  const cert = readText("TLS_CERT_FILE", files.cert);
  const key = readText("TLS_KEY_FILE", files.key);
  const certificate = attempt(
    "TLS_CERT_FILE",
    files.cert,
    "holds no certificate in PEM",
    () => new X509Certificate(cert),
  );
  const privateKey = attempt("TLS_KEY_FILE", files.key, "holds no private key in PEM without a passphrase", () =>
    createPrivateKey(key),
  );
  if (certificate.checkPrivateKey(privateKey)) return { cert, key };
  throw new ConfigError({
    option: "TLS_KEY_FILE",
    problem: `is "${files.key}", which is not the key of ${files.cert}`,
    example,
  });
}

function readText(option: string, path: string): string {
  return attempt(option, path, "cannot be read", () => readFileSync(path, "utf8"));
}

function attempt<Result>(option: string, path: string, problem: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw new ConfigError({ option, problem: `is "${path}", which ${problem}`, example }, { cause });
  }
}
