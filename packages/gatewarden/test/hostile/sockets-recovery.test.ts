// Socket.IO's connection state recovery: a connection that comes back is checked as a new one is
// (CWE-613).

import type { Server } from "socket.io";
import type { Socket } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createGuard, createRevocationList, type Guard, type GuardOptions } from "../../src/index.js";
import { type Clock, createClock, start } from "../support/clock.js";
import { issuer, options, token } from "../support/keys.js";
import {
  event,
  openSocketIo,
  refusalOf,
  type SocketIoTerms,
  startSocketIo,
  stopAll,
  type TestSocket,
} from "./_connections.js";

const alice = token({ sub: "alice", jti: "first" });
const renewed = token({ sub: "alice", exp: start + 3600 });
const bob = token({ sub: "bob" });

let clock: Clock;
beforeEach(() => {
  clock = createClock();
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(async () => {
  await stopAll();
  vi.restoreAllMocks();
});

const guardWith = (changes: GuardOptions = {}) =>
  createGuard(options({ now: clock.now, ...changes })) as Guard<unknown>;

/** Lets the server write sessions down, as adapters do that share them between servers. */
function writeDown(server: Server): void {
  const { adapter } = server.of("/");
  const persist = adapter.persistSession.bind(adapter);
  adapter.persistSession = (session) => persist({ ...session, data: JSON.parse(JSON.stringify(session.data)) });
}

interface Line {
  readonly client: Socket;
  /** What the application was told of connections. */
  readonly connected: string[];
  readonly heard: string[];
  /** Cuts the line, and waits until the server has noticed. */
  cut(): Promise<void>;
}

/** A client whose connection can be recovered. */
async function open(terms: Partial<SocketIoTerms> = {}, credentials: string | null = alice): Promise<Line> {
  const [connected, heard]: [string[], string[]] = [[], []];
  const state = { gone: () => {} };
  const origin = await startSocketIo({
    guard: guardWith(),
    server: { connectionStateRecovery: {} },
    ...terms,
    onConnection: (socket) => {
      connected.push(`${socket.data.auth?.subject} ${socket.recovered}`);
      socket.on("delete", (what: string) => heard.push(what));
      socket.on("disconnect", () => state.gone());
      // Only who has received something can say from where to go on.
      socket.emit("hello");
      terms.onConnection?.(socket);
    },
  });
  const client = openSocketIo(origin, { auth: { token: credentials } });
  await event(client, "hello");
  const cut = () =>
    new Promise<void>((resolve) => {
      state.gone = resolve;
      client.io.engine.close();
    });
  return { client, connected, heard, cut };
}

describe("A connection that comes back", () => {
  test.each([
    ["with the same token", alice],
    ["with a newer one of the same subject", renewed],
  ])("%s is recovered, and its token counts until it expires", async (_name, credentials) => {
    const { client, connected, heard, cut } = await open();
    const { id } = client;
    await cut();
    Object.assign(client.auth, { token: credentials });
    client.connect();
    await event(client, "connect");
    expect([client.recovered, client.id]).toEqual([true, id]);
    expect(connected).toEqual(["alice false", "alice true"]);
    expect(await client.emitWithAck("who")).toBe("alice");
    const told = event(client, "unauthorized");
    clock.advance(3700);
    client.emit("delete", "everything");
    expect(await told).toMatchObject({ reason: "expired" });
    expect(heard).toEqual([]);
  });

  test("is told when its token expires, also without a word of its own", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const server = { connectionStateRecovery: {}, pingInterval: 2 ** 29, pingTimeout: 2 ** 29 };
    const { client, cut } = await open({ server });
    await cut();
    client.connect();
    await event(client, "connect");
    expect(client.recovered).toBe(true);
    const told = event(client, "unauthorized");
    clock.advance(300);
    await vi.advanceTimersByTimeAsync(60_000);
    vi.useRealTimers();
    expect(await told).toMatchObject({ reason: "expired" });
  });

  test.each([
    ["has expired", "expired", () => clock.advance(400)],
    ["was revoked", "token_revoked", (list) => list.revoke({ issuer, jti: "first", expiresAt: start + 300 })],
  ] satisfies [string, string, (list: ReturnType<typeof createRevocationList>) => void][])(
    "whose token %s meanwhile is refused before the application hears of it",
    async (_name, reason, happen) => {
      const revocation = createRevocationList({ now: clock.now });
      const { client, connected, cut } = await open({ guard: guardWith({ revocation }) });
      await cut();
      happen(revocation);
      client.connect();
      expect(await refusalOf(client)).toMatchObject({ reason });
      expect(connected).toEqual(["alice false"]);
      Object.assign(client.auth, { token: renewed });
      client.connect();
      await event(client, "connect");
      expect(client.recovered).toBe(true);
      expect(await client.emitWithAck("who")).toBe("alice");
    },
  );

  test.each([
    ["with a token of somebody else", bob, "claim_mismatch"],
    ["without a token", null, "credentials_missing"],
  ])("%s does not get the rooms of whom it belonged to", async (_name, credentials, reason) => {
    const { client, connected, cut } = await open({ need: [{ optional: true }] });
    await cut();
    Object.assign(client.auth, { token: credentials });
    client.connect();
    expect(await refusalOf(client)).toMatchObject({ reason });
    expect(connected).toEqual(["alice false"]);
  });

  test("as an anonymous one may be anonymous still, or have logged in", async () => {
    const { client, connected, cut } = await open({ need: [{ optional: true }] }, null);
    await cut();
    client.connect();
    await event(client, "connect");
    await client.emitWithAck("who");
    await cut();
    Object.assign(client.auth, { token: bob });
    client.connect();
    await event(client, "connect");
    expect(await client.emitWithAck("who")).toBe("bob");
    expect(connected).toEqual(["undefined false", "undefined true", "bob true"]);
  });

  test("is checked alike where its session was written down", async () => {
    const { client, connected, cut } = await open({ prepare: writeDown });
    await cut();
    client.connect();
    await event(client, "connect");
    expect(await client.emitWithAck("who")).toBe("alice");
    await cut();
    Object.assign(client.auth, { token: bob });
    client.connect();
    expect(await refusalOf(client)).toMatchObject({ reason: "claim_mismatch" });
    expect(connected).toEqual(["alice false", "alice true"]);
  });

  test("past the check is disconnected, and none of its events is heard", async () => {
    const servers: Server[] = [];
    const { client, heard, cut } = await open({ prepare: (server) => void servers.push(server) });
    await cut();
    // As if a version of Socket.IO did not ask for it.
    Reflect.get(servers[0] as Server, "opts").connectionStateRecovery.skipMiddlewares = true;
    const told = event(client, "unauthorized");
    const gone = event(client, "disconnect");
    client.connect();
    client.emit("delete", "everything");
    expect(await told).toMatchObject({ reason: "check_failed" });
    expect(await gone).toBe("io server disconnect");
    expect(heard).toEqual([]);
  });

  test("leaves nothing of a token in what is written down", async () => {
    const found: TestSocket[] = [];
    await open({ onConnection: (socket) => void found.push(socket) });
    const written = JSON.stringify(found[0]?.data);
    expect(JSON.parse(written)).toEqual({ authOwner: { issuer, subject: "alice" } });
  });
});
