// Certificate-bound tokens (RFC 8705 §3): the connection's certificate, or a header of a trusted proxy and of nobody else.
import { beforeAll, describe, expect, test } from "vitest";
import type { Connection, GuardOptions } from "../../src/index.js";
import { createIdentity, type Identity } from "../support/certificates.js";
import { createSender, guardWith, issue, prove, requestWith, verdictOf } from "../support/senders.js";

let client: Identity;
let stranger: Identity;
let token: string;

beforeAll(async () => {
  [client, stranger] = [createIdentity("client"), createIdentity("stranger")];
  token = await issue({ cnf: { "x5t#S256": client.thumbprint } });
});

const allowed: GuardOptions = { mtls: { mode: "allowed" } };
const behind: Connection = { isEncrypted: false, address: "10.0.0.1" };
const presenting = (identity?: Identity): Connection => ({ isEncrypted: true, certificate: identity?.der });

type Headers = Record<string, string | string[] | undefined>;

async function verdict(options: GuardOptions, connection: Connection, headers: Headers = {}, bound = token) {
  return verdictOf(guardWith(options), requestWith({ authorization: `Bearer ${bound}`, ...headers }, { connection }));
}

describe("The connection's certificate, against x5t#S256 (RFC 8705 §3.1)", () => {
  test("is accepted when it is the token's", async () => {
    expect(await verdict(allowed, presenting(client))).toBe("accepted");
  });
  test("is not asked for where the token is not bound", async () => {
    const connection = Object.defineProperty({ isEncrypted: true }, "certificate", {
      get: () => {
        throw new Error("asked");
      },
    });
    expect(await verdict(allowed, connection, {}, await issue({}))).toBe("accepted");
  });
  test("Attack: a stolen token with another certificate", async () => {
    expect(await verdict(allowed, presenting(stranger))).toBe("certificate_mismatch");
  });
  test("Attack: a stolen token without a certificate", async () => {
    expect(await verdict(allowed, presenting())).toBe("certificate_missing");
    expect(await verdict({ ...allowed, dpop: { mode: "off" } }, presenting())).toBe("certificate_missing");
  });
  test("off refuses the token even with its certificate", async () => {
    expect(await verdict({}, presenting(client))).toBe("binding_unproven");
  });
  test("required refuses a token that is not bound", async () => {
    expect(await verdict({ mtls: { mode: "required" } }, presenting(client), {}, await issue({}))).toBe(
      "binding_missing",
    );
    expect(await verdict({ mtls: { mode: "required" } }, presenting(client))).toBe("accepted");
  });
  test("a token bound to both must prove both", async () => {
    const sender = await createSender();
    const both = await issue({ cnf: { jkt: sender.jkt, "x5t#S256": client.thumbprint } });
    const guard = guardWith(allowed);
    const attempt = (identity: Identity | undefined, dpop: string | undefined, scheme = "DPoP") =>
      verdictOf(guard, requestWith({ authorization: `${scheme} ${both}`, dpop }, { connection: presenting(identity) }));
    expect(await attempt(client, prove(sender, both))).toBe("accepted");
    expect(await attempt(client, undefined)).toBe("dpop_proof_missing");
    expect(await attempt(stranger, prove(sender, both))).toBe("certificate_mismatch");
    expect(await attempt(client, undefined, "Bearer")).toBe("binding_unproven");
  });
});

describe("Attack: a malformed thumbprint", () => {
  test.each([
    ["empty", () => ""],
    ["null", () => null],
    ["a number", () => 1],
    ["a list", () => [client.thumbprint]],
    ["SHA-1", () => "A".repeat(27)],
    ["hex", () => Buffer.from(client.thumbprint, "base64url").toString("hex")],
    ["padded", () => `${client.thumbprint}=`],
    ["base64", () => `+${client.thumbprint.slice(1)}`],
    ["with blanks", () => ` ${client.thumbprint}`],
  ])("%s", async (_name, thumbprint) => {
    const bad = await issue({ cnf: { "x5t#S256": thumbprint() } });
    expect(await verdict(allowed, presenting(client), {}, bad)).toBe("binding_unproven");
  });
});

const nginx = (cert: string) => encodeURIComponent(cert);
const xfccHash = (identity: Identity) => Buffer.from(identity.thumbprint, "base64url").toString("hex");

describe("Attack: a certificate header that a client made up", () => {
  const headers = () => ({
    "x-client-cert": nginx(client.cert),
    "ssl-client-cert": nginx(client.cert),
    "x-ssl-client-cert": nginx(client.cert),
    "x-forwarded-client-cert": `Hash=${xfccHash(client)}`,
    "x-forwarded-tls-client-cert": nginx(client.cert),
    "x-arr-clientcert": Buffer.from(client.der).toString("base64"),
    "client-cert": `:${Buffer.from(client.der).toString("base64")}:`,
  });
  test("where none is configured", async () => {
    expect(await verdict(allowed, behind, headers())).toBe("certificate_missing");
    expect(await verdict({ ...allowed, trustProxy: true }, behind, headers())).toBe("certificate_missing");
  });
  test("beside the one that is configured", async () => {
    const options: GuardOptions = {
      mtls: { mode: "allowed", certificate: { format: "nginx", header: "X-From-Nginx" } },
      trustProxy: true,
    };
    expect(await verdict(options, behind, headers())).toBe("certificate_missing");
  });
  test("from another address than the proxy's", async () => {
    const options: GuardOptions = {
      mtls: { mode: "allowed", certificate: { format: "envoy" } },
      trustProxy: { addresses: ["10.0.0.0/8"] },
    };
    expect(await verdict(options, behind, headers())).toBe("accepted");
    expect(await verdict(options, { isEncrypted: false, address: "192.0.2.1" }, headers())).toBe("certificate_missing");
    expect(await verdict(options, { isEncrypted: false }, headers())).toBe("certificate_missing");
  });
  test("does not hide that the connection itself has the certificate, where no proxy stands between", async () => {
    const options: GuardOptions = {
      mtls: { mode: "allowed", certificate: { format: "envoy" } },
      trustProxy: { addresses: ["10.0.0.0/8"] },
    };
    expect(await verdict(options, presenting(client), { "x-forwarded-client-cert": "Hash=x" })).toBe("accepted");
  });
  test("the proxy's own certificate does not stand in for the client's", async () => {
    const options: GuardOptions = { mtls: { mode: "allowed", certificate: { format: "envoy" } }, trustProxy: true };
    expect(await verdict(options, presenting(client))).toBe("certificate_missing");
  });
});

describe("nginx ($ssl_client_escaped_cert)", () => {
  const options: GuardOptions = {
    mtls: { mode: "allowed", certificate: { format: "nginx", header: "X-Client-Cert" } },
    trustProxy: true,
  };
  const read = (value: string | string[]) => verdict(options, behind, { "x-client-cert": value });

  test("the token's certificate", async () => expect(await read(nginx(client.cert))).toBe("accepted"));
  test("another certificate", async () => expect(await read(nginx(stranger.cert))).toBe("certificate_mismatch"));
  test("none", async () => expect(await read("")).toBe("certificate_missing"));
  test.each<[string, () => string | string[]]>([
    ["two headers", () => [nginx(client.cert), nginx(client.cert)]],
    ["two joined", () => `${nginx(stranger.cert)}, ${nginx(client.cert)}`],
    ["two in one", () => nginx(stranger.cert + client.cert)],
    ["a broken escape", () => `${nginx(client.cert)}%`],
    ["not PEM", () => Buffer.from(client.der).toString("base64")],
    ["another label", () => nginx(client.cert.replaceAll("CERTIFICATE", "PUBLIC KEY"))],
    ["text in front", () => nginx(`x${client.cert}`)],
    ["base64 with a blank", () => nginx(client.cert.replace("MII", "M II"))],
  ])("%s", async (_name, value) => expect(await read(value())).toBe("certificate_malformed"));
});

describe("Envoy (x-forwarded-client-cert)", () => {
  const options: GuardOptions = { mtls: { mode: "allowed", certificate: { format: "envoy" } }, trustProxy: true };
  const read = (value: string) => verdict(options, behind, { "x-forwarded-client-cert": value });
  const pem = () => `Cert="${nginx(client.cert)}"`;

  test.each<[string, () => string]>([
    ["Hash", () => `By=spiffe://a/b;Hash=${xfccHash(client)};URI=spiffe://a/c;DNS=a.example;DNS=b.example`],
    ["Hash in capitals", () => `hash=${xfccHash(client).toUpperCase()}`],
    ["Cert", () => `By=;${pem()};Chain="${nginx(client.cert + stranger.cert)}"`],
    ["both", () => `Hash=${xfccHash(client)};${pem()}`],
    [
      "a subject with what looks like more",
      () => `Subject="CN=a;Hash=${"0".repeat(64)},\\"b\\"";Hash=${xfccHash(client)}`,
    ],
  ])("%s", async (_name, value) => expect(await read(value())).toBe("accepted"));

  test("another certificate's Hash", async () => {
    expect(await read(`Hash=${xfccHash(stranger)}`)).toBe("certificate_mismatch");
  });
  test.each<[string, () => string]>([
    ["an element of the client's in front", () => `Hash=${xfccHash(client)},Hash=${xfccHash(stranger)}`],
    ["an element of the client's behind", () => `Hash=${xfccHash(stranger)},${pem()}`],
    ["Hash twice", () => `Hash=${xfccHash(stranger)};Hash=${xfccHash(client)}`],
    ["Hash and another Cert", () => `Hash=${xfccHash(stranger)};${pem()}`],
    ["neither", () => 'Subject="CN=a";URI=spiffe://a'],
    ["a Hash inside the subject", () => `Subject="CN=a;Hash=${xfccHash(client)}"`],
    ["a Hash that is too short", () => "Hash=abcd"],
    ["an open quote", () => `Subject="CN=a;Hash=${xfccHash(client)}`],
  ])("%s", async (_name, value) => expect(await read(value())).toBe("certificate_malformed"));
});

describe("RFC 9440 (Client-Cert)", () => {
  const options: GuardOptions = { mtls: { mode: "allowed", certificate: { format: "rfc9440" } }, trustProxy: true };
  const read = (value: string) => verdict(options, behind, { "client-cert": value });
  const base64 = (identity: Identity) => Buffer.from(identity.der).toString("base64");

  test("the token's certificate", async () => expect(await read(`:${base64(client)}:`)).toBe("accepted"));
  test("another certificate", async () => expect(await read(`:${base64(stranger)}:`)).toBe("certificate_mismatch"));
  test.each<[string, () => string]>([
    ["no colons", () => base64(client)],
    ["two", () => `:${base64(stranger)}:, :${base64(client)}:`],
    ["stray bits", () => ":AB==:"],
  ])("%s", async (_name, value) => expect(await read(value())).toBe("certificate_malformed"));
});
