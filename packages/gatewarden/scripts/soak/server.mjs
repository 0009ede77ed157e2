// The API under load, in a process of its own: dist, Fastify, a real socket. Tells its parent where it is and how much memory it holds.
import Fastify from "fastify";
import { createGuard } from "gatewarden";
import gatewarden from "gatewarden/fastify";

const [issuer = "", audience = "", jwksUri = ""] = process.argv.slice(2);
/** @type {string[]} */
const faults = [];
process.on("unhandledRejection", (reason) => faults.push(String(reason)));
process.on("uncaughtException", (error) => faults.push(String(error)));

// Proofs are good for five seconds, so that the store of used ones reaches its size early in the run.
// Less than Node.js takes of headers, so that the guard is the one to refuse too large a token.
const maxTokenSize = 8192;
const dpop = /** @type {const} */ ({ mode: "allowed", maxAge: 5 });
const guard = createGuard({ issuer, audience, keys: { jwksUri }, env: {}, dpop, maxTokenSize });
const app = Fastify();
await app.register(gatewarden, { guard });
app.get("/private", { auth: true }, async (request) => ({ subject: request.auth.subject }));
await guard.ready();
const url = await app.listen({ host: "127.0.0.1", port: 0 });

process.on("message", async (message) => {
  if (message === "stop") {
    await app.close();
    return process.disconnect();
  }
  // Twice: what the first collection finalizes is freed by the second.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const connections = await new Promise((resolve) => app.server.getConnections((_error, count) => resolve(count)));
  const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  process.send?.({ rss, heapUsed, cpu: (user + system) / 1e6, connections, timers, faults });
});
process.send?.({ url });
