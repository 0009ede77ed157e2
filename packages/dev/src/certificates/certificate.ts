// Writes X.509 certificates (RFC 5280) for keys on the curve P-256.
import { createHash, createPublicKey, type KeyObject, randomBytes, sign, type X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  NameConstraints,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";

/** RFC 5758 §3.2: ecdsa-with-SHA256, without parameters. */
const ecdsaWithSha256 = "1.2.840.10045.4.3.2";
const commonName = "2.5.4.3";

interface Common {
  /** The common name. */
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A certificate of an authority, signed by itself. */
export interface AuthorityRequest extends Common {
  readonly key: KeyObject;
  /** The names that it may vouch for: host names, and addresses with a prefix (`127.0.0.0/8`). */
  readonly permitted: readonly string[];
}

/** A certificate of a server. */
export interface ServerRequest extends Common {
  readonly publicKey: KeyObject;
  /** Host names and IP addresses. */
  readonly names: readonly string[];
  readonly issuer: { readonly key: KeyObject; readonly subject: string };
}

/**
 * It can sign certificates of servers for the permitted names, and nothing else: no further
 * authorities, no other names (RFC 5280 §4.2.1.10), no people and no programs (§4.2.1.12).
 */
export function createAuthorityCertificate({ key, permitted, ...common }: AuthorityRequest): string {
  const publicKey = createPublicKey(key);
  const extensions = toAuthorityExtensions(publicKey, permitted);
  return write(common, publicKey, { key, subject: common.subject }, extensions);
}

/** Whether a certificate has the extensions of {@link createAuthorityCertificate}, and no others. */
export function hasAuthorityExtensions({ publicKey, raw }: X509Certificate, permitted: readonly string[]): boolean {
  const { extensions } = AsnConvert.parse(raw, Certificate).tbsCertificate;
  if (extensions === undefined) return false;
  const own = new Extensions([...toAuthorityExtensions(publicKey, permitted)]);
  const [found, expected] = [extensions, own].map((one) => Buffer.from(AsnConvert.serialize(one)));
  return expected !== undefined && found?.equals(expected) === true;
}

function toAuthorityExtensions(publicKey: KeyObject, permitted: readonly string[]): readonly Extension[] {
  const subtrees = permitted.map((name) => new GeneralSubtree({ base: toGeneralName(name) }));
  return [
    toExtension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
    toExtension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign), true),
    toExtension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
    toExtension(id_ce_nameConstraints, new NameConstraints({ permittedSubtrees: new GeneralSubtrees(subtrees) }), true),
    toExtension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(toKeyId(publicKey))),
  ];
}

/** It identifies a server under these names (RFC 9525 §6.3). */
export function createServerCertificate({ issuer, names, publicKey, ...common }: ServerRequest): string {
  const issuerId = new KeyIdentifier(toKeyId(createPublicKey(issuer.key)));
  return write(common, publicKey, issuer, [
    toExtension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
    toExtension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
    toExtension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
    toExtension(id_ce_subjectAltName, new SubjectAlternativeName(names.map(toGeneralName))),
    toExtension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(toKeyId(publicKey))),
    toExtension(id_ce_authorityKeyIdentifier, new AuthorityKeyIdentifier({ keyIdentifier: issuerId })),
  ]);
}

function write(
  { notAfter, notBefore, subject }: Common,
  publicKey: KeyObject,
  issuer: ServerRequest["issuer"],
  extensions: readonly Extension[],
): string {
  const algorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 });
  const content = new TBSCertificate({
    version: Version.v3,
    serialNumber: toSerialNumber(),
    signature: algorithm,
    issuer: toName(issuer.subject),
    validity: new Validity({ notBefore, notAfter }),
    subject: toName(subject),
    subjectPublicKeyInfo: AsnConvert.parse(toDer(publicKey), SubjectPublicKeyInfo),
    extensions: new Extensions([...extensions]),
  });
  const signatureValue = toBuffer(sign("sha256", Buffer.from(AsnConvert.serialize(content)), issuer.key));
  const signed = new Certificate({ tbsCertificate: content, signatureAlgorithm: algorithm, signatureValue });
  const lines = Buffer.from(AsnConvert.serialize(signed))
    .toString("base64")
    .replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** Positive, at most 20 bytes, and not to be guessed (RFC 5280 §4.1.2.2). */
function toSerialNumber(): ArrayBuffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return toBuffer(bytes);
}

function toName(text: string): Name {
  const value = new AttributeValue({ utf8String: text });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: commonName, value })])]);
}

function toGeneralName(name: string): GeneralName {
  const [address = ""] = name.split("/");
  return new GeneralName(isIP(address) === 0 ? { dNSName: name } : { iPAddress: name });
}

function toExtension(extnID: string, value: object, critical: boolean = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

/** RFC 5280 §4.2.1.2, with the hash of RFC 7093 §2 (1). */
function toKeyId(publicKey: KeyObject): ArrayBuffer {
  const { subjectPublicKey } = AsnConvert.parse(toDer(publicKey), SubjectPublicKeyInfo);
  return toBuffer(createHash("sha256").update(Buffer.from(subjectPublicKey)).digest().subarray(0, 20));
}

function toDer(publicKey: KeyObject): ArrayBuffer {
  return toBuffer(publicKey.export({ type: "spki", format: "der" }));
}

/** A copy: a `Buffer` is often part of a larger one. */
function toBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
