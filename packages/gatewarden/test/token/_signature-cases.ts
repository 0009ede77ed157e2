// Signatures that are wrong in ways that verifiers have missed: special values, other encodings, other padding, changed text.
import { constants, createHash, privateEncrypt, sign } from "node:crypto";
import { encode, signRaw, type TestKey } from "../support/forge.js";
import { claims, ec, ed, rsa, stranger, token } from "../support/keys.js";
import { cases, type TokenCase } from "./_token-case.js";

const payload = encode(claims());
const input = (alg: string, key: TestKey): string => `${encode({ alg, kid: key.kid })}.${payload}`;
const withSignature = (alg: string, key: TestKey, signature: Uint8Array): string =>
  `${input(alg, key)}.${Buffer.from(signature).toString("base64url")}`;

// P-256 (SEC 2 §2.4.2) and edwards25519 (RFC 8032 §5.1): the orders of their groups.
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const edOrder = 2n ** 252n + 27742317777372353535851937790883648493n;
const size = 32;
const toBytes = (value: bigint, length = size): Buffer =>
  Buffer.from(value.toString(16).padStart(length * 2, "0"), "hex");
const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);

const goodEc = sign("sha256", Buffer.from(input("ES256", ec)), { key: ec.privateKey, dsaEncoding: "ieee-p1363" });
const [r, s] = [toNumber(goodEc.subarray(0, size)), toNumber(goodEc.subarray(size))];
const pair = (r: bigint, s: bigint): Uint8Array => Buffer.concat([toBytes(r), toBytes(s)]);
const ecSignature = (signature: Uint8Array): string => withSignature("ES256", ec, signature);

const special: Readonly<Record<string, bigint>> = {
  "0": 0n,
  "1": 1n,
  "n-1": order - 1n,
  n: order,
  "n+1": order + 1n,
  "2^256-1": 2n ** 256n - 1n,
};

const ecdsa: readonly TokenCase[] = [
  ...Object.entries(special).flatMap(([first, one]) =>
    Object.entries(special).map(([second, other]) => ({
      name: `ECDSA with r = ${first} and s = ${second}`,
      token: ecSignature(pair(one, other)),
      expected: "signature_invalid" as const,
    })),
  ),
  ...cases("signature_invalid", {
    "ECDSA with a good r and s = 0": ecSignature(pair(r, 0n)),
    "ECDSA with r = 0 and a good s": ecSignature(pair(0n, s)),
    "ECDSA with r and s exchanged": ecSignature(pair(s, r)),
    "ECDSA with r negated": ecSignature(pair(order - r, s)),
    "ECDSA in DER": ecSignature(sign("sha256", Buffer.from(input("ES256", ec)), ec.privateKey)),
    "ECDSA of 63 bytes": ecSignature(goodEc.subarray(0, 63)),
    "ECDSA of 65 bytes": ecSignature(Buffer.concat([goodEc, Buffer.of(0)])),
    "ECDSA with a zero in front of r": ecSignature(Buffer.concat([Buffer.of(0), goodEc])),
    "ECDSA padded to 66 and 66 bytes": ecSignature(Buffer.concat([toBytes(r, 66), toBytes(s, 66)])),
    "ECDSA of 32 bytes": ecSignature(goodEc.subarray(0, 32)),
    "ECDSA of one byte": ecSignature(Buffer.of(1)),
    "ECDSA over another hash": ecSignature(
      sign("sha384", Buffer.from(input("ES256", ec)), { key: ec.privateKey, dsaEncoding: "ieee-p1363" }),
    ),
  }),
  ...cases("accepted", { "ECDSA with the other of the two s": ecSignature(pair(r, order - s)) }),
];

const goodEd = sign(null, Buffer.from(input("EdDSA", ed)), ed.privateKey);
const edSum = Buffer.from(toBytes(toNumber(Buffer.from(goodEd.subarray(size)).reverse()) + edOrder)).reverse();
const eddsa = cases("signature_invalid", {
  "EdDSA with S + L": withSignature("EdDSA", ed, Buffer.concat([goodEd.subarray(0, size), edSum])),
  "EdDSA of zeros": withSignature("EdDSA", ed, Buffer.alloc(64)),
  "EdDSA with the neutral point and S = 0": withSignature("EdDSA", ed, Buffer.concat([Buffer.of(1), Buffer.alloc(63)])),
  "EdDSA of 63 bytes": withSignature("EdDSA", ed, goodEd.subarray(0, 63)),
  "EdDSA of 65 bytes": withSignature("EdDSA", ed, Buffer.concat([goodEd, Buffer.of(0)])),
});

const bytes = 256;
const digestInfo = Buffer.from("3031300d060960864801650304020105000420", "hex");
const hash = (alg = "RS256"): Buffer => createHash("sha256").update(input(alg, rsa)).digest();
/** RSA's private operation on a block as it stands. */
const raw = (block: Uint8Array): string =>
  withSignature("RS256", rsa, privateEncrypt({ key: rsa.privateKey, padding: constants.RSA_NO_PADDING }, block));
const padded = (tail: Uint8Array, type = 1, fill = 0xff): Buffer =>
  Buffer.concat([Buffer.of(0, type), Buffer.alloc(bytes - 3 - tail.length, fill), Buffer.of(0), tail]);
const modulus = toNumber(Buffer.from(rsa.jwk.n ?? "", "base64url"));
const goodRsa = sign("sha256", Buffer.from(input("RS256", rsa)), rsa.privateKey);
const rsaSignature = (signature: Uint8Array): string => withSignature("RS256", rsa, signature);
const pss = (saltLength: number): string =>
  withSignature(
    "PS256",
    rsa,
    sign("sha256", Buffer.from(input("PS256", rsa)), {
      key: rsa.privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength,
    }),
  );

const rsassa: readonly TokenCase[] = [
  ...cases("accepted", {
    "a PKCS#1 block made by hand": raw(padded(Buffer.concat([digestInfo, hash()]))),
    "PSS with a salt as long as the hash": pss(32),
  }),
  ...cases("signature_invalid", {
    "RSA 0": rsaSignature(Buffer.alloc(bytes)),
    "RSA 1": rsaSignature(toBytes(1n, bytes)),
    "RSA n-1": rsaSignature(toBytes(modulus - 1n, bytes)),
    "RSA n": rsaSignature(toBytes(modulus, bytes)),
    "RSA 2^2048-1": rsaSignature(Buffer.alloc(bytes, 0xff)),
    "RSA with a zero in front": rsaSignature(Buffer.concat([Buffer.of(0), goodRsa])),
    "RSA with a zero behind": rsaSignature(Buffer.concat([goodRsa, Buffer.of(0)])),
    "RSA of 255 bytes": rsaSignature(goodRsa.subarray(1)),
    "RSA of one byte": rsaSignature(Buffer.of(1)),
    "PKCS#1 block type 0": raw(padded(Buffer.concat([digestInfo, hash()]), 0, 0)),
    "PKCS#1 block type 2": raw(padded(Buffer.concat([digestInfo, hash()]), 2)),
    "PKCS#1 with other padding bytes": raw(padded(Buffer.concat([digestInfo, hash()]), 1, 0xfe)),
    "PKCS#1 without DigestInfo": raw(padded(hash())),
    "PKCS#1 with the OID of SHA-1": raw(
      padded(Buffer.concat([Buffer.from("3021300906052b0e03021a05000414", "hex"), hash().subarray(0, 20)])),
    ),
    "PKCS#1 with a BER length": raw(
      padded(Buffer.concat([Buffer.from("308131", "hex"), digestInfo.subarray(2), hash()])),
    ),
    "PKCS#1 with garbage behind the hash": raw(
      Buffer.concat([
        Buffer.of(0, 1),
        Buffer.alloc(8, 0xff),
        Buffer.of(0),
        digestInfo,
        hash(),
        Buffer.alloc(bytes - 11 - digestInfo.length - 32),
      ]),
    ),
    "PSS without a salt": pss(0),
    "PSS with a salt of 20 bytes": pss(20),
    "PSS with a salt of 64 bytes": pss(64),
    "PS256 signed as RS256": signRaw(encode({ alg: "PS256", kid: "rsa" }), payload, rsa, "RS256"),
    "RS256 signed as PS256": signRaw(encode({ alg: "RS256", kid: "rsa" }), payload, rsa, "PS256"),
    "RS512 signed as RS256": signRaw(encode({ alg: "RS512", kid: "rsa" }), payload, rsa, "RS256"),
  }),
];

const [header = "", body = "", signature = ""] = token().split(".");
const tampering = cases("signature_invalid", {
  "a payload put in place of the signed one": `${header}.${encode(claims({ sub: "admin" }))}.${signature}`,
  "a blank added to the payload": `${header}.${encode(` ${JSON.stringify(claims())}`)}.${signature}`,
  "a header put in place of the signed one": `${encode({ alg: "ES256", kid: "ec", x: 1 })}.${body}.${signature}`,
  "the signature of another token": `${header}.${body}.${token({ sub: "b" }).split(".")[2]}`,
  "a stranger's signature": token({}, { header: { alg: "ES256", kid: "ec" }, key: stranger }),
});

export const signatureCases: readonly TokenCase[] = [...ecdsa, ...eddsa, ...rsassa, ...tampering];
