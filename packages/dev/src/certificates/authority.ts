// The local certificate authority: made once, kept beside the tenant's other keys, and of use for
// names of this machine only.
import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { createPrivateText, writePrivateText } from "../files.js";
import { createAuthorityCertificate, createServerCertificate } from "./certificate.js";

const hour = 3_600_000;
const day = 24 * hour;
const authorityLife = 365 * day;
/** An authority that ends sooner is replaced at the next start. */
const authorityRest = 30 * day;
/** How long a certificate of a server lasts. */
export const serverLife: number = 7 * day;
/** RFC 6761 §6.3, RFC 1122 §3.2.1.3 and RFC 4291 §2.5.3: names that never mean another machine. */
const permitted = ["localhost", "127.0.0.0/8", "::1/128"];

const names = { secret: "ca-key.pem", certificate: "ca.pem", bundle: "ca-bundle.pem" };

/** Where its files are. */
export interface AuthorityFiles {
  /** The authority's certificate alone, for programs that add it to those they know. */
  readonly ca: string;
  /** The same with the public authorities that Node.js knows, for programs that replace theirs. */
  readonly bundle: string;
}

/** Key and certificate of a server, in PEM. */
export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  /** Its certificate in PEM. */
  readonly certificate: string;
  /** Undefined for an authority in memory. */
  readonly files: AuthorityFiles | undefined;
  /** A new key and certificate for these names, for a week at most. */
  readonly issue: (names: readonly string[], now?: number) => ServerIdentity;
}

interface Made {
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
}

/** Loads the directory's authority, or creates it. Without a directory, it lives in memory. */
export async function openAuthority(directory: string | undefined, now: number = Date.now()): Promise<Authority> {
  if (directory === undefined) return toAuthority(create(now), undefined);
  const at = (name: string): string => join(directory, name);
  const made = (await load(at(names.secret), now)) ?? (await store(at(names.secret), now));
  const files = { ca: at(names.certificate), bundle: at(names.bundle) };
  const certificate = made.certificate.toString();
  await writePrivateText(files.ca, certificate);
  await writePrivateText(files.bundle, [certificate, ...rootCertificates, ""].join("\n"));
  return toAuthority(made, files);
}

function toAuthority({ certificate, key }: Made, files: AuthorityFiles | undefined): Authority {
  const subject = toCommonName(certificate);
  return {
    certificate: certificate.toString(),
    files,
    issue: (hosts, now = Date.now()) => {
      const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const end = Math.min(now + serverLife, Date.parse(certificate.validTo));
      const cert = createServerCertificate({
        subject: "Gatewarden local tenant",
        publicKey: pair.publicKey,
        names: hosts,
        issuer: { key, subject },
        notBefore: new Date(now - hour),
        notAfter: new Date(end),
      });
      return { key: toPem(pair.privateKey), cert };
    },
  };
}

function create(now: number): Made {
  const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  // Two authorities of one machine must not have the same name: clients would mix up their keys.
  const subject = `Gatewarden local tenant CA ${new Date(now).toISOString()}`;
  const notBefore = new Date(now - hour);
  const pem = createAuthorityCertificate({
    key,
    subject,
    permitted,
    notBefore,
    notAfter: new Date(now + authorityLife),
  });
  return { key, certificate: new X509Certificate(pem) };
}

/** Undefined for a file that is missing, broken, or soon of no use: then there is a new authority. */
async function load(file: string, now: number): Promise<Made | undefined> {
  try {
    const content = await readFile(file, "utf8");
    const [key, certificate] = [createPrivateKey(content), new X509Certificate(content)];
    const isUsable = certificate.checkPrivateKey(key) && Date.parse(certificate.validTo) - now > authorityRest;
    return isUsable ? { key, certificate } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Key and certificate are one file, so that they always belong together. If another tenant of the
 * directory was faster, its authority is the one.
 */
async function store(file: string, now: number): Promise<Made> {
  const made = create(now);
  const content = toPem(made.key) + made.certificate.toString();
  await rm(file, { force: true });
  if (await createPrivateText(file, content)) return made;
  return (await load(file, now)) ?? made;
}

function toCommonName({ subject }: X509Certificate): string {
  return subject.replace(/^CN=/, "");
}

function toPem(key: KeyObject): string {
  return String(key.export({ type: "pkcs8", format: "pem" }));
}
