// What clients and applications may do wrong with sockets: every connection gets its answer, and
// the process lives on (CWE-248).
import { once } from "node:events";
import { connect } from "node:net";
import type { Server } from "socket.io";
import type { Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { createGuard, type Guard } from "../../src/index.js";
import { options, token } from "../support/keys.js";
import { call } from "../support/request.js";
import {
  event,
  openSocketIo,
  openWs,
  refusalOf,
  replaceIn,
  type SocketIoTerms,
  startSocketIo,
  startWs,
  stopAll,
  type TestSocket,
} from "./_connections.js";
import { exchange, requestText } from "./_wire.js";

const guard = createGuard(options()) as Guard<unknown>;
const alice = token({ sub: "alice" });
const fail = (): never => {
  throw new TypeError("The application's own fault");
};

const faults: unknown[] = [];
const collect = (fault: unknown) => void faults.push(fault);
beforeAll(() => void process.on("unhandledRejection", collect).on("uncaughtException", collect));
afterAll(() => void process.off("unhandledRejection", collect).off("uncaughtException", collect));
beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterEach(async () => {
  await stopAll();
  vi.restoreAllMocks();
  expect(faults.splice(0)).toEqual([]);
});

async function whoIs(client: Socket): Promise<unknown> {
  await event(client, "connect");
  return client.emitWithAck("who");
}

const oddTokens: [string, unknown][] = [
  ["an object that breaks coercion", { toString: 1, valueOf: 1 }],
  ["an object whose toString is text", { toString: "x" }],
  ["an object with a prototype of its own", JSON.parse('{"__proto__":{"toString":1}}')],
  ["an operator of a database", { $gt: "" }],
  ["a list", []],
  ["a list of one token", [alice]],
  ["a number", 1],
  ["true", true],
  ["empty text", ""],
];

describe("A Socket.IO handshake", () => {
  test.each(oddTokens)("whose token is %s is refused as malformed", async (_name, odd) => {
    const origin = await startSocketIo({ guard });
    expect(await refusalOf(openSocketIo(origin, { auth: { token: odd } }))).toMatchObject({
      reason: "credentials_malformed",
    });
    expect(await whoIs(openSocketIo(origin, { auth: { token: alice } }))).toBe("alice");
  });

  test.each(oddTokens)("whose token is %s is no anonymous one", async (_name, odd) => {
    const origin = await startSocketIo({ guard, need: [{ optional: true }] });
    const refusal = await refusalOf(openSocketIo(origin, { auth: { token: odd } }));
    expect(refusal).toMatchObject({ reason: "credentials_malformed" });
    expect(await whoIs(openSocketIo(origin))).toBeNull();
  });

  test("whose token is null has none, as `localStorage.getItem` says of one that is not there", async () => {
    const auth = { token: null };
    const strict = await startSocketIo({ guard });
    expect(await refusalOf(openSocketIo(strict, { auth }))).toMatchObject({ reason: "credentials_missing" });
    const optional = await startSocketIo({ guard, need: [{ optional: true }] });
    expect(await whoIs(openSocketIo(optional, { auth }))).toBeNull();
    const extraHeaders = { authorization: `Bearer ${alice}` };
    expect(await whoIs(openSocketIo(strict, { auth, extraHeaders }))).toBe("alice");
  });

  test.each(["0null", "0[1]", '0"x"', "0{", '0["token"]', "0/admin", '2["who"]'])(
    "whose packet is %s leaves the server alive",
    async (packet) => {
      const origin = await startSocketIo({ guard });
      const socket = openWs(`${origin}/socket.io/?EIO=4&transport=websocket`);
      await once(socket, "message");
      socket.send(`4${packet}`);
      await Promise.race([once(socket, "close"), once(socket, "message")]);
      expect(await whoIs(openSocketIo(origin, { auth: { token: alice } }))).toBe("alice");
    },
  );

  test.each<[string, Partial<Guard<unknown>>]>([
    ["refusal", { refusal: fail }],
    ["attempt", { attempt: fail }],
    ["attempt, later", { attempt: () => Promise.reject(new TypeError("The guard's fault")) }],
    ["all of it", { attempt: fail, refusal: fail, status: fail }],
  ])("is refused where the guard fails at %s", async (_name, changes) => {
    const origin = await startSocketIo({ guard: replaceIn(guard, changes) });
    const auth = { token: "refusal" in changes && !("attempt" in changes) ? "x" : alice };
    expect(await refusalOf(openSocketIo(origin, { auth }))).toMatchObject({ reason: "check_failed" });
  });

  test("is refused where a middleware behind the check throws", async () => {
    const isFatal = (socket: TestSocket) => socket.handshake.query["fatal"] === "1";
    const prepare = (server: Server) => void server.use((socket, next) => (isFatal(socket) ? fail() : next()));
    const origin = await startSocketIo({ guard, prepare });
    const auth = { token: alice };
    const refusal = await refusalOf(openSocketIo(origin, { auth, query: { fatal: "1" } }));
    expect(refusal).toMatchObject({ reason: "check_failed" });
    expect(await whoIs(openSocketIo(origin, { auth }))).toBe("alice");
  });
});

describe("A Socket.IO handshake over polling", () => {
  test("with two Host headers shows both, also where its token is in `auth`", async () => {
    const hosts: unknown[] = [];
    const attempt: Guard<unknown>["attempt"] = (request, ...rest) => {
      hosts.push(Reflect.get(request.headers, "host"));
      return guard.attempt(request, ...rest);
    };
    const origin = await startSocketIo({ guard: replaceIn(guard, { attempt }) });
    const path = "/socket.io/?EIO=4&transport=polling";
    const [opened] = await exchange(Number(new URL(origin).port), requestText(path, ["Host: other.test"]));
    const { sid } = JSON.parse(opened?.body.slice(1) ?? "");
    const url = `${origin}${path}&sid=${sid}`;
    await fetch(url, { method: "POST", body: `40${JSON.stringify({ token: alice })}` });
    expect(await (await fetch(url)).text()).toMatch(/^40/);
    expect(hosts).toEqual([["api.test", "other.test"]]);
  });
});

describe("The Socket.IO event `authenticate`", () => {
  const connected = async (terms: Partial<SocketIoTerms> = {}) => {
    const origin = await startSocketIo({ guard, ...terms });
    const client = openSocketIo(origin, { auth: { token: alice } });
    await event(client, "connect");
    return client;
  };

  test.each([...oddTokens, ["null", null]])("with %s is refused as malformed", async (_name, odd) => {
    const client = await connected();
    expect(await client.emitWithAck("authenticate", odd)).toMatchObject({ reason: "credentials_malformed" });
    expect(await client.emitWithAck("who")).toBe("alice");
  });

  test("without a token is answered too, and need not wait for the answer", async () => {
    const client = await connected();
    expect(await client.emitWithAck("authenticate")).toMatchObject({ reason: "credentials_malformed" });
    for (const args of [[], [alice, "no function"], [alice, { call: 1, apply: 1 }]]) {
      client.emit("authenticate", ...args);
      expect(await client.emitWithAck("who")).toBe("alice");
    }
    expect(await client.emitWithAck("authenticate", alice, "more", { and: "more" })).toHaveProperty("expires_at");
  });

  test("is answered where `refusal` throws, and where the check does", async () => {
    const broken = { isOn: false };
    const attempt: Guard<unknown>["attempt"] = (request, ...need) =>
      broken.isOn ? fail() : guard.attempt(request, ...need);
    const client = await connected({ guard: replaceIn(guard, { attempt, refusal: fail }) });
    expect(await client.emitWithAck("authenticate", 1)).toMatchObject({ reason: "check_failed" });
    broken.isOn = true;
    expect(await client.emitWithAck("authenticate", alice)).toMatchObject({ reason: "check_failed" });
    expect(await client.emitWithAck("who")).toBe("alice");
  });
});

describe("A ws upgrade", () => {
  const upgrade = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "AQIDBAUGBwgJCgsMDQ4PEA==",
  };
  const headers = { ...upgrade, authorization: `Bearer ${alice}` };

  test.each<[string, Partial<Guard<unknown>>]>([
    ["attempt", { attempt: fail }],
    ["attempt, later", { attempt: () => Promise.reject(new TypeError("The guard's fault")) }],
    ["responseHeaders", { responseHeaders: fail }],
    ["all of it", { attempt: fail, refusal: fail, status: fail }],
  ])("is answered 500 where the guard fails at %s", async (_name, changes) => {
    const origin = await startWs({ guard: replaceIn(guard, changes) });
    const answer = await call(origin, { headers });
    expect([answer.status, answer.json]).toMatchObject([500, { reason: "check_failed" }]);
  });

  test("is answered 500 where `refusal` throws, or who listens to the server's headers", async () => {
    const origin = await startWs({ guard: replaceIn(guard, { refusal: fail }) });
    expect((await call(origin, { headers: upgrade })).status).toBe(500);
    const sockets = new WebSocketServer({ noServer: true }).on("headers", fail);
    expect((await call(await startWs({ guard, sockets }), { headers })).status).toBe(500);
  });

  test.each([
    ["throws", fail],
    ["rejects", async () => fail()],
  ])("whose application %s is closed, and the operator is told", async (_name, onConnection) => {
    const origin = await startWs({ guard, onConnection });
    const [code] = await once(openWs(origin, alice), "close");
    expect(code).toBe(1011);
    expect(vi.mocked(process.emitWarning).mock.calls.flat()).toContain("onConnection failed: TypeError");
  });

  test("that was refused does not stay open for as long as the client likes", async () => {
    const { port } = new URL(await startWs({ guard }));
    const stream = connect({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
    const lines = Object.entries(upgrade).map((pair) => pair.join(": "));
    stream.write(["GET / HTTP/1.1", "Host: api.test", ...lines, "", ""].join("\r\n"));
    stream.on("error", () => {});
    await once(stream.resume(), "end");
    // A server that has let go answers whatever still comes with a reset.
    const timer = setInterval(() => stream.write("x"), 5);
    await new Promise((resolve) => stream.once("close", resolve));
    clearInterval(timer);
  });
});

describe("A ws client", () => {
  const ask = async (socket: ReturnType<typeof openWs>, message: string) => {
    socket.send(message);
    const [data] = await once(socket, "message");
    return String(data);
  };

  test.each(oddTokens)("that authenticates with %s is refused as malformed", async (_name, odd) => {
    const socket = openWs(await startWs({ guard }), alice);
    await once(socket, "open");
    const answer = await ask(socket, JSON.stringify({ type: "authenticate", token: odd }));
    expect(JSON.parse(answer)).toMatchObject({ type: "refused", reason: "credentials_malformed" });
    expect(await ask(socket, "who")).toBe("alice");
  });

  test.each([
    ["no JSON", '"authenticate'],
    ["no object", '"authenticate"'],
    ["null in JSON", 'null "authenticate"'],
    ["a type of another kind", '{"type":["authenticate"]}'],
    ["a type that breaks coercion", '{"type":{"toString":"authenticate"},"x":"authenticate"}'],
    ["a list within lists", `${"[".repeat(30_000)}"authenticate"`],
    ["larger than any token", JSON.stringify({ type: "authenticate", token: alice, pad: "x".repeat(70_000) })],
  ])("may send the application %s", async (_name, text) => {
    const socket = openWs(await startWs({ guard }), alice);
    await once(socket, "open");
    socket.send(text);
    expect(await ask(socket, "who")).toBe("alice");
  });

  test("is answered where `refusal` throws", async () => {
    const socket = openWs(await startWs({ guard: replaceIn(guard, { refusal: fail }) }), alice);
    await once(socket, "open");
    const answer = await ask(socket, JSON.stringify({ type: "authenticate", token: "x" }));
    expect(JSON.parse(answer)).toMatchObject({ type: "refused", reason: "check_failed" });
  });

  test("that breaks the protocol loses its connection, also where the application does not listen for errors", async () => {
    const origin = await startWs({ guard });
    const socket = openWs(origin, alice);
    socket.on("error", () => {});
    await once(socket, "open");
    // A frame with reserved bits set (RFC 6455 §5.2), written past the client's own framing.
    Reflect.get(socket, "_socket").write(Buffer.from([0xf1, 0x80, 0, 0, 0, 0]));
    const [code] = await once(socket, "close");
    expect(code).toBe(1002);
    const other = openWs(origin, alice);
    await once(other, "open");
    expect(await ask(other, "who")).toBe("alice");
  });
});
