// Keys and certificates made by OpenSSL, and requests that present them over real TLS.
import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type RequestOptions, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Identity {
  readonly key: string;
  readonly cert: string;
  readonly der: Uint8Array;
  /** `x5t#S256` (RFC 8705 §3.1). */
  readonly thumbprint: string;
}

/** A key with a certificate that it signed itself, for this machine's address. */
export function createIdentity(name: string): Identity {
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-tls-"));
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  try {
    const subject = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyFile];
    execFileSync("openssl", ["req", "-x509", ...key, "-days", "2", ...subject, "-out", certFile], { stdio: "pipe" });
    const cert = readFileSync(certFile, "utf8");
    const der = new X509Certificate(cert).raw;
    return {
      key: readFileSync(keyFile, "utf8"),
      cert,
      der,
      thumbprint: createHash("sha256").update(der).digest("base64url"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface SecureRequest extends Pick<RequestOptions, "method" | "headers"> {
  /** The server's certificate. */
  readonly ca: string;
  readonly identity?: Identity | undefined;
  readonly body?: string;
}

/** One request on a connection of its own, with the client certificate if one is given. */
export function send(url: string | URL, { ca, identity, body, ...options }: SecureRequest): Promise<Response> {
  const client = identity && { key: identity.key, cert: identity.cert };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { ...options, ...client, ca, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const headers = new Headers();
        for (const [name, values] of Object.entries(incoming.headersDistinct)) {
          for (const value of values ?? []) headers.append(name, value);
        }
        resolve(new Response(Buffer.concat(chunks), { status: incoming.statusCode ?? 0, headers }));
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
