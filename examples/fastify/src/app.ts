// Puts the application together. The order matters: gatewarden first, so that no route can be added that it has not seen.
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import gatewarden from "gatewarden/fastify";
import { showDecisions } from "./console.js";
import { addCors } from "./cors.js";
import { addDocs } from "./docs/docs.js";
import { createApiGuard } from "./guard.js";
import { RequestLog } from "./request-log.js";
import { addApiRoutes } from "./routes/api.js";
import { addHealthRoute } from "./routes/health.js";
import { type Environment, readSettings, type Settings } from "./settings.js";
import { loadTlsIdentity } from "./tls.js";

/** What `buildApp` needs. */
export interface AppOptions {
  readonly env: Environment;
  /** Where log lines go. Default: standard output. */
  readonly logTo?: { write(line: string): void };
}

/** The whole API, not listening yet. Throws `ConfigError` for an environment that cannot be right. Asks the issuer nothing yet. */
export async function buildApp({ env, logTo }: AppOptions): Promise<FastifyInstance> {
  const settings = readSettings(env);
  const guard = createApiGuard(env);
  const requestLog = new RequestLog();
  requestLog.listenTo(guard);
  await showDecisions(guard, env);
  const app = createServer(settings, { logger: logTo ? { stream: logTo } : true, logController: requestLog });
  await app.register(gatewarden, { guard });
  await addCors(app, settings.corsOrigins);
  await addDocs(app, { env, clientId: settings.docsClientId });
  addHealthRoute(app, guard);
  addApiRoutes(app);
  app.get("/", { auth: false, schema: { hide: true } }, (_request, reply) => reply.redirect("/docs"));
  return app;
}

/**
 * https where there is a certificate, else http. For mutual TLS each client is asked for a certificate and none is turned away in the
 * handshake: it proves possession of the key, and the token says which certificate it must be (RFC 8705 §3).
 */
function createServer(
  { tls, mtls }: Settings,
  options: Pick<FastifyServerOptions, "logger" | "logController">,
): FastifyInstance {
  if (!tls) return Fastify(options);
  const https = { ...loadTlsIdentity(tls), requestCert: mtls.source === "connection", rejectUnauthorized: false };
  // Another type of server, at which nothing here looks.
  return Fastify({ ...options, https }) as unknown as FastifyInstance;
}
