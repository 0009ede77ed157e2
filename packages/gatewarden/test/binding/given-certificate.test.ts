// `mtls.certificate` as a function: the application finds the client's certificate (RFC 8705 §3).
import { createServer, request as sendTls } from "node:https";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { protect } from "../../src/adapters/node.js";
import { AuthError, ConfigError, type Connection, type GetCertificate, type GuardRequest } from "../../src/index.js";
import { createIdentity, type Identity } from "../support/certificates.js";
import { listenWith, toTlsOptions } from "../support/listen.js";
import { guardWith, issue, requestWith, verdictOf } from "../support/senders.js";

let client: Identity;
let stranger: Identity;
let token: string;

beforeAll(async () => {
  [client, stranger] = [createIdentity("client"), createIdentity("stranger")];
  token = await issue({ cnf: { "x5t#S256": client.thumbprint } });
});

const guardOf = (certificate: unknown) =>
  guardWith({ mtls: { mode: "allowed", certificate: certificate as GetCertificate } });
const toHex = (thumbprint: string) => Buffer.from(thumbprint, "base64url").toString("hex");
const ask = (certificate: unknown, connection: Connection = { isEncrypted: true }, headers = {}) =>
  verdictOf(guardOf(certificate), requestWith({ authorization: `Bearer ${token}`, ...headers }, { connection }));

/** How a certificate may be given. */
const forms: readonly (readonly [string, (identity: Identity) => unknown])[] = [
  ["PEM text", ({ cert }) => cert],
  ["DER bytes", ({ der }) => new Uint8Array(der)],
  ["a Buffer", ({ der }) => Buffer.from(der)],
  ["the thumbprint in base64url", ({ thumbprint }) => ({ thumbprint })],
  ["the thumbprint in hex", ({ thumbprint }) => ({ thumbprint: toHex(thumbprint) })],
  [
    "the thumbprint as node:tls writes it",
    ({ thumbprint }) => ({ thumbprint: toHex(thumbprint).toUpperCase().match(/../g)?.join(":") }),
  ],
  ["a promise", async ({ cert }) => cert],
];

describe.each(forms)("A function that returns %s", (_name, give) => {
  test("admits the token's own certificate", async () => {
    expect(await ask(() => give(client))).toBe("accepted");
  });

  test("refuses another", async () => {
    expect(await ask(() => give(stranger))).toBe("certificate_mismatch");
  });
});

describe("A function that returns something else refuses", () => {
  const wrongs: readonly (readonly [string, () => unknown, string])[] = [
    ["undefined", () => undefined, "certificate_missing"],
    ["null", () => null, "certificate_missing"],
    ["empty text", () => "", "certificate_missing"],
    ["text that is not PEM", () => client.thumbprint, "certificate_malformed"],
    ["PEM of two certificates", () => client.cert + client.cert, "certificate_malformed"],
    ["PEM as bytes", () => Buffer.from(client.cert), "certificate_malformed"],
    ["no bytes", () => new Uint8Array(), "certificate_malformed"],
    ["true", () => true, "certificate_malformed"],
    ["an empty object", () => ({}), "certificate_malformed"],
    ["a list", () => [client.cert], "certificate_malformed"],
    ["an empty thumbprint", () => ({ thumbprint: "" }), "certificate_malformed"],
    ["a SHA-1 thumbprint", () => ({ thumbprint: "A".repeat(27) }), "certificate_malformed"],
    ["a shortened thumbprint", () => ({ thumbprint: client.thumbprint.slice(1) }), "certificate_malformed"],
    ["another encoding of the last character", () => ({ thumbprint: `${"A".repeat(42)}B` }), "certificate_malformed"],
    ["a rejected promise", () => Promise.reject(new Error("late")), "check_failed"],
  ];

  test.each(wrongs)("%s", async (_name, give, expected) => {
    expect(await ask(give)).toBe(expected);
  });

  test("nothing, since it throws, and no message of the answer tells why", async () => {
    const guard = guardOf(() => decodeURIComponent("%"));
    const error = await guard.attempt(requestWith({ authorization: `Bearer ${token}` }, {}));
    expect(error).toMatchObject({ reason: "check_failed", status: 500 });
    expect(JSON.stringify(guard.refusal(error as AuthError))).not.toContain("URI");
  });
});

describe("Beside such a function", () => {
  test("the connection's own certificate does not count", async () => {
    expect(await ask(() => undefined, { isEncrypted: true, certificate: client.der })).toBe("certificate_missing");
    expect(await ask(() => client.cert, { isEncrypted: true, certificate: stranger.der })).toBe("accepted");
  });

  test("a proxy's header does not count either", async () => {
    const headers = { "client-cert": `:${Buffer.from(client.der).toString("base64")}:` };
    expect(await ask(() => undefined, { isEncrypted: true }, headers)).toBe("certificate_missing");
  });

  test("a token that is not bound needs no certificate, and the function is not asked", async () => {
    const guard = guardOf(() => {
      throw new Error("asked");
    });
    expect(await verdictOf(guard, requestWith({ authorization: `Bearer ${await issue({})}` }, {}))).toBe("accepted");
  });

  test("a token alone, without a request, cannot be proven", async () => {
    const outcome = await guardOf(() => client.cert)
      .verify(token)
      .catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(AuthError);
    expect((outcome as AuthError).reason).toBe("binding_unproven");
  });

  test.each(["nginx", true, null, []])("%j is neither a function nor an object", (value) => {
    expect(() => guardOf(value)).toThrow(ConfigError);
  });
});

test("the function reads the framework's own request: here the socket of node:https", async () => {
  const guard = guardOf(({ incoming }: GuardRequest) => {
    const { socket } = incoming as { socket: import("node:tls").TLSSocket };
    return { thumbprint: socket.getPeerCertificate().fingerprint256 };
  });
  const server = createIdentity("localhost");
  const listening = await listenWith(
    createServer(
      toTlsOptions(server),
      protect(guard, (_request, response, auth) => response.end(auth.subject ?? "")),
    ),
  );
  const call = ({ key, cert }: Identity): Promise<number> =>
    new Promise((resolve, reject) => {
      const terms = { key, cert, rejectUnauthorized: false, headers: { authorization: `Bearer ${token}` } };
      const sent = sendTls(listening.origin, { ...terms, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      sent.on("error", reject).end();
    });
  try {
    expect(await call(client)).toBe(200);
    expect(await call(stranger)).toBe(401);
  } finally {
    await listening.close();
  }
});

test("its types tell what it may return", () => {
  const read: GetCertificate = ({ headers }) => (headers === undefined ? undefined : { thumbprint: "" });
  expectTypeOf(read).parameter(0).toEqualTypeOf<GuardRequest>();
  // @ts-expect-error: a number is not a certificate.
  const wrong: GetCertificate = () => 1;
  expect([typeof read, typeof wrong]).toEqual(["function", "function"]);
});
