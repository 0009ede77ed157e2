// Puts the application together. The order matters: gatewarden first, so that no route can be added that it has not seen.
import Fastify, { type FastifyInstance } from "fastify";
import gatewarden from "gatewarden/fastify";
import { addCors } from "./cors.js";
import { addDocs } from "./docs/docs.js";
import { createApiGuard } from "./guard.js";
import { RequestLog } from "./request-log.js";
import { addApiRoutes } from "./routes/api.js";
import { addHealthRoute } from "./routes/health.js";
import { type Environment, readSettings } from "./settings.js";

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
  const app = Fastify({ logger: logTo ? { stream: logTo } : true, logController: requestLog });
  await app.register(gatewarden, { guard });
  await addCors(app, settings.corsOrigins);
  await addDocs(app, { env, clientId: settings.docsClientId });
  addHealthRoute(app, guard);
  addApiRoutes(app);
  return app;
}
