// The examples: what `npm start -- --example` and the end-to-end test know of each. A new one is a row.
import { graphql, http, trpc } from "./http.mjs";
import { mcp } from "./mcp.mjs";
import { socketIo, webSocket } from "./sockets.mjs";

/**
 * @typedef {object} Example
 * @property {string} name Its folder in `examples`.
 * @property {import("./answer.mjs").Driver} driver
 * @property {boolean} hasCors Whether it reads CORS_ORIGINS.
 * @property {import("./runtimes.mjs").Runtime | undefined} [runtime] What must be on the PATH, beside Node.js.
 * @property {boolean} [isLarge] Shows more than protection, in many files.
 * @property {boolean} [hasDocs] Serves `/docs` and `/healthz`.
 * @property {string} [built] What its own build writes last. Built only before it is started, since that takes a minute.
 * @property {Resource} [resource]
 */

/**
 * Of an example whose tokens are for the very URL that its clients connect to.
 * @typedef {object} Resource
 * @property {string} variable Where the example reads that URL.
 * @property {string} path
 */

/** @type {readonly Example[]} */
export const examples = [
  { name: "apollo", driver: graphql, hasCors: true },
  { name: "deno", driver: http, hasCors: false, runtime: "deno" },
  { name: "elysia", driver: http, hasCors: true, runtime: "bun" },
  { name: "express", driver: http, hasCors: true },
  { name: "fastify", driver: http, hasCors: true, isLarge: true, hasDocs: true },
  { name: "graphql-yoga", driver: graphql, hasCors: true },
  { name: "h3", driver: http, hasCors: true },
  { name: "hono", driver: http, hasCors: true },
  { name: "koa", driver: http, hasCors: true },
  { name: "lambda", driver: http, hasCors: false },
  { name: "mcp", driver: mcp, hasCors: false, isLarge: true, resource: { variable: "MCP_URL", path: "/mcp" } },
  { name: "nest", driver: http, hasCors: true },
  { name: "next", driver: http, hasCors: false, isLarge: true, built: ".next/BUILD_ID" },
  { name: "socket.io", driver: socketIo, hasCors: true },
  { name: "trpc", driver: trpc, hasCors: true },
  { name: "workers", driver: http, hasCors: false, runtime: "workerd" },
  { name: "ws", driver: webSocket, hasCors: false },
];
