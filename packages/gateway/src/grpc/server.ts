// The listener for Envoy's gRPC ext_authz. Connections are accepted here and given to the library
// one by one, so that strangers, limits, workers and draining are as for the other listeners.
import { createServer, type Server, type Socket } from "node:net";
import type { ConnectionInjector } from "@grpc/grpc-js";
import type { Limits } from "../config.js";
import type { Listener } from "../listening.js";
import type { Readiness } from "../server/admin.js";
import { createDoor } from "../server/door.js";
import type { ServerParts } from "../server/server.js";
import { type GrpcLibrary, loadGrpc } from "./library.js";
import { limitQuestionTime } from "./question-time.js";
import { createCheck, createHealthCheck } from "./services.js";

/** What the listener works with. */
export interface GrpcParts extends ServerParts {
  readonly readiness: () => Promise<Readiness>;
}

/** A server that does not listen yet. Rejects with `TypeError` without the libraries of gRPC. */
export async function createGrpcServer(parts: GrpcParts): Promise<Listener> {
  const library = await loadGrpc();
  const { limits, from } = parts.settings;
  const injector = createInjector(library, parts);
  const open = new Set<Socket>();
  const server: Server = createServer({ noDelay: true });
  server.maxConnections = limits.connections;
  server.on("connection", createDoor(from));
  server.on("connection", (socket) => {
    if (socket.destroyed) return;
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    limitSilence(socket, limits.headersTimeout);
    injector.injectConnection(socket);
  });
  return Object.assign(server, {
    // The library says GOAWAY, and closes each connection after its last answer.
    closeIdleConnections: () => injector.drain(limits.drainTimeout * 1000),
    closeAllConnections: () => {
      for (const socket of open) socket.destroy();
    },
  });
}

function createInjector(library: GrpcLibrary, parts: GrpcParts): ConnectionInjector {
  const { grpc, authorization, health } = library;
  const { limits } = parts.settings;
  const server = new grpc.Server({
    ...toOptions(limits),
    interceptors: [limitQuestionTime(grpc, limits.headersTimeout)],
  });
  server.addService(authorization, { Check: createCheck(parts, grpc.status) });
  server.addService(health, { Check: createHealthCheck(parts.readiness, grpc.status) });
  return server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
}

/** Questions of one connection at once. Envoy opens another connection for more. */
const maxStreams = 256;

/** CWE-770. Without these the library has no bound, or one of 4 MiB for a message. */
function toOptions({ headerBytes, idleTimeout }: Limits) {
  return {
    // The headers, the path and host beside them, a certificate, and what else Envoy may send.
    "grpc.max_receive_message_length": 2 * headerBytes + 16_384,
    "grpc.max_concurrent_streams": maxStreams,
    "grpc.max_connection_idle_ms": idleTimeout * 1000,
    // In megabytes, for one connection.
    "grpc-node.max_session_memory": 32,
    "grpc.enable_channelz": 0,
  };
}

/** "PRI * HTTP/2.0…" (RFC 9113 §3.4). */
const prefaceBytes = 24;

/** A connection that says nothing is none of a proxy's (CWE-400). */
function limitSilence(socket: Socket, seconds: number): void {
  const timer = setTimeout(() => {
    if (socket.bytesRead < prefaceBytes) socket.destroy();
  }, seconds * 1000);
  socket.once("close", () => clearTimeout(timer));
}
