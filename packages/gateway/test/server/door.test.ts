// Who may connect. A stranger that resets its connection before it is accepted has no address any
// more, but what it sent can still be read.
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { Duplex } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { authorizerRole, recordType, toRecords } from "../../src/fastcgi/records.js";
import type { ProxyName } from "../../src/proxy/kinds.js";
import { checkMethod, toMessage } from "../grpc/_envoy.js";
import { startTestGateway } from "../support/gateway.js";

const open = "rules: [{ path: /**, public: true }]\n";
const soon = { timeout: 20_000, interval: 10 };

function toHttp(): Buffer {
  const facts = { Method: "GET", URI: "/a", Host: "api.example.com", Proto: "https", Address: "192.0.2.1" };
  const lines = Object.entries(facts).map(([name, value]) => `X-Original-${name}: ${value}\r\n`);
  return Buffer.from(`GET /authorize HTTP/1.1\r\nHost: a\r\n${lines.join("")}\r\n`);
}

function toFastCgi(): Buffer {
  const variables = {
    REQUEST_METHOD: "GET",
    REQUEST_URI: "/a",
    HTTP_HOST: "api.example.com",
    REQUEST_SCHEME: "https",
    REMOTE_ADDR: "192.0.2.1",
  };
  const pairs = Object.entries(variables).map(([name, value]) =>
    Buffer.from([name.length, value.length, ...Buffer.from(name + value)]),
  );
  const begin = toRecords(recordType.beginRequest, 1, Buffer.from([0, authorizerRole, 0, 0, 0, 0, 0, 0]));
  const end = toRecords(recordType.params, 1, Buffer.alloc(0));
  return Buffer.concat([begin, toRecords(recordType.params, 1, Buffer.concat(pairs)), end]);
}

/** What a client of HTTP/2 writes before the server said anything. */
async function toGrpc(): Promise<Buffer> {
  const message = Buffer.from(checkMethod.requestSerialize(toMessage({ path: "/a" })));
  let written = Buffer.alloc(0);
  const wire = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      written = Buffer.concat([written, chunk]);
      done();
    },
  });
  const session = connectHttp2("http://a", { createConnection: () => wire });
  const stream = session.request({ ":method": "POST", ":path": checkMethod.path, "content-type": "application/grpc" });
  stream.end(Buffer.concat([Buffer.from([0, 0, 0, message.length >> 8, message.length & 255]), message]));
  await vi.waitFor(() => expect(written.includes(message.subarray(-16))).toBe(true), soon);
  session.destroy();
  return written;
}

/** Another process, since this one must not accept before the reset is there. */
const sendAndReset = `
  const [port, bytes] = process.argv.slice(1);
  const socket = require("node:net").connect(Number(port), "127.0.0.1", () => {
    socket.write(Buffer.from(bytes, "base64"), () => socket.resetAndDestroy());
  });
`;

describe.each<[ProxyName, () => Buffer | Promise<Buffer>]>([
  ["haproxy", toHttp],
  ["apache", toFastCgi],
  ["envoy-grpc", toGrpc],
])("The listener for %s", (proxy, toBytes) => {
  const start = async (from: string) => {
    const { gateway, lines } = await startTestGateway(`from: [${from}]\n${open}`, { overrides: { proxy } });
    const port = new URL(gateway.address.replace(/^\w+:/, "http:")).port;
    const countDecisions = () => lines.filter((line) => line.includes('"decision"')).length;
    return { port, countDecisions };
  };

  test("answers a proxy that it knows", async () => {
    const { port, countDecisions } = await start("127.0.0.1");
    const socket = connect(Number(port), "127.0.0.1").resume();
    socket.write(await toBytes());
    await vi.waitFor(() => expect(countDecisions()).toBe(1), soon);
    socket.destroy();
  });

  test("reads nothing of a stranger that is gone before it is accepted (CWE-290)", async () => {
    const { port, countDecisions } = await start("192.0.2.9");
    const bytes = (await toBytes()).toString("base64");
    expect(spawnSync(process.execPath, ["-e", sendAndReset, port, bytes]).status).toBe(0);
    // One that came later is turned away: the first has had its turn.
    const next = connect(Number(port), "127.0.0.1").resume();
    next.on("error", () => undefined);
    await once(next, "close");
    await wait(100);
    expect(countDecisions()).toBe(0);
  });
});
