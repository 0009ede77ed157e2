// Examples that are asked over a connection: one path, or namespace, for each operation.
import { toHeaders } from "./answer.mjs";

/** @typedef {import("./answer.mjs").Answer} Answer */
/** @typedef {import("./answer.mjs").Driver} Driver */

/** WebSockets: connect to `/api/private`, then send "get". @type {Driver} */
export const webSocket = {
  name: (operation) => `ws /api/${operation}`,
  ask: async ({ url, operation, token }) => {
    const { WebSocket } = await import("ws");
    const socket = new WebSocket(`${toSocketUrl(url)}/api/${operation}`, { headers: toHeaders(token) });
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("open", () => socket.send("get"));
      socket.once("message", (data) => {
        resolve(toAccepted(JSON.parse(String(data))));
        socket.close();
      });
      socket.once("unexpected-response", (_request, response) => {
        readRefusal(response).then(resolve, reject);
      });
    });
  },
  command: ({ url, operation, token }) =>
    `npx wscat -c ${toSocketUrl(url)}/api/${operation} -H "Authorization: Bearer ${token}" -x get`,
  preflight: undefined,
};

/** Socket.IO: connect to the namespace `/api/private`, then emit "get". @type {Driver} */
export const socketIo = {
  name: (operation) => `io /api/${operation}`,
  ask: async ({ url, operation, token }) => {
    const { io } = await import("socket.io-client");
    const socket = io(`${url}/api/${operation}`, { auth: { token }, reconnection: false, forceNew: true });
    try {
      return await new Promise((resolve, reject) => {
        socket.once("connect", () => socket.emitWithAck("get").then((body) => resolve(toAccepted(body)), reject));
        socket.once("connect_error", (error) => {
          const body = "data" in error ? error.data : undefined;
          if (body) resolve(toRefused(/** @type {object} */ (body)));
          else reject(error);
        });
      });
    } finally {
      socket.disconnect();
    }
  },
  command: ({ url, operation, token }) =>
    `node --input-type=module -e '${toProgram(`${url}/api/${operation}`)}' "${token}"`,
  preflight: () => "/socket.io/?EIO=4&transport=polling",
};

/** @param {string} namespace */
const toProgram = (namespace) =>
  `import { io } from "socket.io-client"; const socket = io("${namespace}", { auth: { token: process.argv[1] } }); const end = (answer) => { console.log(answer); socket.close(); }; socket.on("connect_error", end).emit("get", end)`;

/** @param {string} url */
const toSocketUrl = (url) => url.replace(/^http/, "ws");

const nothing = { status: undefined, challenge: undefined, reason: undefined, headers: new Headers() };

/**
 * @param {unknown} body
 * @returns {Answer}
 */
function toAccepted(body) {
  return { ...nothing, isAccepted: true, body, text: JSON.stringify(body) };
}

/**
 * @param {{ readonly reason?: string }} body
 * @returns {Answer}
 */
function toRefused(body) {
  return { ...nothing, isAccepted: false, reason: body.reason, body, text: JSON.stringify(body) };
}

/**
 * The answer to an upgrade that was refused.
 * @param {import("node:http").IncomingMessage} response
 * @returns {Promise<Answer>}
 */
async function readRefusal(response) {
  let text = "";
  for await (const chunk of response) text += chunk;
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headers)) headers.set(name, String(value));
  const challenge = response.headers["www-authenticate"];
  return { ...toRefused(JSON.parse(text)), status: response.statusCode, challenge, text, headers };
}
