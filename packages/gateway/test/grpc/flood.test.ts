// What a broken or hostile peer does with HTTP/2 harms its own connection alone.
import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2, constants, type Settings } from "node:http2";
import { connect } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { checkMethod, startEnvoy, toMessage } from "./_envoy.js";

const open = "rules: [{ path: /**, public: true }]\n";
const message = checkMethod.requestSerialize(toMessage({ path: "/a" }));
const question = Buffer.concat([Buffer.from([0, 0, 0, message.length >> 8, message.length & 255]), message]);

async function connectSession(address: string, settings: Settings = {}): Promise<ClientHttp2Session> {
  const session = connectHttp2(address.replace("grpc:", "http:"), { settings });
  session.on("error", () => undefined);
  onTestFinished(() => session.destroy());
  await once(session, "remoteSettings");
  return session;
}

function ask(session: ClientHttp2Session) {
  const stream = session.request({ ":method": "POST", ":path": checkMethod.path, "content-type": "application/grpc" });
  stream.on("error", () => undefined);
  return stream.end(question);
}

test("A flood of cancelled questions ends its connection (CVE-2023-44487)", async () => {
  const { gateway, check } = await startEnvoy(open);
  const session = await connectSession(gateway.address);
  for (let round = 0; round < 500 && !session.destroyed && !session.closed; round++) {
    for (let count = 0; count < 100; count++) if (!session.closed) ask(session).close(constants.NGHTTP2_CANCEL);
    await turn();
  }
  expect(session.destroyed || session.closed).toBe(true);
  expect((await check({ path: "/a" })).status).toBe(200);
  await vi.waitFor(() => expect(gateway.status().pending).toBe(0), { timeout: 20_000, interval: 25 });
});

test("A flood of CONTINUATION frames ends its connection (CVE-2024-27983)", async () => {
  const { gateway, check } = await startEnvoy(open);
  const socket = connect(Number(new URL(gateway.address.replace("grpc:", "http:")).port), "127.0.0.1").resume();
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  const toFrame = (type: number, stream: number, content = Buffer.alloc(0)) =>
    Buffer.concat([Buffer.from([0, 0, content.length, type, 0, 0, 0, 0, stream]), content]);
  // A literal field without indexing (RFC 7541 §6.2.2): "a" and 100 bytes.
  const literal = Buffer.concat([Buffer.from([0, 1, 0x61, 100]), Buffer.alloc(100, 0x62)]);
  socket.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), toFrame(4, 0), toFrame(1, 1)]));
  for (let count = 0; count < 20_000 && !socket.destroyed; count++) {
    socket.write(toFrame(9, 1, literal));
    if (count % 50 === 0) await turn();
  }
  await closed;
  expect((await check({ path: "/a" })).status).toBe(200);
});

test("Answers that are not read do not keep the gateway from closing", async () => {
  const { gateway } = await startEnvoy(`limits: { drainTimeout: 0.5 }\n${open}`);
  const session = await connectSession(gateway.address, { initialWindowSize: 0 });
  await once(ask(session), "response");
  await gateway.close();
  await vi.waitFor(() => expect(session.destroyed).toBe(true), { timeout: 20_000, interval: 25 });
});
