// How long a connection acts for its token: until it expires, is revoked or is too old, and not a
// message longer (CWE-613).
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { Agent } from "node:https";
import type { Server } from "socket.io";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { protect } from "../../src/adapters/socket.io.js";
import { protectUpgrade, type Session, type UpgradeOptions } from "../../src/adapters/ws.js";
import {
  createGuard,
  createRevocationList,
  type Guard,
  type GuardOptions,
  type GuardRequest,
  type RevocationSource,
  stepUp,
} from "../../src/index.js";
import { createIdentity } from "../support/certificates.js";
import { type Clock, createClock, start } from "../support/clock.js";
import { options, token } from "../support/keys.js";
import { event, openSocketIo, openWs, replaceIn, startSocketIo, startWs, stopAll } from "./_connections.js";

const alice = token({ sub: "alice" });
const longLived = token({ sub: "alice", exp: start + 86_400, jti: "long" });

let clock: Clock;
beforeEach(() => {
  clock = createClock();
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  // Time passes only where a test says so, however slow the machine is.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(async () => {
  vi.useRealTimers();
  await stopAll();
  vi.restoreAllMocks();
});

const guardWith = (changes: GuardOptions = {}) =>
  createGuard(options({ now: clock.now, ...changes })) as Guard<unknown>;

/** Lets time pass, a little at a time: clock and timers go on together. */
async function pass(seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 15) {
    clock.advance(Math.min(left, 15));
    await vi.advanceTimersByTimeAsync(Math.min(left, 15) * 1000);
  }
}

/** Waits for what comes over real sockets, while timers stand still. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

interface Connection {
  readonly socket: WebSocket;
  readonly session: Session<unknown>;
  /** The server's end. */
  readonly other: WebSocket;
  /** What the application was handed. */
  readonly heard: string[];
  readonly closed: Promise<[code: number, reason: string]>;
}

async function connectWs(
  guard: Guard<unknown>,
  credentials: string | undefined = alice,
  terms: Partial<UpgradeOptions<unknown>> = {},
): Promise<Connection> {
  const heard: string[] = [];
  const found: { session?: Session<unknown>; other?: WebSocket } = {};
  const origin = await startWs({
    guard,
    onConnection: (socket, session) => {
      Object.assign(found, { session, other: socket });
      socket.on("message", (data) => {
        heard.push(String(data));
        if (String(data) === "who") socket.send(String(session.auth?.subject));
      });
    },
    ...terms,
  });
  const socket = openWs(origin, credentials === "" ? undefined : credentials);
  const closed = once(socket, "close").then(([code, reason]) => [code, String(reason)] as [number, string]);
  await once(socket, "open");
  await until(() => found.session !== undefined);
  return { ...(found as Required<typeof found>), socket, heard, closed };
}

/** Fails with the reason where the connection ends instead: waiting would say nothing. */
async function ask({ socket, closed }: Connection, message: string): Promise<string> {
  socket.send(message);
  const ended = closed.then((why) => {
    throw new Error(`The connection ended: ${why.join(" ")}`);
  });
  const [data] = await Promise.race([once(socket, "message"), ended]);
  return String(data);
}

const authenticate = async (connection: Connection, credentials: unknown) =>
  JSON.parse(await ask(connection, JSON.stringify({ type: "authenticate", token: credentials })));

async function connectSocketIo(guard: Guard<unknown>, terms: Partial<Parameters<typeof startSocketIo>[0]> = {}) {
  const server = { pingInterval: 2 ** 29, pingTimeout: 2 ** 29 };
  const origin = await startSocketIo({ guard, server, ...terms });
  const client = openSocketIo(origin, { auth: { token: longLived } });
  const told = event(client, "unauthorized");
  const gone = event(client, "disconnect");
  await event(client, "connect");
  return { client, told, gone };
}

describe("A session over ws", () => {
  test("hands no message on once the clock is past `exp`, also where no timer has run: a machine slept", async () => {
    const connection = await connectWs(guardWith());
    clock.advance(299);
    expect(await ask(connection, "who")).toBe("alice");
    clock.advance(9 * 3600);
    connection.socket.send("delete everything");
    expect(await connection.closed).toEqual([4401, "expired"]);
    expect(connection.heard).toEqual(["who"]);
  });

  test("looks at the clock with each message, and at no issuer: there may be many", async () => {
    const guard = guardWith();
    const status = vi.spyOn(guard, "status");
    const connection = await connectWs(guard);
    for (let message = 0; message < 10; message++) expect(await ask(connection, "who")).toBe("alice");
    expect(status).not.toHaveBeenCalled();
  });

  test("serves no facts past `exp`, says whose it was, and closes when it is asked for them", async () => {
    const { session, closed } = await connectWs(guardWith());
    clock.advance(299);
    expect(session.auth?.subject).toBe("alice");
    clock.advance(1);
    expect(session.auth).toBeUndefined();
    expect(session.owner).toMatchObject({ subject: "alice" });
    expect(await closed).toEqual([4401, "expired"]);
    expect(await session.renew(longLived)).toMatchObject({ reason: "expired" });
    expect(session.auth).toBeUndefined();
  });

  test("is over for the application at `exp`, and for a client that does not close a second later", async () => {
    const connection = await connectWs(guardWith());
    const { socket, session, other, heard } = connection;
    // A client that reads the close frame, and goes on as if it had not.
    Reflect.get(socket, "_receiver").removeAllListeners("conclude");
    const isClosed = { now: false };
    Reflect.get(socket, "_socket").once("close", () => {
      isClosed.now = true;
    });
    expect(await ask(connection, "who")).toBe("alice");
    clock.advance(300);
    expect(session.auth).toBeUndefined();
    const stream = Reflect.get(other, "_socket");
    const before = stream.bytesRead;
    for (let count = 10; count < 25; count++) socket.send(`message ${count}`);
    await until(() => stream.bytesRead === before + 15 * (6 + "message 10".length));
    expect(isClosed.now).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    await until(() => isClosed.now);
    expect(heard).toEqual(["who"]);
  });

  test("whose token expired within the tolerance lasts a second, and longer with a new token", async () => {
    const guard = guardWith();
    clock.advance(302);
    const leaving = await connectWs(guard);
    expect(await ask(leaving, "who")).toBe("alice");
    const staying = await connectWs(guard);
    expect(await authenticate(staying, longLived)).toMatchObject({ type: "authenticated" });
    await pass(1.1);
    expect(await leaving.closed).toEqual([4401, "expired"]);
    expect(await ask(staying, "who")).toBe("alice");
  });

  test("ends when the wall clock was set back meanwhile: its time has passed", async () => {
    const host = vi.spyOn(performance, "now");
    const time = performance.now();
    const { closed } = await connectWs(guardWith());
    clock.advance(-7200);
    host.mockReturnValue(time + 301_000);
    await vi.advanceTimersByTimeAsync(301_000);
    expect(await closed).toEqual([4401, "expired"]);
  });
});

describe("A token that was revoked", () => {
  test("ends its ws connection within a minute, and no other", async () => {
    const revocation = createRevocationList({ now: clock.now });
    const guard = guardWith({ revocation });
    const [first, second] = [await connectWs(guard, longLived), await connectWs(guard, token({ sub: "bob" }))];
    revocation.revoke({ issuer: "https://issuer.test/", jti: "long", expiresAt: start + 86_400 });
    await pass(60);
    expect(await first.closed).toEqual([4401, "token_revoked"]);
    expect(await ask(second, "who")).toBe("bob");
  });

  test("ends its Socket.IO connection within a minute; one that was not goes on", async () => {
    const revocation = createRevocationList({ now: clock.now });
    const { client, told, gone } = await connectSocketIo(guardWith({ revocation }));
    await pass(60);
    expect(await client.emitWithAck("who")).toBe("alice");
    revocation.revoke({ issuer: "https://issuer.test/", jti: "long", expiresAt: start + 86_400 });
    await pass(60);
    expect(await told).toMatchObject({ reason: "token_revoked" });
    expect(await gone).toBe("io server disconnect");
  });

  test("counts no more for one that was renewed with another in the meantime", async () => {
    let answer: ((isRevoked: boolean) => void) | undefined;
    const isRevoked = () => (answer === undefined ? false : new Promise<boolean>((resolve) => (answer = resolve)));
    const guard = guardWith({ revocation: { isRevoked } });
    const connection = await connectWs(guard, longLived);
    const pending = { answer: (_isRevoked: boolean) => {} };
    answer = () => {};
    const before = answer;
    await pass(60);
    await until(() => answer !== before);
    pending.answer = answer;
    answer = undefined;
    expect(await authenticate(connection, token({ sub: "alice", exp: start + 3600 }))).toHaveProperty("expires_at");
    pending.answer(true);
    expect(await ask(connection, "who")).toBe("alice");
  });
});

describe("What a connection needs", () => {
  test("must hold all the time: a login that has become too old ends it", async () => {
    const need = stepUp({ maxAge: 100 });
    const connection = await connectWs(guardWith(), token({ sub: "alice", auth_time: start - 10 }), { need });
    await pass(60);
    expect(await ask(connection, "who")).toBe("alice");
    await pass(60);
    expect(await connection.closed).toEqual([4401, "authentication_too_old"]);
  });
});

describe("While the deny list cannot be asked", () => {
  const failing = () => {
    const state = { isDown: false };
    const revocation: RevocationSource = {
      isRevoked: () => {
        if (state.isDown) throw new Error("connection refused");
        return false;
      },
    };
    return { state, revocation };
  };

  test("a session goes on, and longer if the list comes back", async () => {
    const { state, revocation } = failing();
    const connection = await connectWs(guardWith({ revocation }), longLived);
    // Looks are 45 to 60 s apart, at random: the last good one may be 60 s before an outage, and the
    // next 60 s after it. Together that stays below the five minutes, and three are above them.
    for (let outage = 0; outage < 3; outage++) {
      state.isDown = true;
      await pass(150);
      state.isDown = false;
      await pass(60);
    }
    expect(await ask(connection, "who")).toBe("alice");
  });

  test("a session ends after five minutes, and says that it may try again", async () => {
    const { state, revocation } = failing();
    const connection = await connectWs(guardWith({ revocation }), longLived);
    state.isDown = true;
    await pass(240);
    expect(connection.session.auth?.subject).toBe("alice");
    await pass(120);
    expect(await connection.closed).toEqual([1013, "revocation_unavailable"]);
  });

  test("a session ends after five minutes also where the list never answers", async () => {
    const state = { hangs: false };
    const isRevoked = () => (state.hangs ? new Promise<boolean>(() => {}) : false);
    const { closed } = await connectWs(guardWith({ revocation: { isRevoked } }), longLived);
    state.hangs = true;
    await pass(420);
    expect(await closed).toEqual([1013, "check_failed"]);
  });
});

describe("A session with `maxAge`", () => {
  test("ends then over ws, however often it was renewed", async () => {
    const connection = await connectWs(guardWith(), longLived, { session: { maxAge: 1000 } });
    for (let renewal = 0; renewal < 9; renewal++) {
      await pass(100);
      expect(await authenticate(connection, longLived)).toMatchObject({ type: "authenticated" });
    }
    await pass(100);
    expect(await connection.closed).toEqual([4401, "session_too_old"]);
  });

  test("ends then over Socket.IO, also where it is anonymous", async () => {
    const need = [{ optional: true, session: { maxAge: 1000 } }] as const;
    const server = { pingInterval: 2 ** 29, pingTimeout: 2 ** 29 };
    const client = openSocketIo(await startSocketIo({ guard: guardWith(), need, server }));
    const told = event(client, "unauthorized");
    await event(client, "connect");
    await pass(999);
    expect(await client.emitWithAck("who")).toBeNull();
    await pass(1);
    expect(await told).toMatchObject({ reason: "session_too_old" });
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, "60", null])("of %s is refused at creation", (maxAge) => {
    const session = { maxAge: maxAge as number };
    const sockets = { on: () => {} } as never;
    const onConnection = () => {};
    expect(() => protect(guardWith(), { session })).toThrow("session.maxAge");
    expect(() => protectUpgrade(guardWith(), { sockets, onConnection, session })).toThrow("session.maxAge");
  });

  test("that is misspelt is refused at creation, as is a misspelt need", () => {
    const sockets = { on: () => {} } as never;
    const onConnection = () => {};
    expect(() => protect(guardWith(), { session: { maxage: 60 } as never })).toThrow("session.maxage");
    const needs = { sockets, onConnection, needs: stepUp({ maxAge: 1 }) };
    expect(() => protectUpgrade(guardWith(), needs)).toThrow("needs is not an option");
    expect(() => protectUpgrade(guardWith(), { sockets } as never)).toThrow("onConnection must be a function");
  });
});

describe("A client that authenticates again and again", () => {
  /** A guard that counts what it is asked. */
  const counting = () => {
    const guard = guardWith();
    const asked = { count: 0 };
    const attempt: Guard<unknown>["attempt"] = (request, ...need) => {
      asked.count++;
      return guard.attempt(request, ...need);
    };
    return { guard: replaceIn(guard, { attempt }), asked };
  };

  test("is looked at five times a minute, then refused, then disconnected", async () => {
    const { guard, asked } = counting();
    const connection = await connectWs(guard, longLived);
    asked.count = 0;
    for (let count = 0; count < 5; count++) {
      expect(await authenticate(connection, "x")).toMatchObject({ reason: "token_opaque" });
    }
    for (let count = 0; count < 15; count++) {
      expect(await authenticate(connection, "x")).toMatchObject({ type: "refused", reason: "too_many_attempts" });
    }
    expect(asked.count).toBe(5);
    connection.socket.send(JSON.stringify({ type: "authenticate", token: "x" }));
    expect(await connection.closed).toEqual([1008, "too_many_attempts"]);
    expect(asked.count).toBe(5);
  });

  test("is looked at again a minute later", async () => {
    const { guard } = counting();
    const { client } = await connectSocketIo(guard);
    for (let count = 0; count < 6; count++) await client.emitWithAck("authenticate", "x");
    expect(await client.emitWithAck("authenticate", longLived)).toMatchObject({ reason: "too_many_attempts" });
    await pass(60);
    expect(await client.emitWithAck("authenticate", longLived)).toHaveProperty("expires_at");
  });

  test("is looked at once at a time", async () => {
    const guard = guardWith();
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const state = { waits: false };
    const attempt: Guard<unknown>["attempt"] = async (request, ...need) => {
      if (state.waits) await gate;
      return guard.attempt(request, ...need);
    };
    const { client } = await connectSocketIo(replaceIn(guard, { attempt }));
    state.waits = true;
    const first = client.emitWithAck("authenticate", longLived);
    expect(await client.emitWithAck("authenticate", longLived)).toMatchObject({ reason: "too_many_attempts" });
    release();
    expect(await first).toHaveProperty("expires_at");
  });
});

describe("Renewal", () => {
  test("keeps the token that came last, also where an earlier one is checked for longer", async () => {
    const guard = guardWith();
    const [slow, fast] = [token({ sub: "alice", exp: start + 400 }), token({ sub: "alice", exp: start + 500 })];
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const attempt: Guard<unknown>["attempt"] = async (request, ...rest) => {
      if (Reflect.get(request.headers, "authorization") === `Bearer ${slow}`) await gate;
      return guard.attempt(request, ...rest);
    };
    const { session } = await connectWs(replaceIn(guard, { attempt }));
    const renewals = [session.renew(slow), session.renew(fast)];
    release();
    expect(await Promise.all(renewals)).toEqual([undefined, undefined]);
    expect(session.auth?.expiresAt).toBe(start + 500);
  });

  test.each([
    ["of the same client is taken", { client_id: "a" }, "authenticated"],
    ["of another client is refused", { client_id: "b" }, "refused"],
    ["that names no client is refused", {}, "refused"],
  ])("with a token without a subject %s", async (_name, names, type) => {
    const connection = await connectWs(guardWith(), token({ sub: undefined, client_id: "a" }));
    const renewal = token({ sub: undefined, exp: start + 500, ...names });
    expect(await authenticate(connection, renewal)).toMatchObject({ type });
  });

  test("still knows with which certificate the connection was opened, whose own socket is gone", async () => {
    vi.useRealTimers();
    const guard = guardWith();
    const requests: GuardRequest[] = [];
    const attempt: Guard<unknown>["attempt"] = (request, ...rest) => {
      requests.push(request);
      return guard.attempt(request, ...rest);
    };
    const [tls, identity] = [createIdentity("server"), createIdentity("client")];
    const origin = await startSocketIo({ guard: replaceIn(guard, { attempt }), tls });
    // As browsers do: polling over a connection that is kept, until the WebSocket is there.
    const agent = new Agent({ keepAlive: true, ca: tls.cert, key: identity.key, cert: identity.cert });
    const transports = ["polling", "websocket"];
    const client = openSocketIo(origin, { auth: { token: longLived }, transports, agent: agent as never });
    await event(client, "connect");
    await until(() => client.io.engine.transport.name === "websocket");
    agent.destroy();
    await until(() => requests[0]?.connection?.isEncrypted === true && isGone(requests[0]));
    expect(await client.emitWithAck("authenticate", longLived)).toHaveProperty("expires_at");
    const { raw } = new X509Certificate(identity.cert);
    expect(requests[1]?.connection?.certificate).toEqual(raw);
  });
});

describe("A session over Socket.IO", () => {
  test("hands no event on once the clock is past `exp`, also where no timer has run", async () => {
    const heard: string[] = [];
    const { client, told } = await connectSocketIo(guardWith(), {
      onConnection: (socket) => void socket.on("delete", (what: string) => heard.push(what)),
    });
    client.emit("delete", "one");
    expect(await client.emitWithAck("who")).toBe("alice");
    clock.advance(86_400);
    client.emit("delete", "everything");
    expect(await told).toMatchObject({ reason: "expired" });
    expect(heard).toEqual(["one"]);
  });

  test("shows catch-all listeners no event once the clock is past `exp`, before that every one", async () => {
    const heard: unknown[] = [];
    const { client, told } = await connectSocketIo(guardWith(), {
      onConnection: (socket) =>
        void socket.onAny((name: string, what: unknown) => typeof what === "string" && heard.push(name, what)),
    });
    client.emit("delete", "one");
    expect(await client.emitWithAck("who")).toBe("alice");
    clock.advance(86_400);
    client.emit("delete", "everything");
    expect(await told).toMatchObject({ reason: "expired" });
    expect(heard).toEqual(["delete", "one"]);
  });

  test("hands no answer of the client on once the clock is past `exp`, before that every one", async () => {
    const answers: unknown[] = [];
    const { client, told } = await connectSocketIo(guardWith(), {
      onConnection: (socket) =>
        void socket.on("start", () => void socket.emit("confirm", (answer: unknown) => answers.push(answer))),
    });
    const replies: ((answer: string) => void)[] = [];
    client.on("confirm", (reply: (answer: string) => void) => replies.push(reply));
    client.emit("start").emit("start");
    await until(() => replies.length === 2);
    replies[0]?.("one");
    await until(() => answers.length === 1);
    clock.advance(86_400);
    replies[1]?.("everything");
    expect(await told).toMatchObject({ reason: "expired" });
    expect(answers).toEqual(["one"]);
  });

  test("tells the application whose connection it was when it is over", async () => {
    const seen: unknown[] = [];
    const { gone } = await connectSocketIo(guardWith(), {
      onConnection: (socket) =>
        void socket.on("disconnect", () => seen.push(socket.data.auth, socket.data.authOwner?.subject)),
    });
    await pass(86_400);
    await gone;
    await until(() => seen.length > 0);
    expect(seen).toEqual([undefined, "alice"]);
  });

  test.each<[string, (server: Server) => void]>([
    ["what is sent", (server) => server.on("connection", (socket) => void socket.onAnyOutgoing(broken))],
    ["the end", (server) => server.on("connection", (socket) => void socket.on("disconnecting", broken))],
  ])("ends at `exp` also where a listener for %s throws", async (_name, prepare) => {
    const { client, gone } = await connectSocketIo(guardWith(), { prepare: (server) => void prepare(server) });
    expect(client.connected).toBe(true);
    clock.advance(86_400);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await gone).toMatch(/disconnect|transport close/);
  });
});

/** Whether the connection of a request is closed: Node.js knows nothing of its certificate then. */
function isGone({ connection }: GuardRequest): boolean {
  return connection?.certificate === undefined;
}

function broken(): never {
  throw new TypeError("The application's own fault");
}
