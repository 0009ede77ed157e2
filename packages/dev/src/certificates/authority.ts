// The local certificate authority: made once, kept beside the tenant's other keys, and of use for
// names of this machine only.
import { generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { createPrivateText, removeFile, writePrivateText } from "../files.js";
import { createAuthorityCertificate, createServerCertificate } from "./certificate.js";
import { type AuthorityPair, loadAuthorityPair, permitted } from "./load-authority.js";

const hour = 3_600_000;
const day = 24 * hour;
const authorityLife = 365 * day;
/** How long a certificate of a server lasts. */
export const serverLife: number = 7 * day;

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

export interface OpenOptions {
  readonly now?: number;
  /** Gets one line that says why the directory's authority is not used. */
  readonly onProblem?: (problem: string) => void;
}

/**
 * Loads the directory's authority, or creates it. An authority that a tenant of this user cannot
 * have made is replaced. Without a directory, it lives in memory.
 */
export async function openAuthority(directory: string | undefined, options: OpenOptions = {}): Promise<Authority> {
  const { now = Date.now(), onProblem } = options;
  if (directory === undefined) return toAuthority(create(now), undefined);
  const at = (name: string): string => join(directory, name);
  const made = await openPair(at(names.secret), now, onProblem);
  const files = { ca: at(names.certificate), bundle: at(names.bundle) };
  const certificate = made.certificate.toString();
  await writePrivateText(files.ca, certificate);
  await writePrivateText(files.bundle, [certificate, ...rootCertificates, ""].join("\n"));
  return toAuthority(made, files);
}

function toAuthority({ certificate, key }: AuthorityPair, files: AuthorityFiles | undefined): Authority {
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

function create(now: number): AuthorityPair {
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

async function openPair(file: string, now: number, onProblem: OpenOptions["onProblem"]): Promise<AuthorityPair> {
  const loaded = await loadAuthorityPair(file, now);
  if (loaded.pair !== undefined) return loaded.pair;
  if (loaded.flaw !== undefined) onProblem?.(`${file} ${loaded.flaw}. So the tenant makes a new one.`);
  if (loaded.isThere) await removeFile(file);
  return store(file, now);
}

/**
 * Key and certificate are one file, so that they always belong together. If another tenant of the
 * directory was faster, its authority is the one.
 */
async function store(file: string, now: number): Promise<AuthorityPair> {
  const made = create(now);
  const content = toPem(made.key) + made.certificate.toString();
  if (await createPrivateText(file, content)) return made;
  return (await loadAuthorityPair(file, now)).pair ?? made;
}

function toCommonName({ subject }: X509Certificate): string {
  return subject.replace(/^CN=/, "");
}

function toPem(key: KeyObject): string {
  return String(key.export({ type: "pkcs8", format: "pem" }));
}
