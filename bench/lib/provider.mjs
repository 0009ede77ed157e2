// An identity provider in a process of its own, on loopback: serves metadata and keys, counts what it is asked, can rotate and go down.
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

/** @typedef {{ readonly keys: readonly Record<string, unknown>[] }} KeySetDocument */
/** @typedef {{ readonly issuer: string, readonly document: KeySetDocument, readonly isDown: boolean, readonly maxAge: number }} ProviderState */

/**
 * @typedef {object} Provider
 * @property {string} origin
 * @property {string} jwksUri
 * @property {(change: Partial<ProviderState>) => Promise<void>} set
 * @property {() => Promise<number>} takeFetches How often keys were asked for since the last time.
 * @property {() => void} close
 */

/**
 * @param {Partial<ProviderState>} state
 * @returns {Promise<Provider>}
 */
export async function startProvider(state) {
  const child = fork(fileURLToPath(import.meta.url), ["serve"], { execArgv: [] });
  const ask = async (/** @type {object} */ message) => {
    child.send(message);
    const [answer] = await once(child, "message");
    return /** @type {number} */ (answer);
  };
  const origin = `http://127.0.0.1:${await ask({ type: "set", ...state })}`;
  return {
    origin,
    jwksUri: `${origin}/.well-known/jwks.json`,
    set: async (change) => void (await ask({ type: "set", ...change })),
    takeFetches: () => ask({ type: "take" }),
    close: () => void child.kill(),
  };
}

if (process.argv[2] === "serve" && process.send) await serve();

async function serve() {
  /** @type {ProviderState} */
  let state = { issuer: "", document: { keys: [] }, isDown: false, maxAge: 600 };
  let fetches = 0;
  const server = createServer((request, response) => {
    const isKeys = request.url === "/.well-known/jwks.json";
    if (isKeys) fetches++;
    if (state.isDown) return void request.socket.destroy();
    const origin = `http://${request.headers.host}`;
    const metadata = { issuer: state.issuer, jwks_uri: `${origin}/.well-known/jwks.json` };
    response.setHeader("content-type", "application/json").setHeader("cache-control", `max-age=${state.maxAge}`);
    response.end(JSON.stringify(isKeys ? state.document : metadata));
  });
  // A measured process may be busy for longer than the usual five seconds.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  process.on("message", (/** @type {Partial<ProviderState> & { type: string }} */ { type, ...change }) => {
    if (type === "set") state = { ...state, ...change };
    process.send?.(type === "set" ? port : fetches);
    if (type === "take") fetches = 0;
  });
  process.on("disconnect", () => process.exit());
}
