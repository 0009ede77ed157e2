import { createServer } from "node:http";
import { createTenant, type Tenant, type TokenRequest } from "@gatewarden/dev";
import { Server } from "socket.io";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type AuthData, type NeedOptions, protect } from "../../src/adapters/socket.io.js";
import {
  type Auth,
  createGuard,
  type Guard,
  type GuardOptions,
  permission,
  type Requirement,
} from "../../src/index.js";
import { type Listening, listenWith } from "../support/listen.js";

let tenant: Tenant;
const running: Listening[] = [];
const clients: Socket[] = [];

beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
});
afterAll(() => tenant.close());
afterEach(() => void vi.useRealTimers());
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** A server whose event `who` answers with who is connected. */
async function start(...need: [] | [Requirement | NeedOptions]): Promise<string> {
  return startWith({}, ...need);
}

async function startWith(options: GuardOptions, ...need: [] | [Requirement | NeedOptions]): Promise<string> {
  const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience, ...options }) as Guard;
  const server = createServer();
  const sockets = new Server<Events, object, object, AuthData<Auth | undefined>>(server);
  sockets.use(protect(guard, ...need));
  sockets.on("connection", (socket) => {
    socket.on("who", (reply) => reply(socket.data.auth?.subject ?? null));
  });
  const listening = await listenWith(server);
  running.push({ ...listening, close: async () => void (await sockets.close()) });
  return listening.origin;
}

interface Events {
  who: (reply: (subject: string | null) => void) => void;
}

async function tokenOf(request: TokenRequest = { as: "alice" }): Promise<string> {
  return (await tenant.token(request)).access_token;
}

function open(origin: string, options: Parameters<typeof io>[1] = {}): Socket {
  const client = io(origin, { transports: ["websocket"], reconnection: false, ...options });
  clients.push(client);
  return client;
}

function event<Value>(client: Socket, name: string): Promise<Value> {
  return new Promise((resolve) => client.once(name, resolve));
}

describe("gatewarden/socket.io", () => {
  test.each(["websocket", "polling"])("a token in auth connects over %s", async (transport) => {
    const client = open(await start(), { auth: { token: await tokenOf() }, transports: [transport] });
    await event(client, "connect");
    expect(await client.emitWithAck("who")).toBe("auth0|alice");
  });

  test("a token in the header connects", async () => {
    const client = open(await start(), { extraHeaders: { authorization: `Bearer ${await tokenOf()}` } });
    await event(client, "connect");
    expect(await client.emitWithAck("who")).toBe("auth0|alice");
  });

  test.each<[string, () => Promise<Parameters<typeof open>[1]>]>([
    ["credentials_missing", async () => ({})],
    ["credentials_malformed", async () => ({ auth: { token: { $gt: "" } } })],
    ["token_opaque", async () => ({ auth: { token: "x" } })],
    ["permission_missing", async () => ({ auth: { token: await tokenOf({ as: "alice", permissions: [] }) } })],
    ["credentials_multiple", async () => ({ auth: { token: "x" }, extraHeaders: { authorization: "Bearer y" } })],
  ])("a refused connection is told %s", async (reason, makeOptions) => {
    const client = open(await start(permission("read:admin")), await makeOptions());
    const error = await event<Error & { data: unknown }>(client, "connect_error");
    expect(error.data).toMatchObject({ reason });
  });

  test("the socket is told and disconnected when the token expires", async () => {
    const client = open(await start(), { auth: { token: await tokenOf({ as: "alice", expiresIn: 1 }) } });
    const told = event(client, "unauthorized");
    const reason = event(client, "disconnect");
    expect(await told).toMatchObject({ reason: "expired" });
    expect(await reason).toBe("io server disconnect");
  });

  test("a token that expired within the clock tolerance is told so too, and not left in silence", async () => {
    const origin = await start();
    const token = await tokenOf({ as: "alice", expiresIn: 1 });
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.now() + 3000 });
    const client = open(origin, { auth: { token } });
    const disconnected = event(client, "disconnect");
    const told = event(client, "unauthorized");
    // Not at once: it has a second to send a new one.
    await event(client, "connect");
    expect(await client.emitWithAck("who")).toBe("auth0|alice");
    await vi.advanceTimersByTimeAsync(1100);
    expect(await told).toMatchObject({ reason: "expired" });
    expect(await disconnected).toBe("io server disconnect");
  });

  test("a new token lets the connection outlive the old one", async () => {
    // Time passes only where the test says so, however slow the machine is; and less than what passes between two pings.
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    const client = open(await start(), { auth: { token: await tokenOf({ as: "alice", expiresIn: 10 }) } });
    await event(client, "connect");
    expect(await client.emitWithAck("authenticate", await tokenOf())).toHaveProperty("expires_at");
    await vi.advanceTimersByTimeAsync(11_000);
    expect(await client.emitWithAck("who")).toBe("auth0|alice");
  });

  test("a token of somebody else is refused and changes nothing", async () => {
    const client = open(await start(), { auth: { token: await tokenOf() } });
    await event(client, "connect");
    const answer = await client.emitWithAck("authenticate", await tokenOf({ as: "bob" }));
    expect(answer).toMatchObject({ reason: "claim_mismatch" });
    expect(await client.emitWithAck("who")).toBe("auth0|alice");
  });

  test("an anonymous connection logs in with an event", async () => {
    const client = open(await start({ optional: true }));
    await event(client, "connect");
    expect(await client.emitWithAck("who")).toBeNull();
    await client.emitWithAck("authenticate", await tokenOf());
    expect(await client.emitWithAck("who")).toBe("auth0|alice");
  });

  test.each(["websocket", "polling"])(
    "the token of an event counts for the tenant of the handshake only, over %s",
    async (transport) => {
      const options: GuardOptions = {
        issuer: {
          resolve: (iss, name) => (iss === tenant.issuer && name === "own" ? { issuer: iss } : undefined),
          allowPrivateNetwork: true,
          // Where nothing says so, the right one: what is refused below is refused for its handshake.
          tenant: ({ headers }) => ("x-tenant" in headers ? String(headers["x-tenant"]) : "own"),
        },
      };
      const origin = await startWith(options, { optional: true });
      const login = async (name: string) => {
        const client = open(origin, { extraHeaders: { "x-tenant": name }, transports: [transport] });
        await event(client, "connect");
        return client.emitWithAck("authenticate", await tokenOf());
      };
      expect(await login("other")).toMatchObject({ reason: "issuer_untrusted" });
      expect(await login("own")).toHaveProperty("expires_at");
    },
  );
});
