// Attacks on messages of ws. Sockets are spoken to in bytes and texts that no client would write.
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import type { Attack, Shot, Target } from "./_attack.js";
import { anyJson, toLabel } from "./_json.js";

/** Whether a token gets in: `in`, `out`, or what else became of it. */
export type Ask = (target: Target, token: string | undefined) => Promise<string>;

export interface Line {
  readonly socket: WebSocket;
  /** The next text that begins with one of these; undefined once the connection is closed. */
  next(...beginnings: readonly string[]): Promise<string | undefined>;
}

/** Opens a WebSocket. What it fails with is told by `next`, as its end. */
export async function open(url: string, token?: string): Promise<Line | number> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = new WebSocket(url, { headers });
  const texts: string[] = [];
  let wake = () => {};
  let isClosed = false;
  socket.on("message", (data) => {
    texts.push(String(data));
    wake();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    isClosed = true;
    wake();
  });
  const status = await Promise.race([
    once(socket, "unexpected-response").then(([, response]) => (response as IncomingMessage).statusCode ?? 0),
    once(socket, "open").then(() => 101),
    once(socket, "close").then(() => 0),
  ]).catch(() => 0);
  if (status !== 101) {
    socket.terminate();
    return status;
  }
  return {
    socket,
    async next(...beginnings) {
      for (;;) {
        const index = texts.findIndex((text) => beginnings.some((beginning) => text.startsWith(beginning)));
        if (index >= 0) return texts.splice(0, index + 1).at(-1);
        if (isClosed) return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/** Sends texts over one connection, and goes on when the server has read them. */
function toWsShot(path: string, label: string, messages: readonly (string | Buffer)[]): Shot {
  return {
    label,
    fire: async ({ port, good }) => {
      const line = await open(`ws://127.0.0.1:${port}${path}`, path === "/private" ? good : undefined);
      if (typeof line === "number") throw new Error(`The upgrade was answered ${line}`);
      for (const message of messages) line.socket.send(message);
      line.socket.send("who");
      await line.next("{");
      line.socket.terminate();
    },
  };
}

export const askWs: Ask = async ({ port }, token) => {
  const line = await open(`ws://127.0.0.1:${port}/private`, token);
  if (typeof line === "number") return line === 401 ? "out" : String(line);
  line.socket.send("who");
  const answer = await line.next("{");
  line.socket.terminate();
  return answer?.includes("auth0|alice") ? "in" : `answered ${answer}`;
};

const authenticate = (json: string) => `{"type":"authenticate","token":${json}}`;

/**
 * Malformed frames: not UTF-8, a reserved opcode, a reserved bit, no mask (RFC 6455 §5.2, §8.1).
 */
const brokenFrames = ["8182000000ffff0000", "8b8000000000", "c18000000000", "8101", "81ff7fffffffffffffff00000000"];

export const wsAttacks: readonly Attack[] = ["/private", "/optional"].flatMap((path) => [
  {
    position: `the token of a message at ${path}`,
    shots: () => anyJson.map((json) => toWsShot(path, toLabel(json), [authenticate(json)])),
  },
  {
    position: `a message at ${path}`,
    shots: () =>
      anyJson.map((json) =>
        toWsShot(path, toLabel(json), [
          ...[json, `"authenticate" ${json}`, `["authenticate",${json}]`, `{"type":${json},"token":"authenticate"}`],
          ...[`{"type":["authenticate"],"token":${json}}`, Buffer.from(authenticate(json)), authenticate(json)],
        ]),
      ),
  },
  {
    position: `a frame at ${path}`,
    shots: () =>
      brokenFrames.map((hex) => ({
        label: hex,
        fire: async ({ port, good }) => {
          const line = await open(`ws://127.0.0.1:${port}${path}`, path === "/private" ? good : undefined);
          if (typeof line === "number") throw new Error(`The upgrade was answered ${line}`);
          const { socket } = line;
          const { _socket: wire } = socket as WebSocket & { _socket?: import("node:net").Socket };
          wire?.write(Buffer.from(hex, "hex"));
          // What the server makes of it, or that it waits for the rest.
          wire?.end();
          await line.next();
        },
      })),
  },
]);
