// Builds the page and serves it. The settings have the names and defaults of the other examples and of the local tenant.
import { once } from "node:events";
import process from "node:process";
import { buildPage } from "./build.mjs";
import { createPageServer } from "./server.mjs";

try {
  process.loadEnvFile();
} catch {
  // There is no .env. What the environment already holds would win over it.
}

/** @param {string} name */
const read = (name) => process.env[name]?.trim() || undefined;
const domain = read("AUTH0_DOMAIN");
const settings = {
  issuer: read("ISSUER_BASE_URL") ?? (domain ? `https://${domain}/` : "http://127.0.0.1:4400/"),
  audience: read("AUTH0_AUDIENCE") ?? read("AUDIENCE") ?? "https://api.gatewarden.local",
  clientId: read("CLIENT_ID") ?? "spa",
  api: read("API_URL") ?? "http://127.0.0.1:3000",
};

await buildPage();
const host = read("HOST") ?? "127.0.0.1";
const server = createPageServer(settings).listen(Number(read("PORT") ?? 5173), host);
await once(server, "listening");
const address = server.address();
const url = `http://${host}:${typeof address === "object" ? address?.port : ""}`;
console.log(`Server listening at ${url}`);
console.log(`It calls ${settings.api}, which must be started with CORS_ORIGINS=${url}`);
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(signal, () => process.exit(0));
// npm passes a signal to the shell that it started, and some shells end without passing it on.
const parent = process.ppid;
if (process.env["npm_lifecycle_event"]) setInterval(() => process.ppid === parent || process.exit(0), 250).unref();
