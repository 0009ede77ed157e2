// Serves the API of `app.mjs` with the runtime's own server, and prints the port. Ends with its standard input.
import process from "node:process";

const [issuer = "", mode] = process.argv.slice(2);
if (mode === "--web-crypto") process.getBuiltinModule = () => undefined;
const { createApp } = await import("./app.mjs");
const app = createApp(issuer);
const port = await listen();
console.log(JSON.stringify({ port }));
process.stdin.resume().on("end", () => process.exit(0));

function listen() {
  if (globalThis.Bun) return Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app }).port;
  if (globalThis.Deno) return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app).addr.port;
  return listenWithNode();
}

async function listenWithNode() {
  const { serve } = await import("@hono/node-server");
  return new Promise((resolve) => serve({ fetch: app, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(port)));
}
