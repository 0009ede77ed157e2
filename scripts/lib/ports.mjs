// Ports: the one asked for, or a free one.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * The preferred port, or another one if it is taken on the host. What else is wrong with it is for its user to say.
 * @param {number} preferred
 * @param {string} host
 * @returns {Promise<number>}
 */
export async function pickPort(preferred, host) {
  try {
    return await tryPort(preferred, host);
  } catch (error) {
    const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    return isTaken ? tryPort(0, host) : preferred;
  }
}

/**
 * @param {number} port
 * @param {string} host
 */
async function tryPort(port, host) {
  const server = createServer().listen(port, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : port;
}

/**
 * An address that a client can use: a server that listens everywhere is also here.
 * @param {string} host
 */
export function toReachable(host) {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

/**
 * Whether a server listens on the port of this machine.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
