// The table of adapters-survive.test.ts: every adapter, what it is attacked with, and how to tell
// that it works on.
import { type Attack, fireBytes, post, request } from "./_attack.js";
import {
  askNestMessages,
  askNestSockets,
  askSocketIo,
  nestMessageAttacks,
  nestSocketAttacks,
  socketIoAttacks,
} from "./_events.js";
import { httpAttacks, hurriedAttack } from "./_http.js";
import { askHttp2, http2Attacks } from "./_http2.js";
import { graphqlAttacks, mcpAttacks, trpcAttacks } from "./_messages.js";
import { type Ask, askWs, wsAttacks } from "./_sockets.js";

/** One program of `_apps`. */
export interface Survivor {
  readonly name: string;
  readonly ask: Ask;
  readonly attacks: readonly Attack[];
}

/** Asks over HTTP with the right request. */
const askWith =
  (toText: (lines: readonly string[]) => string): Ask =>
  async ({ port }, token) => {
    const answer = await fireBytes(port, toText(token === undefined ? [] : [`Authorization: Bearer ${token}`]));
    const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1];
    return status === "200" ? "in" : status === "401" ? "out" : `${status}`;
  };

const askHttp = askWith((lines) => request("/private", lines));
const askGraphql = (path: string) => askWith((lines) => post(path, '{"query":"{ me }"}', lines));

const upgrade = [
  ...["Connection: Upgrade", "Upgrade: websocket"],
  ...["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA=="],
];

const overFetch = ["fetch", "hono", "h3", "elysia", "lambda"].map(
  (name): Survivor => ({ name, ask: askHttp, attacks: httpAttacks("/private") }),
);
const overNode = ["express", "connect", "node", "koa", "fastify"].map(
  (name): Survivor => ({ name, ask: askHttp, attacks: [...httpAttacks("/private"), hurriedAttack("/private")] }),
);

export const survivors: readonly Survivor[] = [
  ...overFetch,
  ...overNode,
  { name: "http2", ask: askHttp2, attacks: http2Attacks },
  { name: "trpc", ask: askHttp, attacks: [...httpAttacks("/private"), ...trpcAttacks] },
  { name: "yoga", ask: askGraphql("/graphql"), attacks: [...httpAttacks("/graphql"), ...graphqlAttacks("/graphql")] },
  { name: "apollo", ask: askGraphql("/graphql"), attacks: [...httpAttacks("/graphql"), ...graphqlAttacks("/graphql")] },
  { name: "mcp", ask: askHttp, attacks: [...httpAttacks("/private"), hurriedAttack("/private"), ...mcpAttacks] },
  {
    name: "nest",
    ask: askHttp,
    attacks: [...httpAttacks("/private"), hurriedAttack("/private"), ...graphqlAttacks("/graphql")],
  },
  { name: "nest-messages", ask: askNestMessages, attacks: nestMessageAttacks },
  { name: "nest-sockets", ask: askNestSockets, attacks: nestSocketAttacks },
  { name: "ws", ask: askWs, attacks: [...httpAttacks("/private", upgrade), ...wsAttacks] },
  { name: "socket.io", ask: askSocketIo, attacks: [...httpAttacks("/socket.io/"), ...socketIoAttacks] },
];
