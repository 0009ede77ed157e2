// A private authority and what it signs, made by OpenSSL.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  readonly cert: string;
  /** A certificate for a name, such as `IP:127.0.0.1`, that is good for so many days from now on. */
  issue(name: string, days?: number): ServerIdentity;
  close(): void;
}

const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export function createAuthority(name: string): Authority {
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-ca-"));
  const file = (one: string) => join(folder, one);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
  const own = ["-days", "2", "-subj", `/CN=${name}`, "-keyout", file("ca.key"), "-out", file("ca.pem")];
  openssl("req", "-x509", ...key, ...own);
  return {
    cert: readFileSync(file("ca.pem"), "utf8"),
    issue: (subjectName, days = 2) => {
      const subject = ["-subj", "/CN=server", "-addext", `subjectAltName=${subjectName}`];
      openssl("req", ...key, ...subject, "-keyout", file("key"), "-out", file("csr"));
      const signed = ["-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial", "-days", String(days)];
      openssl("x509", "-req", "-in", file("csr"), ...signed, "-copy_extensions", "copy", "-out", file("cert"));
      return { key: readFileSync(file("key"), "utf8"), cert: readFileSync(file("cert"), "utf8") };
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}
