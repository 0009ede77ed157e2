// A load generator over keep-alive sockets. A general HTTP client costs more per request than the servers under test, and with one core
// each it would be the client that is measured; this one knows that all answers are equally long.
import { connect } from "node:net";

/**
 * Sends every request once, over so many connections, one request per connection at a time. Rejects when an answer is not 200.
 * @param {number} port
 * @param {readonly Buffer[]} requests
 * @param {number} connections
 * @returns {Promise<number>} Seconds.
 */
export async function sendAll(port, requests, connections) {
  let next = 0;
  const start = performance.now();
  const lanes = Array.from({ length: Math.min(connections, requests.length) }, () =>
    sendSome(port, () => requests[next++]),
  );
  await Promise.all(lanes);
  return (performance.now() - start) / 1000;
}

/**
 * @typedef {object} Sample
 * @property {number} rate Requests per second.
 * @property {number} cpu Microseconds of the server's processor time per request.
 */

/**
 * Sends every request once, over 64 connections.
 * @param {Awaited<ReturnType<typeof import("./server.mjs").startServer>>} server
 * @param {readonly Buffer[]} requests
 * @returns {Promise<Sample>}
 */
export async function measureAll(server, requests) {
  const before = await server.cpu();
  const seconds = await sendAll(server.port, requests, 64);
  return { rate: requests.length / seconds, cpu: ((await server.cpu()) - before) / requests.length };
}

/**
 * @param {number} port
 * @param {() => Buffer | undefined} take
 * @returns {Promise<void>}
 */
function sendSome(port, take) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let length = 0;
    let received = 0;
    const send = () => {
      const request = take();
      received = 0;
      if (request) socket.write(request);
      else resolve(void socket.destroy());
    };
    socket.on("error", reject).on("connect", send);
    socket.on("close", () => reject(new Error("The server closed the connection")));
    socket.on("data", (chunk) => {
      if (received === 0 && chunk.toString("latin1", 0, 12) !== "HTTP/1.1 200") {
        return void socket.destroy(new Error(chunk.toString("latin1", 0, 300)));
      }
      received += chunk.length;
      length ||= readLength(chunk);
      if (received >= length) send();
    });
  });
}

/**
 * Of the whole answer. It stays the same: the Date header has a fixed length.
 * @param {Buffer} chunk
 */
function readLength(chunk) {
  const head = chunk.indexOf("\r\n\r\n") + 4;
  const body = /content-length: *(\d+)/i.exec(chunk.toString("latin1", 0, head))?.[1];
  if (head < 4 || body === undefined) throw new Error("The server's first answer has no length");
  return head + Number(body);
}

/**
 * @param {string} token
 * @param {string} [path]
 * @returns {Buffer}
 */
export function toRequest(token, path = "/orders") {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`, "latin1");
}
