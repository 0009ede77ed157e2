// Servers of Socket.IO and ws behind a guard, and their clients, for tests of what connections may
// do and for how long.
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { Server, type ServerOptions, type Socket as ServerSocket } from "socket.io";
import { io, type Socket } from "socket.io-client";
import { WebSocket, WebSocketServer } from "ws";
import { type AuthData, protect, type SocketOptions } from "../../src/adapters/socket.io.js";
import { protectUpgrade, type UpgradeOptions } from "../../src/adapters/ws.js";
import type { Auth, Guard, Requirement } from "../../src/index.js";
import { type Listening, listenWith, type TlsTerms, toTlsOptions } from "../support/listen.js";

// biome-ignore lint/suspicious/noExplicitAny: tests send what no application has declared.
export type TestSocket = ServerSocket<any, any, object, AuthData<Auth<unknown>>>;

const running: (() => Promise<void>)[] = [];
const clients: { close(): unknown }[] = [];

/** Ends all servers and clients that were started here. */
export async function stopAll(): Promise<void> {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(running.splice(0).map((stop) => stop()));
}

/** What a Socket.IO server is started with. */
export interface SocketIoTerms {
  readonly guard: Guard<unknown>;
  readonly need?: readonly [] | readonly [Requirement | SocketOptions];
  readonly server?: Partial<ServerOptions>;
  readonly tls?: TlsTerms;
  /** Changes the server before anything connects. */
  readonly prepare?: (server: Server) => void;
  readonly onConnection?: (socket: TestSocket) => void;
}

/** Starts it. Its event `who` is answered with whose connection it is. */
export async function startSocketIo(terms: SocketIoTerms): Promise<string> {
  const http = terms.tls ? createTlsServer(toTlsOptions(terms.tls)) : createServer();
  const server = new Server(http, terms.server);
  server.use(protect(terms.guard, ...(terms.need ?? [])));
  terms.prepare?.(server);
  server.on("connection", (socket: TestSocket) => {
    socket.on("who", (reply: (subject: string | null) => void) => reply(socket.data.auth?.subject ?? null));
    terms.onConnection?.(socket);
  });
  const listening = await listenWith(http);
  running.push(async () => void (await server.close()));
  return listening.origin;
}

/** A Socket.IO client that reconnects only where a test says so. */
export function openSocketIo(origin: string, options: Parameters<typeof io>[1] = {}): Socket {
  const client = io(origin, { transports: ["websocket"], reconnection: false, forceNew: true, ...options });
  clients.push(client);
  return client;
}

/** The first argument of the next event of that name. */
export function event<Value>(client: Socket, name: string): Promise<Value> {
  return new Promise((resolve) => client.once(name, resolve));
}

/** The refusal that a connection is answered with; fails where it is let in. */
export function refusalOf(client: Socket): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    client.once("connect_error", (error: Error & { data?: Record<string, unknown> }) => resolve(error.data ?? {}));
    client.once("connect", () => reject(new Error("It was let in")));
  });
}

/** What a ws server is started with. */
export type WsTerms = Partial<UpgradeOptions<unknown>> & { readonly guard: Guard<unknown> };

/** Starts it. The message `who` is answered with whose connection it is. */
export async function startWs({ guard, ...options }: WsTerms): Promise<string> {
  const http = createServer();
  const upgrade = protectUpgrade(guard, {
    sockets: new WebSocketServer({ noServer: true }),
    onConnection: (socket, session) => {
      socket.on("message", (data) => {
        if (String(data) === "who") socket.send(String(session.auth?.subject));
      });
    },
    ...options,
  });
  http.on("upgrade", upgrade);
  const listening: Listening = await listenWith(http);
  running.push(() => listening.close());
  return listening.origin;
}

/** A ws client, with a token in its header. */
export function openWs(origin: string, token?: string): WebSocket {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = new WebSocket(origin.replace("http", "ws"), { headers });
  clients.push({ close: () => socket.terminate() });
  return socket;
}

/** A guard of which some methods are replaced. */
export function replaceIn<Claims>(guard: Guard<Claims>, changes: Partial<Guard<Claims>>): Guard<Claims> {
  return new Proxy(guard, {
    get(target, name) {
      if (Object.hasOwn(changes, name)) return Reflect.get(changes, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
