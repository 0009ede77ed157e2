// TLS: real servers with certificates that OpenSSL made, each bad in one way.
import { X509Certificate } from "node:crypto";
import { createServer, type Server as HttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createIdentity } from "../../../support/certificates.js";
import { type Authority, createAuthority, type ServerIdentity } from "../_certificates.js";
import { examineIssuer, expectFinding } from "../_examine.js";

let authority: Authority;
beforeAll(() => {
  authority = createAuthority("Acme Root");
});
afterAll(() => authority.close());

const servers: (Server | HttpsServer)[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function start(server: Server | HttpsServer): Promise<number> {
  servers.push(server);
  server.on("connection", (socket: Socket) => void sockets.add(socket.on("error", () => {})));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const serve = (identity: ServerIdentity) => start(createServer(identity, (_request, response) => void response.end()));
const local = { lookup: async () => [{ address: "127.0.0.1", family: 4 }] };

describe("A certificate", () => {
  it("that signed itself is not believed", async () => {
    const port = await serve(createIdentity("idp.acme.test"));
    const seen = await examineIssuer(`https://127.0.0.1:${port}/`);
    expect(expectFinding(seen, "tls_self_signed", "127.0.0.1").message).toContain("idp.acme.test");
    expect(expectFinding(seen, "tls_self_signed", "127.0.0.1").fix).toContain("NODE_EXTRA_CA_CERTS");
    expect(seen.codes).toEqual(["tls_self_signed"]);
  });

  it("of an unknown authority names that, and how to trust it", async () => {
    const { key, cert } = authority.issue("IP:127.0.0.1");
    const port = await serve({ key, cert: `${cert}${authority.cert}` });
    const seen = await examineIssuer(`https://127.0.0.1:${port}/`);
    expect(expectFinding(seen, "tls_unknown_ca", "Acme Root").fix).toContain("NODE_EXTRA_CA_CERTS");
    expect(seen.codes).toEqual(["tls_unknown_ca"]);
  });

  it("that comes without its issuer's is an incomplete chain", async () => {
    const port = await serve(authority.issue("IP:127.0.0.1"));
    const seen = await examineIssuer(`https://127.0.0.1:${port}/`);
    expectFinding(seen, "tls_chain_incomplete", "Acme Root");
    expect(seen.codes).toEqual(["tls_chain_incomplete"]);
  });

  it("that has expired says when, whatever else is wrong with it", async () => {
    const identity = authority.issue("IP:127.0.0.1", -1);
    const seen = await examineIssuer(`https://127.0.0.1:${await serve(identity)}/`);
    const end = new Date(new X509Certificate(identity.cert).validTo).toISOString().slice(0, 10);
    expect(expectFinding(seen, "tls_expired", "127.0.0.1").message).toContain(end);
  });

  it("that is not valid yet points to the clock", async () => {
    const port = await serve(createIdentity("idp.acme.test"));
    const seen = await examineIssuer(`https://127.0.0.1:${port}/`, { now: () => Date.UTC(2020, 0, 1) / 1000 });
    expect(expectFinding(seen, "tls_not_yet_valid", "127.0.0.1").fix).toContain("2020-01-01");
  });

  it("for another host lists the names that it is for", async () => {
    const port = await serve(authority.issue("DNS:login.acme.test,DNS:*.idp.acme.test"));
    const seen = await examineIssuer(`https://other.acme.test:${port}/`, local);
    const { message } = expectFinding(seen, "tls_wrong_host", "other.acme.test");
    expect(message).toContain("login.acme.test, *.idp.acme.test");
  });

  it("keeps doctor from asking anything over such a connection", async () => {
    const requests: string[] = [];
    const identity = createIdentity("idp.acme.test");
    const server = createServer(identity, (request) => void requests.push(request.url ?? ""));
    await examineIssuer(`https://127.0.0.1:${await start(server)}/`);
    expect(requests).toEqual([]);
  });
});

describe("A server", () => {
  it("that speaks plain http is told from one with a bad certificate", async () => {
    const port = await start(createTcpServer((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
    const seen = await examineIssuer(`https://127.0.0.1:${port}/`);
    expectFinding(seen, "tls_not_spoken", String(port), "127.0.0.1");
    expect(seen.codes).toEqual(["tls_not_spoken"]);
  });

  it("that never finishes the handshake is given up", async () => {
    const port = await start(createTcpServer((socket) => void socket.resume()));
    const seen = await examineIssuer(`https://127.0.0.1:${port}/`, { args: ["--timeout", "1"] });
    expect(expectFinding(seen, "tls_timeout", String(port)).message).toContain("within 1 s");
  });

  it("that hangs up during the handshake is shown with the code", async () => {
    const port = await start(createTcpServer((socket) => void socket.destroy()));
    const seen = await examineIssuer(`https://127.0.0.1:${port}/`);
    expect(expectFinding(seen, "tls_failed", "127.0.0.1").message).toContain("ECONNRESET");
  });
});
